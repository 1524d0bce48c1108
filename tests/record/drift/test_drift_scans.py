"""What comparisons found is kept once, with its history, and judged by rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from dcim.actions import record
from dcim.actions.drift.deeds import ask_scan, ignore
from dcim.actions.drift.figures import drift_by_target
from dcim.actions.drift.scans import Roster, Scanned, store_scans
from dcim.actions.jobs.running import perform
from dcim.actions.rules import drift as rules
from dcim.planning.drift.sides import Drift
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.drift import DriftFinding, DriftRule, DriftScan
from dcim.vocabulary.drift import DriftKind, DriftSide, DriftSubject
from tests.factories import TESTER, make, make_user

pytestmark = pytest.mark.django_db
START = timezone.now()
FIELDS = {"vcpus": 2, "memory_mib": 2048, "storage_gib": 20, "running": True}


def drift(name: str, kind: DriftKind = DriftKind.CHANGED, target: str = "kvm") -> Drift:
    """A changed memory, or a whole machine that is missing or unknown."""
    odd = DriftSide.HYPERVISOR
    if kind is DriftKind.CHANGED:
        return Drift(
            target=target, subject=DriftSubject.MACHINE, name=name, field="memory_mib",
            kind=kind, odd=odd, record=2048, hypervisor=4096, state=2048,
        )  # fmt: skip
    is_stray = kind is DriftKind.UNKNOWN
    return Drift(
        target=target, subject=DriftSubject.MACHINE, name=name, kind=kind, odd=odd,
        record=None if is_stray else FIELDS, hypervisor=FIELDS if is_stray else None,
    )  # fmt: skip


def store(*found: Drift, target: str = "kvm", at: int = 0) -> DriftScan:
    """Keeps a comparison of the target that began so many minutes after the first."""
    begun = START + timedelta(minutes=at)
    scan = Scanned(target=target, hypervisor_uri="qemu:///system", started=begun, found=found)
    return store_scans([scan])[0]


def roster(*targets: str, at: int) -> Roster:
    """The targets that the record had so many minutes after the first comparison."""
    return Roster(frozenset(targets), START + timedelta(minutes=at))


def standing() -> dict[str, str]:
    rows = DriftFinding.objects.filter(closed_at__isnull=True)
    return {f"{one.target}/{one.name}": f"{one.kind} {one.status}" for one in rows}


def test_a_finding_is_one_row_until_it_is_found_no_longer() -> None:
    store(drift("satu"), drift("dua"))
    first = DriftFinding.objects.get(name="satu")
    scan = store(drift("satu"), at=1)
    assert (scan.outcome, scan.found) == ("drift", 1)
    again = DriftFinding.objects.get(name="satu")
    assert (again.pk, again.opened_at, again.last_seen) == (
        first.pk, START, START + timedelta(minutes=1),
    )  # fmt: skip
    assert DriftFinding.objects.get(name="dua").status == "gone"
    # Found again later, it is a finding of its own; what a slow comparison says late is dropped.
    store(drift("dua"), at=3)
    store(at=2)
    assert standing() == {"kvm/dua": "changed open"}
    assert DriftFinding.objects.filter(name="dua").count() == 2


def test_what_could_not_be_compared_keeps_its_findings() -> None:
    store(drift("satu"))
    failed = Scanned(
        target="kvm", hypervisor_uri="", started=timezone.now(), message="gone: " + "x" * 900
    )
    (row,) = store_scans([failed])
    assert (row.outcome, row.found, len(row.message)) == ("failed", 1, 500)
    assert standing() == {"kvm/satu": "changed open"}


def test_a_machine_that_moved_is_told_once_whichever_target_is_looked_at_last() -> None:
    missing = drift("satu", DriftKind.MISSING, "a")
    store(missing, target="a")
    store(drift("satu", DriftKind.UNKNOWN, "b"), target="b", at=1)
    assert standing() == {"a/satu": "moved open"}
    moved = DriftFinding.objects.get(closed_at__isnull=True)
    assert (moved.found_on, moved.hypervisor) == ("b", FIELDS)
    store(missing, target="a", at=2)
    assert standing() == {"a/satu": "moved open"}
    store(target="b", at=3)
    assert standing() == {"a/satu": "missing open"}


def test_rules_are_judged_when_they_are_written_changed_and_deleted() -> None:
    store(drift("satu"), drift("dua", DriftKind.UNKNOWN))
    user = make_user("budi", is_superuser=True)
    rule = record.create(DriftRule, {"machine": "s*", "reason": "uji"}, by=TESTER.of(user))
    assert rule.created_by == user
    assert standing() == {"kvm/satu": "changed ignored", "kvm/dua": "unknown open"}
    store(drift("satu"), drift("dua", DriftKind.UNKNOWN), at=1)
    assert standing() == {"kvm/satu": "changed ignored", "kvm/dua": "unknown open"}
    # A rule of a field says nothing of a machine as a whole.
    record.update(rule, {"machine": "*", "field": "memory_mib"}, by=TESTER)
    assert standing() == {"kvm/satu": "changed ignored", "kvm/dua": "unknown open"}
    record.update(rule, {"valid_until": date(2020, 1, 1)}, by=TESTER)
    assert standing()["kvm/satu"] == "changed open"
    by_finding = ignore(DriftFinding.objects.get(name="dua"), reason="milik tim lain", by=TESTER)
    assert store(drift("dua", DriftKind.UNKNOWN), at=2).outcome == "same"
    record.delete(by_finding, by=TESTER)
    assert standing() == {"kvm/dua": "unknown open"}


def test_measuring_leaves_the_change_log_alone() -> None:
    make(DriftRule)
    before = ObjectChange.objects.count()
    store(drift("satu"))
    assert ObjectChange.objects.count() == before


def test_the_daily_job_tells_what_it_skipped_and_ends() -> None:
    make(VirtualMachine, cluster=make(Cluster, name="LATIHAN", hypervisor_uri=""))
    job = ask_scan(by=TESTER)
    assert ask_scan(by=TESTER) == job
    perform(job.job_id)
    job.refresh_from_db()
    assert (job.status, job.error) == ("completed", "")
    assert job.data == {
        "same": 0, "drift": 0, "refused": 0, "failed": 0, "skipped": 1, "open": 0, "failures": [],
    }  # fmt: skip
    assert DriftScan.objects.get().message == "a rehearsal, compared where it is named"


def test_a_machine_missing_now_is_not_what_was_strange_elsewhere_long_ago() -> None:
    missing, stray = drift("satu", DriftKind.MISSING, "a"), drift("satu", DriftKind.UNKNOWN, "b")
    store(stray, target="b", at=-60)
    store(missing, target="a")
    assert standing() == {"a/satu": "missing open", "b/satu": "unknown open"}
    # Seen again, it has moved; that is as old as the older of the two sights.
    store(stray, target="b", at=10)
    moved = DriftFinding.objects.get(closed_at__isnull=True)
    assert (moved.kind, moved.last_seen) == ("moved", START)
    # A pair stands while one side can't be looked at, for a machine brought back would be empty.
    store(missing, target="a", at=600)
    moved.refresh_from_db()
    assert (moved.kind, moved.last_seen) == ("moved", START + timedelta(minutes=10))
    store(stray, target="b", at=600)
    moved.refresh_from_db()
    assert (moved.kind, moved.last_seen) == ("moved", START + timedelta(minutes=600))


def test_findings_end_with_their_target() -> None:
    for name in ("a", "b", "c"):
        store(drift("satu", target=name), target=name)
    store(drift("dua", DriftKind.MISSING, "b"), target="b", at=1)
    store(drift("dua", DriftKind.UNKNOWN, "gone"), target="gone", at=2)
    assert standing() == {
        "a/satu": "changed open", "b/dua": "moved open", "c/satu": "changed open",
    }  # fmt: skip
    begun = START + timedelta(minutes=5)
    # A run is at work on a; c has no address any more; a comparison of `later` came in between.
    skipped = [
        Scanned(target=name, hypervisor_uri=uri, started=begun, skipped=True)
        for name, uri in {"a": "qemu:///system", "c": "rehearsal:c"}.items()
    ]
    store(drift("tiga", target="later"), target="later", at=6)
    store_scans(skipped, roster("a", "b", "c", at=5))
    assert standing() == {
        "a/satu": "changed open", "b/dua": "missing open", "later/tiga": "changed open",
    }  # fmt: skip
    assert DriftFinding.objects.get(target="c").status == "gone"
    store(drift("satu", target="a"), target="a", at=7)
    store_scans([Scanned(target="b", hypervisor_uri="", started=begun)], roster("b", at=5))
    assert set(standing()) == {"a/satu", "b/dua", "later/tiga"}  # both seen since
    listed = {"a", "b", "later"}
    pools = {name: make(Cluster, name=name) for name in listed}
    assert {one.target for one in drift_by_target()} == listed
    # With its cluster a target is gone at once; else with the next comparison, were it of none.
    record.delete(pools["later"], by=TESTER)
    assert {one.target for one in drift_by_target()} == {"a", "b"}
    store_scans([], roster("b", at=8))
    assert set(standing()) == {"b/dua"}
    assert [one.target for one in drift_by_target()] == ["b"]
    ended = DriftScan.objects.filter(outcome="ended")
    assert sorted(ended.values_list("target", flat=True)) == ["a", "c", "gone", "later"]
    store_scans([], roster("b", at=9))
    assert ended.count() == 4
    store(target="a", at=10)
    assert [one.target for one in drift_by_target()] == ["a", "b"]


def test_the_daily_job_ends_what_was_found_on_a_target_of_another_name() -> None:
    cluster = make(Cluster, name="LATIHAN", hypervisor_uri="")
    make(VirtualMachine, cluster=cluster)
    store(drift("satu", target="lama"), target="lama", at=-5)
    perform(ask_scan(by=TESTER).job_id)
    assert standing() == {}


@pytest.mark.parametrize("name", ["win[1]", "a*b", "n" * 251])
def test_a_name_of_any_letters_is_ignored_alone(name: str) -> None:
    store(drift(name, DriftKind.UNKNOWN), drift("win1", DriftKind.UNKNOWN))
    ignore(DriftFinding.objects.get(name=name), reason="milik tim lain", by=TESTER)
    assert standing() == {f"kvm/{name}": "unknown ignored", "kvm/win1": "unknown open"}


def test_what_the_record_took_during_a_comparison_is_not_found_again() -> None:
    store(drift("satu"), at=-5)
    taken = DriftFinding.objects.get()
    taken.status, taken.closed_at = "accepted", START + timedelta(seconds=1)
    taken.save()
    assert (store(drift("satu")).outcome, standing()) == ("same", {})
    assert store(drift("satu"), at=1).outcome == "drift"  # it differs still, or again


def test_a_machine_that_moved_and_was_accepted_meanwhile_is_told_on_neither_side() -> None:
    found = [
        Scanned(
            target=name, hypervisor_uri=f"qemu+ssh://{name}/system", started=START, found=(one,)
        )
        for name, kind in {"a": DriftKind.MISSING, "b": DriftKind.UNKNOWN}.items()
        for one in (drift("satu", kind, name),)
    ]
    store_scans(found)
    DriftFinding.objects.update(status="accepted", closed_at=START + timedelta(seconds=1))
    store_scans(found)
    assert standing() == {}


def test_what_is_closed_while_rules_are_judged_stays_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store(drift("satu"))

    def fits_late(*_of: object) -> bool:
        DriftFinding.objects.update(status="accepted", closed_at=START)
        return True

    monkeypatch.setattr(rules, "fits", fits_late)
    record.create(DriftRule, {"reason": "uji"}, by=TESTER)
    assert DriftFinding.objects.get().status == "accepted"


def test_a_stray_that_a_rule_lets_be_by_name_is_not_what_is_missing_elsewhere() -> None:
    store(drift("satu", DriftKind.UNKNOWN, "b"), target="b")
    rule = ignore(DriftFinding.objects.get(), reason="milik tim lain", by=TESTER)
    missing = drift("satu", DriftKind.MISSING, "a")
    store(missing, target="a", at=1)
    assert standing() == {"a/satu": "missing open", "b/satu": "unknown ignored"}
    record.update(rule, {"machine": "*"}, by=TESTER)
    store(missing, target="a", at=2)
    assert standing() == {"a/satu": "moved open"}


def test_a_rule_from_a_network_says_nothing_of_a_machine_of_its_name() -> None:
    network = replace(drift("apps", DriftKind.MISSING), subject=DriftSubject.NETWORK)
    store(drift("apps", DriftKind.MISSING), network)
    ignore(DriftFinding.objects.get(subject="network"), reason="dibuat jaringan", by=TESTER)
    told = {one.subject: one.status for one in DriftFinding.objects.all()}
    assert told == {"machine": "open", "network": "ignored"}
