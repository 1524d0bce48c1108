"""Laws of restoring, on small random estates: apps of tiers on machines in places, with copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from dcim.graph.facts import Copy
from dcim.graph.graph import DependencyGraph
from dcim.vocabulary.things import Ref
from tests.copied_graphs import NOW, copied, copy, restored

SITES: Final = ("site:PDR", "site:DRC", "site:KOTA")
PROVIDERS: Final = ("provider:pdn", "provider:awan")
APPS: Final = ("A", "B", "C")
NAMES: Final = tuple(f"{app}/{tier}" for app in APPS for tier in ("web", "db"))
# Ages and retentions that lie on either side of each other, and what has never been made or ends.
HOURS: Final = (1, 25, 49, 97, None)
DAYS: Final = (None, 1, 2)
Places = tuple[str, ...]
places = st.one_of(
    st.tuples(st.sampled_from(SITES)),
    st.tuples(st.sampled_from(PROVIDERS)),
    st.tuples(st.sampled_from(SITES), st.sampled_from(PROVIDERS)),
)


@dataclass(frozen=True)
class Tier:
    """Where the machines of a tier are, and how many of them are needed."""

    machines: tuple[Places, ...]
    needed: int


@dataclass(frozen=True)
class Estate:
    """Tiers by name, which app needs which, and the copies of tiers."""

    tiers: dict[str, Tier]
    needs: frozenset[tuple[str, str]]
    copies: tuple[Copy, ...]

    def graph(self) -> DependencyGraph:
        return copied("\n".join(self._lines()), *self.copies)

    def _lines(self) -> Iterator[str]:
        yield from (f"app:{app} ->" for app in APPS)
        yield from (f"app:{app} -> app:{needed}" for app, needed in sorted(self.needs))
        for name, tier in self.tiers.items():
            machines = [f"vm:{name}-{number}" for number in range(len(tier.machines))]
            yield f"app:{name.partition('/')[0]} -> workload:{name}"
            yield f"workload:{name} -> {tier.needed} of {' '.join(machines)}"
            for machine, at in zip(machines, tier.machines, strict=True):
                yield f"{machine} -> {', '.join(at)}"

    def named(self) -> list[str]:
        """All that may fail: what stands in a place, and the places that something stands in."""
        machines = (
            f"vm:{name}-{number}"
            for name, tier in self.tiers.items()
            for number in range(len(tier.machines))
        )
        stated = (at for tier in self.tiers.values() for at in chain(*tier.machines))
        kept = (str(at) for one in self.copies for at in (one.site, one.provider) if at)
        return sorted({*machines, *stated, *kept})


def a_copy(number: int, tier: str, at: Places, hours: int | None, days: int | None) -> Copy:
    return copy(tier, *at, name=f"{tier}@{number}", hours=hours, retention_days=days)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    names = draw(st.sets(st.sampled_from(NAMES), min_size=1, max_size=3))
    tiers = {}
    for name in sorted(names):
        machines = tuple(draw(st.lists(places, min_size=1, max_size=3)))
        tiers[name] = Tier(machines, draw(st.integers(1, len(machines))))
    needs = draw(st.sets(st.tuples(st.sampled_from(APPS), st.sampled_from(APPS)), max_size=4))
    kept = draw(st.lists(copies_of(sorted(names)), min_size=2, max_size=6))
    told = tuple(a_copy(number, *one) for number, one in enumerate(kept))
    return Estate(tiers, frozenset((a, b) for a, b in needs if a != b), told)


def copies_of(names: list[str]) -> st.SearchStrategy[tuple[str, Places, int | None, int | None]]:
    return st.tuples(st.sampled_from(names), places, st.sampled_from(HOURS), st.sampled_from(DAYS))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Estate, list[str]]:
    estate = draw(estates())
    places_of_machines = sorted(
        {at for tier in estate.tiers.values() for at in chain(*tier.machines)}
    )
    failed = [draw(st.sampled_from(places_of_machines))]
    return estate, failed + draw(st.lists(st.sampled_from(estate.named()), max_size=2))


def lost_places(estate: Estate, failed: list[str]) -> dict[str, set[str]]:
    """The tiers that are down, each with the places where its lost machines ran."""
    found = {}
    for name, tier in estate.tiers.items():
        lost = [
            at
            for number, at in enumerate(tier.machines)
            if f"vm:{name}-{number}" in failed or any(place in failed for place in at)
        ]
        if len(tier.machines) - len(lost) < tier.needed:
            found[name] = set(chain(*lost))
    return found


def stated(one: Copy) -> set[str]:
    return {str(at) for at in (one.site, one.provider) if at is not None}


def counts(one: Copy, lost: set[str], failed: list[str]) -> bool:
    if stated(one) & (lost | set(failed)) or one.last_success is None:
        return False
    days = (NOW - one.last_success).total_seconds() / 86_400
    return one.retention_days is None or days <= one.retention_days


def brute_force(estate: Estate, failed: list[str]) -> dict[str, bool]:
    """The apps that are down, each with whether it can be restored."""
    lost = lost_places(estate, failed)
    down = {name.partition("/")[0] for name in lost}
    while more := {app for app, needed in estate.needs if needed in down} - down:
        down |= more
    hopeless = {
        name.partition("/")[0]
        for name, at in lost.items()
        if not any(str(one.tier) == f"workload:{name}" and counts(one, at, failed)
                   for one in estate.copies)
    }  # fmt: skip
    while more := {app for app, needed in estate.needs if needed in hopeless} - hopeless:
        hopeless |= more
    return {app: app not in hopeless for app in down}


def told(estate: Estate, failed: list[str]) -> dict[str, bool]:
    return {one.app.name: one.is_restorable for one in restored(estate.graph(), *failed).apps}


@given(questions())
def test_what_can_be_restored_is_what_reading_the_rules_aloud_finds(
    question: tuple[Estate, list[str]],
) -> None:
    assert told(*question) == brute_force(*question)


@given(questions())
def test_a_copy_at_what_failed_never_counts(question: tuple[Estate, list[str]]) -> None:
    estate, failed = question
    for app in restored(estate.graph(), *failed).apps:
        for tier in app.tiers:
            assert tier.source is None or not stated(tier.source.copy) & set(failed)


@given(questions())
def test_of_the_copies_that_count_the_newest_is_taken(question: tuple[Estate, list[str]]) -> None:
    estate, failed = question
    for name, at in lost_places(estate, failed).items():
        counting = [
            one.last_success
            for one in estate.copies
            if str(one.tier) == f"workload:{name}" and one.last_success and counts(one, at, failed)
        ]
        age = ages_of(estate, failed).get(Ref.parse(f"workload:{name}"))
        newest = max(counting, default=None)
        assert age == (None if newest is None else (NOW - newest).total_seconds() / 3_600)


@given(questions(), st.data())
def test_one_more_copy_worsens_nothing(
    question: tuple[Estate, list[str]], data: st.DataObject
) -> None:
    estate, failed = question
    lost = sorted(lost_places(estate, failed)) or sorted(estate.tiers)
    one = a_copy(99, *data.draw(copies_of(lost)))
    more = replace(estate, copies=(*estate.copies, one))
    before, after = told(estate, failed), told(more, failed)
    assert before.keys() == after.keys()
    assert all(after[app] for app, is_restorable in before.items() if is_restorable)
    ages = ages_of(more, failed)
    assert all(ages[tier] <= age for tier, age in ages_of(estate, failed).items())


def ages_of(estate: Estate, failed: list[str]) -> dict[Ref, float]:
    return {
        tier.tier.id: tier.source.age_hours
        for app in restored(estate.graph(), *failed).apps
        for tier in app.tiers
        if tier.source is not None
    }
