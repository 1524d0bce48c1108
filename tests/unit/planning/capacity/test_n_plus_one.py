"""N+1 by packing: what sums hide, what stands in the way, and what would help."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dcim.planning.capacity import n_plus_one as module
from dcim.planning.capacity.evacuation import Shortage
from dcim.planning.capacity.ledger import ledgers
from dcim.planning.capacity.n_plus_one import Survival, Verdict, n_plus_one
from dcim.planning.capacity.pack import Fit
from dcim.planning.estate import Snapshot
from dcim.planning.watch import Recorded
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import DeviceStatus, VirtualMachineStatus
from tests.snapshots import active, cluster, snapshot, tier, vm

HOST = Amounts(8, 16384, 400)
BIG, HALF = Amounts(1, 12288, 10), Amounts(1, 8192, 10)


def only(whole: Snapshot) -> Survival:
    (found,) = n_plus_one(whole)
    return found


def test_what_fits_by_sums_may_have_no_place() -> None:
    whole = snapshot(
        cluster(*[HOST] * 4, host_failures_to_survive=1),
        *(vm(f"m{n}", amounts=BIG, host=f"kvm-h{n}") for n in (1, 2, 3, 4)),
    )
    assert min(ledgers(whole)[0].free.as_mapping().values()) == 0  # the sums say that it is kept
    found = only(whole)
    assert found.verdict is Verdict.FAILS
    (loss,) = found.losses
    (stuck,) = loss.stuck
    assert stuck.lacking == (Shortage(ResourceClass.MEMORY_MIB, 12288, 4096),)
    assert loss.repack is not None
    assert (found.sets, found.examined, loss.repack.fit) == (4, 4, Fit.NEVER)


def test_moving_others_as_well_may_make_a_place() -> None:
    small = Amounts(1, 4096, 10)
    whole = snapshot(
        cluster(*[HOST] * 3, host_failures_to_survive=1),
        vm("big", amounts=BIG, host="kvm-h1"),
        *(vm(f"s{n}{at}", amounts=small, host=f"kvm-h{n}") for n in (2, 3) for at in (1, 2)),
    )
    loss = only(whole).losses[0]
    assert (loss.hosts, loss.fit) == (("kvm-h1",), Fit.NEVER)
    assert loss.repack is not None
    assert loss.repack.fit is Fit.FITS
    assert min(move.machine.name for move in loss.repack.moves) == "big"
    assert len(loss.repack.moves) == 2


def test_instances_that_keep_apart_do_when_they_leave() -> None:
    web = active("A", tier("web", anti_affinity=True, instances_wanted=2))
    whole = snapshot(
        web,
        cluster(HOST, HOST, host_failures_to_survive=1),
        vm("a1", "A/web", host="kvm-h1"),
        vm("a2", "A/web", host="kvm-h2"),
    )
    (loss,) = only(whole).losses
    assert (loss.fit, [(one.host, one.lacking) for one in loss.stuck]) == (Fit.NEVER, [("", ())])


def test_the_stated_reserve_stays_free() -> None:
    whole = snapshot(
        cluster(HOST, HOST, host_failures_to_survive=1, reserved=Amounts(0, 9000, 0)),
        vm("a", amounts=HALF, host="kvm-h1"),
    )
    (loss, *_rest) = only(whole).losses
    assert loss.short == (Shortage(ResourceClass.MEMORY_MIB, 8192, 7384),)


def test_a_machine_on_a_failed_host_needs_a_place_too() -> None:
    hosts = cluster(HOST, HOST, HOST, host_failures_to_survive=1)
    failed = replace(hosts.hosts[2], status=DeviceStatus.FAILED)
    whole = snapshot(
        replace(hosts, hosts=(*hosts.hosts[:2], failed)),
        *(vm(f"m{n}", amounts=BIG, host=f"kvm-h{n}") for n in (1, 3)),
    )
    assert only(whole).verdict is Verdict.FAILS


def test_planned_machines_count_once_a_host_can_take_them() -> None:
    planned = VirtualMachineStatus.PLANNED
    whole = snapshot(
        cluster(HOST, HOST, host_failures_to_survive=1),
        vm("stands", amounts=HALF, host="kvm-h1"),
        vm("fits", amounts=HALF, status=planned),
        vm("huge", amounts=Amounts(1, 20000, 1), status=planned),
    )
    found = only(whole)
    assert (found.verdict, [one.name for one in found.refused]) == (Verdict.SURVIVES, ["huge"])


def test_equal_hosts_are_tried_once_and_too_many_sets_are_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hosts = cluster(*[HOST] * 8, host_failures_to_survive=2)
    whole = snapshot(hosts, vm("a", amounts=HALF, host="kvm-h1"))
    found = only(whole)
    assert (found.verdict, found.sets, found.examined, len(found.losses)) == (
        Verdict.SURVIVES, 28, 28, 2,
    )  # fmt: skip
    monkeypatch.setattr(module, "MOST_SETS", 10)
    found = only(whole)
    assert (found.verdict, found.examined, found.largest) == (Verdict.UNSETTLED, 10, 5)


def test_nothing_is_asked_of_a_cluster_that_is_to_survive_nothing() -> None:
    assert only(snapshot(cluster(HOST))).verdict is Verdict.NOT_ASKED


def test_who_watches_may_stop_it_between_clusters() -> None:
    whole = snapshot(cluster(HOST, name="A"), cluster(HOST, name="B"))
    watch = Recorded(stop_at=2)
    assert [one.cluster for one in n_plus_one(whole, watch)] == ["cluster:A"]
