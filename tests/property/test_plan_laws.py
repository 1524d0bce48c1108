"""Laws that every reactivation plan keeps, whatever the snapshot."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import polib
from hypothesis import given, settings
from hypothesis import strategies as st

from dcim.planning.document import AT_HAND, PlanDocument, encode, parse
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.rules import violations
from dcim.planning.sentences import texts, told
from dcim.planning.snapshot import encode as encode_snapshot
from dcim.planning.snapshot import parse as parse_snapshot
from dcim.planning.solver import Effort
from dcim.planning.watch import Recorded
from tests.architecture.sources import ROOT
from tests.plan_brute_force import best_weight
from tests.plan_checker import complaints
from tests.plan_facts import Json
from tests.random_snapshots import bare_snapshots, snapshots

STANCES = st.sampled_from(Stance)
CATALOGUE = polib.pofile(str(ROOT / "dcim" / "locale" / "id" / "LC_MESSAGES" / "django.po"))
TRANSLATED = {entry.msgid for entry in CATALOGUE if entry.translated()}


def as_json(document: PlanDocument) -> Json:
    return json.loads(encode(document))


@given(snapshots(), STANCES)
def test_a_plan_satisfies_an_independent_judge(snapshot: Snapshot, stance: Stance) -> None:
    plan = as_json(plan_reactivation(snapshot, stance))
    assert complaints(json.loads(encode_snapshot(snapshot)), plan) == []


@given(snapshots(), STANCES)
def test_a_plan_breaks_no_rule_of_its_document(snapshot: Snapshot, stance: Stance) -> None:
    document = parse(encode(plan_reactivation(snapshot, stance)))
    assert violations(document) == []


@given(snapshots(), STANCES)
def test_a_plan_starts_only_what_it_brings_back_and_stops_nothing(
    snapshot: Snapshot, stance: Stance
) -> None:
    document = plan_reactivation(snapshot, stance)
    back = {line.code for line in document.apps if line.outcome in AT_HAND}
    recorded = {vm.id: vm for vm in snapshot.vms}
    for vm in (vm for target in document.targets for vm in target.vms if vm.id in recorded):
        known = recorded[vm.id or ""]
        assert vm.running == (known.is_running or not back.isdisjoint(known.apps))


@given(snapshots(), STANCES, st.randoms(use_true_random=False))
def test_same_facts_in_another_order_give_the_same_bytes(
    snapshot: Snapshot, stance: Stance, chance: random.Random
) -> None:
    parts = ("clusters", "allocations", "vms", "apps", "providers")
    shuffled = {name: shuffle(getattr(snapshot, name), chance) for name in parts}
    other = replace(snapshot, **shuffled)  # type: ignore[arg-type]
    assert encode(plan_reactivation(snapshot, stance)) == encode(plan_reactivation(other, stance))


@given(snapshots(), STANCES)
def test_every_reason_is_made_of_sentences_that_the_catalogue_knows(
    snapshot: Snapshot, stance: Stance
) -> None:
    document = plan_reactivation(snapshot, stance)
    assert [told(line.why) for line in document.apps] == [line.reason for line in document.apps]
    said = {text for line in document.apps for text in texts(line.why)}
    assert said - TRANSLATED == set()
    read = {line.code: line.why for line in parse(encode(document)).apps}
    assert read == {line.code: line.why for line in document.apps}


@given(bare_snapshots(), STANCES)
def test_what_comes_back_weighs_as_much_as_brute_force_finds(
    snapshot: Snapshot, stance: Stance
) -> None:
    objective = plan_reactivation(snapshot, stance).objective
    best = best_weight(json.loads(encode_snapshot(snapshot)), stance.value)
    assert objective.proved
    assert objective.revived_weight == objective.bound == best


@given(snapshots(), STANCES, st.integers(1, 4))
@settings(max_examples=max(10, settings().max_examples // 3))
def test_a_stopped_plan_is_right_and_tells_how_far_from_the_best_it_may_be(
    snapshot: Snapshot, stance: Stance, reports: int
) -> None:
    watch = Recorded(stop_at=reports)
    document = plan_reactivation(snapshot, stance, effort=Effort(watch=watch))
    assert complaints(json.loads(encode_snapshot(snapshot)), as_json(document)) == []
    found, best = document.objective, plan_reactivation(snapshot, stance).objective
    assert found.bound >= best.revived_weight >= 0
    assert found.gap == round((found.bound - found.revived_weight) / max(1, found.bound), 6)
    assert found.stopped == (not found.proved and watch.is_stopped())
    if found.proved:
        assert found.revived_weight == best.revived_weight
    elif watch.is_stopped():
        assert best.revived_weight == 0 or found.revived_weight > 0


@given(snapshots())
def test_a_snapshot_survives_its_file(snapshot: Snapshot) -> None:
    written = encode_snapshot(snapshot)
    assert encode_snapshot(parse_snapshot(written)) == written


def shuffle(items: tuple[object, ...], chance: random.Random) -> tuple[object, ...]:
    mixed = list(items)
    chance.shuffle(mixed)
    return tuple(mixed)
