"""Targets that share a hypervisor: what is whose, and what is nobody's, is told once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from dcim.actions import record
from dcim.actions.drift.deeds import ignore
from dcim.actions.drift.scans import Roster, store_scans
from dcim.planning.document import Change, PlanDocument, as_is
from dcim.record.planner.drift import DriftFinding, DriftRule
from dcim.vocabulary.drift import DriftKind
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import DomainSpec, Kind, Properties
from provisioning.runs.drift import scanning, stacks
from provisioning.runs.management.commands import drift as command
from tests.factories import TESTER
from tests.plan_documents import document, target, vm

pytestmark = pytest.mark.django_db
SPELLED = ("qemu+ssh://root@kvm/system", "qemu+ssh://KVM/system/", "qemu+ssh://kvm/system?no_tty=1")


@dataclass
class Stage:
    """Hypervisors by address, what stacks hold and who is at work, all in memory.

    A machine is there as it is recorded but for its network.
    """

    machines: dict[str, set[str]] = field(default_factory=dict)
    kept: dict[str, set[str]] = field(default_factory=dict)
    at_work: set[str] = field(default_factory=set)
    reads: Counter[str] = field(default_factory=Counter)
    uri: str = ""

    def driver_for(self, uri: str) -> Stage:
        return Stage(self.machines, uri=uri)

    def names(self, _kind: Kind) -> set[str]:
        return self.machines[self.uri]

    def read(self, kind: Kind, name: str) -> Properties | None:
        return {"vcpus": 2, "memory_mib": 2048, "running": True} if kind is Kind.DOMAIN else {}

    def state_of(self, _engine: object, name: str) -> Any:
        self.reads[name] += 1
        kept = [
            {"urn": f"urn::{one}", "type": Kind.DOMAIN, "outputs": {"name": one}}
            for one in self.kept.get(name, ())
        ]
        return {"resources": [made_on(SPELLED[0]), *kept]} if kept else None

    def show(self, *names: str) -> None:
        """Let every hypervisor be one that has these machines."""
        self.machines.update({uri: set(names) for uri in SPELLED})


def made_on(uri: str) -> dict[str, Any]:
    return {
        "urn": "urn:pulumi:x::lumbung::pulumi:providers:lumbung::x",
        "type": "pulumi:providers:lumbung",
        "inputs": {"uri": uri},
    }


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    one = Stage()
    monkeypatch.setattr(stacks, "find_engine", lambda: None)
    monkeypatch.setattr(stacks, "state_of", one.state_of)
    monkeypatch.setattr(scanning, "driver_for", one.driver_for)
    for room in (scanning, stacks):
        monkeypatch.setattr(room, "is_at_work", lambda name: name in one.at_work)
    return one


def sharing(**machines: tuple[str, ...]) -> PlanDocument:
    """Targets on one hypervisor that each spell in a way of their own, with such machines."""
    return as_is(
        document(
            *(
                target(
                    name,
                    hypervisor=uri,
                    vms=tuple(vm(one, network=None) for one in names),
                    networks=(),
                )
                for uri, (name, names) in zip(SPELLED, machines.items(), strict=False)
            )
        )
    )


def compare(plan: PlanDocument, *targets: str) -> dict[str, str]:
    """What stands once the targets are compared (none named: all)."""
    roster = Roster(frozenset(one.name for one in plan.targets), timezone.now())
    store_scans(scanning.scan(plan, targets=targets), roster)
    rows = DriftFinding.objects.filter(closed_at__isnull=True).order_by("target", "name", "field")
    return {
        f"{one.target}/{one.name}": " ".join([one.field or one.kind, *one.beside, one.status])
        for one in rows
    }


def test_a_stray_is_one_finding_of_its_hypervisor_from_first_to_last(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.show("satu", "dua", "tiga", "liar")
    stage.kept["g3"] = {"tiga"}
    plan = sharing(g1=("satu",), g2=("dua",), g3=())
    assert compare(plan, "g2") == {"g2/liar": "unknown g1 g3 open"}
    first = DriftFinding.objects.get()
    stage.reads.clear()
    told = {"g2/liar": "unknown g1 g3 open", "g3/tiga": "unrecorded open"}
    assert compare(plan) == told
    assert stage.reads == {"g1": 1, "g2": 1, "g3": 1}
    assert compare(plan, "g1", "g1") == told
    again = DriftFinding.objects.get(pk=first.pk)
    assert (again.opened_at, again.closed_at) == (first.opened_at, None)
    assert again.last_seen > first.last_seen  # seen from g1, it may be accepted

    monkeypatch.setattr(command, "record_as_is", lambda: plan)
    with pytest.raises(SystemExit, match="2"):
        call_command("drift", "--target", "g1", stderr=StringIO())
    lines = capsys.readouterr().out.splitlines()
    assert (len(lines), lines[1]) == (2, "  liar: unknown, hypervisor")

    # A rule that speaks of any target there lets it be.
    rule = record.create(DriftRule, {"target": "g3", "machine": "li*", "reason": "uji"}, by=TESTER)
    assert compare(plan)["g2/liar"] == "unknown g1 g3 ignored"
    record.delete(rule, by=TESTER)
    ignore(again, reason="milik tim lain", by=TESTER)
    assert compare(plan, "g3")["g2/liar"] == "unknown g1 g3 ignored"
    # Its target gone, it stands on another; gone itself, nowhere.
    others = sharing(g0=(), g1=("satu",), g3=("dua", "tiga"))
    assert compare(others)["g0/liar"] == "unknown g1 g3 open"
    stage.show("satu", "dua", "tiga")
    assert compare(plan) == {"g3/tiga": "unrecorded open"}


def test_a_machine_that_moved_to_a_shared_hypervisor_is_found_there_once(stage: Stage) -> None:
    plan = sharing(g1=("satu",), g2=())
    lost = target("a", hypervisor="qemu:///system", vms=(vm("liar", network=None),), networks=())
    plan = as_is(document(lost, *plan.targets))
    stage.show("satu", "liar")
    stage.machines["qemu:///system"] = set()
    assert compare(plan) == {"a/liar": "moved g2 open"}
    assert compare(plan, "g2", "a") == {"a/liar": "moved g2 open"}
    moved = DriftFinding.objects.get()
    assert moved.found_on == "g1"
    stage.show("satu")
    assert compare(plan, "g2") == {"a/liar": "missing open"}


def test_what_a_run_beside_is_making_is_no_stray(stage: Stage) -> None:
    plan = sharing(g1=("satu",), g2=("dua",))
    stage.show("satu", "dua", "baru")
    stage.at_work = {"g2"}
    assert compare(plan) == {}
    told = {one.target: (one.skipped, one.message) for one in scanning.scan(plan)}
    assert told["g1"][0]
    assert "may be of g2" in told["g1"][1]
    stage.show("dua")  # nothing unknown is there
    assert compare(plan) == {"g1/satu": "missing open"}
    stage.at_work, stage.kept["g2"] = set(), {"baru"}
    stage.show("satu", "dua", "baru")
    assert compare(plan) == {"g2/baru": "unrecorded open", "g2/dua": "unmanaged open"}


def test_the_stack_of_a_run_that_began_meanwhile_is_read_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = sharing(g1=("satu",), g2=("dua",))
    stage.show("satu", "dua", "baru")
    begins = iter([False, True])

    def is_at_work(name: str) -> bool:
        if name == "g2" and next(begins):
            stage.kept["g2"] = {"baru"}  # the run makes it, and ends
            return True
        return False

    monkeypatch.setattr(scanning, "is_at_work", is_at_work)
    told = {one.target: one for one in scanning.scan(plan)}
    assert (told["g2"].skipped, told["g1"].found) == (True, ())
    assert stage.reads["g2"] == 2


def test_a_name_in_other_letters_is_the_one_that_lacks_it(stage: Stage) -> None:
    plan = sharing(g1=("WEB-1",), g2=("dua",))
    stage.show("web-1", "dua")
    assert compare(plan, "g2") == {}
    assert compare(plan) == {"g1/WEB-1": "name open"}
    found = DriftFinding.objects.get()
    assert (found.kind, found.record, found.hypervisor, found.state) == (
        "changed", "WEB-1", "web-1", None,
    )  # fmt: skip
    stage.kept["g2"] = {"web-1"}  # it is another's after all
    assert compare(plan) == {
        "g1/WEB-1": "missing open", "g2/web-1": "unrecorded open", "g2/dua": "unmanaged open",
    }  # fmt: skip


def test_a_target_on_which_a_run_began_meanwhile_is_not_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = iter([False, False, False, True])
    monkeypatch.setattr(scanning, "is_at_work", lambda _name: next(at_work))
    monkeypatch.setattr(scanning, "driver_for", driver_for)
    state = {"resources": [made_on("rehearsal:pdr-kvm")]}
    monkeypatch.setattr(stacks, "state_of", lambda _engine, _name: state)
    plan = as_is(document(target(vms=(vm(change=Change.KEEP),))))
    (told,) = scanning.scan(plan, targets=["pdr-kvm"])
    assert told.found
    (told,) = scanning.scan(plan, targets=["pdr-kvm"])
    assert (told.found, told.skipped) == (None, True)
    assert "a run began on it" in told.message


def test_libvirt_tells_names_apart_by_case_and_whose_a_machine_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = "test:///default"
    monkeypatch.setattr(scanning, "driver_for", driver_for)
    driver = driver_for(uri)
    ours = {"satu", "dua", "Dua", "tiga", "liar"}  # other tests of this process may have left more
    for name in ours:
        driver.create(DomainSpec(name=name, vcpus=1, memory_mib=64, volume=f"default/{name}"))
    plan = as_is(
        document(
            target("g1", hypervisor=uri, vms=(vm("satu"),)),
            target("g2", hypervisor=f"{uri}/", vms=(vm("dua"),)),
            target("g3", hypervisor=uri, vms=(vm("TIGA"),)),
        )
    )
    told = scanning.scan(plan, targets=["g1", "g3"])
    strays = {
        one.target: {some.name for some in one.found or () if some.kind is DriftKind.UNKNOWN} & ours
        for one in told
    }
    for name in ours:
        driver.delete(Kind.DOMAIN, name)
    assert strays == {"g1": {"Dua", "liar"}, "g3": {"Dua", "liar"}}
    assert [(one.name, one.field) for one in told[1].found or () if one.field == "name"] == [
        ("TIGA", "name")
    ]
