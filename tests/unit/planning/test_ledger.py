"""Ledgers: Placement's arithmetic on clusters and grants."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dcim.planning.capacity.ledger import PoolLedger, ledgers
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    AllocationStatus,
    AppStatus,
    DeviceStatus,
    Verdict,
    VirtualMachineStatus,
)
from tests.snapshots import active, app, cluster, grant, paser, snapshot, vm

BIG, SMALL = Amounts(16, 65536, 1000), Amounts(8, 32768, 2000)


def ledger(whole: Snapshot) -> PoolLedger:
    return ledgers(whole)[0]


def test_a_clusters_capacity_is_total_less_reserve_times_ratio() -> None:
    book = ledger(
        snapshot(
            cluster(
                BIG,
                SMALL,
                host_failures_to_survive=1,
                reserved=Amounts(1, 1024, 100),
                vcpu_allocation_ratio=4.0,
            )
        )
    )
    assert book.capacity == Amounts((24 - 16 - 1) * 4, 98304 - 65536 - 1024, 3000 - 2000 - 100)


def test_the_reserve_takes_the_largest_hosts_of_each_class() -> None:
    book = ledger(snapshot(cluster(BIG, SMALL, SMALL, host_failures_to_survive=2)))
    assert [line.inventory.reserved for line in book.lines] == [24, 98304, 4000]


def test_the_largest_unit_is_the_largest_hosts_amount() -> None:
    assert ledger(snapshot(cluster(BIG, SMALL))).max_unit == Amounts(16, 65536, 2000)


def test_a_host_that_is_not_active_gives_no_room() -> None:
    whole = cluster(BIG, SMALL)
    failed = type(whole.hosts[0])(name="h3", status=DeviceStatus.FAILED, amounts=BIG)
    book = ledger(snapshot(cluster(hosts=(*whole.hosts, failed))))
    assert book.capacity == BIG + SMALL


def test_planned_and_staged_machines_are_planned_and_all_others_used() -> None:
    machines = [vm(status.value, status=status) for status in VirtualMachineStatus]
    book = ledger(snapshot(cluster(BIG, BIG), *machines))
    assert (book.used.vcpus, book.planned.vcpus, book.free.vcpus) == (10, 4, 18)


def test_machines_of_inactive_or_retired_apps_are_reclaimable() -> None:
    book = ledger(
        snapshot(
            app("A"),
            app("R", status=AppStatus.RETIRED),
            active("B"),
            cluster(BIG, BIG),
            vm("a", "A/web"),
            vm("r", "R/web"),
            vm("b", "B/web"),
            vm("both", "A/web", "B/web"),
            vm("none"),
            vm("leaving", status=VirtualMachineStatus.DECOMMISSIONING),
            vm("serving", "B/web", status=VirtualMachineStatus.DECOMMISSIONING),
        )
    )
    assert book.reclaimable.vcpus == 6


def test_over_commitment_shows_as_negative_room() -> None:
    machines = [vm(f"x{n}") for n in range(9)]
    assert ledger(snapshot(cluster(BIG), *machines)).free.vcpus == -2


def test_a_machine_counts_in_its_cluster_and_in_its_grant() -> None:
    both = snapshot(cluster(BIG), grant(SMALL, provider="paser"), vm("x", allocation="G1"))
    assert [book.used.vcpus for book in ledgers(both)] == [2, 2]


def test_what_is_committed_on_a_grant_is_not_free() -> None:
    held = replace(grant(SMALL, provider="paser"), committed=Amounts(1))
    (ledger,) = ledgers(snapshot(cluster(BIG), held))[1:]
    assert ledger.free == SMALL - Amounts(1)


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({}, True),
        ({"status": AllocationStatus.RETURNED}, False),
        ({"valid_from": date(2026, 12, 1)}, False),
        ({"valid_until": date(2026, 10, 31)}, False),
        ({"valid_from": date(2026, 11, 1), "valid_until": date(2026, 11, 1)}, True),
    ],
)
def test_a_grant_is_open_while_it_is_in_force(fields: dict[str, object], is_open: bool) -> None:
    whole = snapshot(replace(grant(SMALL), **fields), as_of=date(2026, 11, 1))  # type: ignore[arg-type]
    assert ledger(whole).is_open is is_open


def test_the_register_of_paser_adds_up_to_its_known_figures() -> None:
    book = ledger(paser())
    assert book.used == Amounts(202 + 52, (552 + 104) * 1024, 25_510 + 2_820)
    assert book.reclaimable == Amounts(52, 104 * 1024, 2_820)


@pytest.mark.parametrize("status", VirtualMachineStatus)
@pytest.mark.parametrize("app_status", AppStatus)
def test_what_is_reclaimed_was_reclaimable(
    status: VirtualMachineStatus, app_status: AppStatus
) -> None:
    one = app("A", status=app_status, verdict=Verdict.RETIRE)
    whole = snapshot(one, cluster(BIG), vm("a", "A/web", status=status))
    reclaimed = plan_reactivation(whole).objective.reclaimed
    assert reclaimed.fits_in(ledger(whole).reclaimable)
