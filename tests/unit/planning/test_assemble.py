"""How a plan is written down: targets, addresses, figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dcim.planning.document import PlanDocument, encode, parse
from dcim.planning.estate import PoolNetwork, Provider, Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import (
    AllocationStatus,
    Blocker,
    DataClass,
    VirtualMachineStatus,
)
from tests.snapshots import active, app, cluster, grant, paser, snapshot, tier, vm

ROOM = Amounts(16, 65536, 1000)
APPS = PoolNetwork(name="apps", cidr="10.0.0.0/29", taken=("10.0.0.3/29",))


def made(whole: Snapshot) -> list[tuple[str, tuple[str, ...]]]:
    """New machines of the first pool with their addresses."""
    vms = plan_reactivation(whole).targets[0].vms
    return [(one.name, one.addresses) for one in vms if one.change.value == "create"]


def test_a_plan_is_read_back_as_it_was_written() -> None:
    document = plan_reactivation(paser())
    assert parse(encode(document)).digest == document.digest


def test_a_plan_carries_the_serial_it_was_made_from() -> None:
    assert plan_reactivation(paser()).base_serial == 7


def test_every_pool_becomes_a_target_with_its_inventory() -> None:
    document = plan_reactivation(snapshot(cluster(ROOM), grant(ROOM, "LETTER 7/2026")))
    assert [one.name for one in document.targets] == ["kvm", "letter-7-2026"]
    assert document.targets[0].capacity[0].total == 16


def test_a_cluster_without_hosts_or_machines_is_no_target() -> None:
    assert plan_reactivation(snapshot(cluster())).targets == ()


def test_pools_of_one_name_become_targets_of_two() -> None:
    document = plan_reactivation(snapshot(cluster(ROOM, name="ROOM"), grant(ROOM, "room")))
    assert [one.name for one in document.targets] == ["room", "room-2"]


def test_a_provider_of_a_long_name_is_written_as_files_take_it() -> None:
    whole = snapshot(cluster(ROOM, provider="p" * 100))
    named = replace(whole, providers=(*whole.providers, Provider(slug="p" * 100)))
    plan = plan_reactivation(named)
    assert parse(encode(plan)) == plan


def test_the_address_of_cluster_or_provider_says_which_driver_builds() -> None:
    here = cluster(ROOM, hypervisor="proxmox://pve/pve1")
    whole = snapshot(here, grant(ROOM, "LETTER 7/2026"))
    cloud = [replace(one, hypervisor="openstack://pdn/v3") for one in whole.providers]
    plan = plan_reactivation(replace(whole, providers=tuple(cloud)))
    assert [(one.driver, one.hypervisor) for one in plan.targets] == [
        ("proxmox", "proxmox://pve/pve1"),
        ("openstack", "openstack://pdn/v3"),
    ]
    assert {one.driver for one in plan_reactivation(whole).targets[1:]} == {"libvirt"}


def test_addresses_start_after_the_gateway_and_pass_over_what_is_held() -> None:
    held = vm("x", addresses=("10.0.0.2/29",))
    found = made(snapshot(app("A"), cluster(ROOM, networks=(APPS,)), held))
    assert found == [("a-web-1", ("10.0.0.4/29",))]


def test_where_a_network_is_full_a_machine_gets_no_address() -> None:
    tiny = PoolNetwork(name="apps", cidr="10.0.0.0/30")
    held = vm("x", addresses=("10.0.0.2/30",))
    assert made(snapshot(app("A"), cluster(ROOM, networks=(tiny,)), held)) == [("a-web-1", ())]


def test_two_pools_on_one_network_share_no_address() -> None:
    first = cluster(Amounts(2, 4096, 50), networks=(APPS,))
    second = cluster(Amounts(2, 4096, 50), name="LVM", networks=(APPS,))
    document = plan_reactivation(snapshot(app("A"), app("B"), first, second))
    addresses = [one.addresses for target in document.targets for one in target.vms]
    assert len({*addresses}) == 2


def test_new_machines_join_the_network_that_most_machines_are_on() -> None:
    networks = (PoolNetwork(name="admin"), PoolNetwork(name="work"))
    held = vm("x", network="work")
    document = plan_reactivation(snapshot(app("A"), cluster(ROOM, networks=networks), held))
    assert document.targets[0].vms[0].network == "work"


def test_a_machine_on_a_network_the_pool_lacks_is_on_none() -> None:
    document = plan_reactivation(snapshot(cluster(ROOM), vm("x", network="far")))
    assert document.targets[0].vms[0].network is None


def test_capacity_lines_count_what_goes_and_what_comes() -> None:
    old = app("OLD", blocker=Blocker.SUPERSEDED)
    whole = snapshot(old, app("NEW", tier("web", "3")), cluster(ROOM), vm("o", "OLD/web"))
    lines = plan_reactivation(whole).targets[0].capacity
    assert lines[0].resource_class is ResourceClass.VCPU
    assert (lines[0].used_before, lines[0].used_after) == (2, 3)


def test_a_shared_machine_is_shown_under_its_active_app() -> None:
    both = vm("both", "A/web", "B/web")
    document = plan_reactivation(snapshot(app("A"), active("B"), cluster(ROOM), both))
    (shown,) = (one for one in document.targets[0].vms if one.name == "both")
    assert (shown.app, shown.workloads) == ("B", ("web",))


def described(document: PlanDocument) -> dict[str, object]:
    objective = document.objective
    return {"weight": objective.revived_weight, "revived": objective.revived}


def test_the_objective_counts_what_comes_back_at_hand_not_what_waits() -> None:
    whole = snapshot(app("A"), app("B"), cluster(Amounts(2, 4096, 50)))
    assert described(plan_reactivation(whole)) == {"weight": 100, "revived": 1}


def power(whole: Snapshot) -> list[tuple[str, bool, bool | None]]:
    """How each machine of the first pool should run, and does where that differs."""
    vms = plan_reactivation(whole).targets[0].vms
    return [(one.name, one.running, one.runs_now) for one in vms]


def test_a_machine_that_is_off_starts_only_when_its_app_comes_back() -> None:
    off = VirtualMachineStatus.OFFLINE
    back, broken = vm("a", "A/web", status=off), vm("b", "B/web", status=off)
    apps = (app("A"), app("B", blocker=Blocker.CODE))
    whole = snapshot(*apps, cluster(ROOM), back, broken, vm("c"))
    assert power(whole) == [("a", True, False), ("b", False, None), ("c", True, None)]


@pytest.mark.parametrize("status", VirtualMachineStatus)
def test_only_what_is_recorded_as_switched_on_runs(status: VirtualMachineStatus) -> None:
    whole = snapshot(active("A"), cluster(ROOM), vm("a", "A/web", status=status))
    assert power(whole) == [("a", status.value in {"active", "decommissioning"}, None)]


def test_a_machine_that_goes_says_whether_it_runs() -> None:
    old = app("OLD", blocker=Blocker.SUPERSEDED)
    off = vm("o", "OLD/web", status=VirtualMachineStatus.OFFLINE)
    (gone,) = plan_reactivation(snapshot(old, cluster(ROOM), off)).targets[0].reclaim
    assert (gone.running, gone.runs_now) == (False, None)


def test_a_range_within_that_nobody_stands_on_yet_is_no_network_of_its_own() -> None:
    """The record nests ranges; a hypervisor takes no two that overlap anew."""
    inner = PoolNetwork(name="dmz", cidr="10.0.0.128/25")
    outer = PoolNetwork(name="apps", cidr="10.0.0.0/24")
    stands = vm("x", network="apps", addresses=("10.0.0.9/24",))
    comes = vm(
        "y",
        network="dmz",
        addresses=("10.0.0.200/25",),
        status=VirtualMachineStatus.PLANNED,
    )
    (one,) = plan_reactivation(
        snapshot(cluster(ROOM, networks=(inner, outer)), stands, comes)
    ).targets
    assert [network.name for network in one.networks] == ["apps"]
    assert {each.name: each.network for each in one.vms} == {"x": "apps", "y": "apps"}


def test_ranges_within_ranges_stay_where_machines_stand_on_both() -> None:
    inner = PoolNetwork(name="dmz", cidr="10.0.0.128/25")
    outer = PoolNetwork(name="apps", cidr="10.0.0.0/24")
    on_outer = vm("x", network="apps", addresses=("10.0.0.9/24",))
    on_inner = vm("y", network="dmz", addresses=("10.0.0.200/25",))
    whole = snapshot(cluster(ROOM, networks=(inner, outer)), on_outer, on_inner)
    (one,) = plan_reactivation(whole).targets
    assert [network.name for network in one.networks] == ["apps", "dmz"]


def test_a_plan_says_what_it_is_judged_on() -> None:
    """Grants that are drawn on, what a provider may hold, and who rests on whom."""
    whole = snapshot(
        active("BASE", data_class=DataClass.CLOSED),
        active("ABOVE", hard=("BASE",)),
        active("TOP", soft=("ABOVE",)),
        app("IDLE", hard=("BASE",), blocker=Blocker.CODE),
        cluster(ROOM),
        grant(ROOM, committed=Amounts(1, 1, 1)),
        grant(ROOM, "UNUSED", provider="niaga", status=AllocationStatus.RETURNED),
        vm("both", "BASE/web", "IDLE/web", allocation="G1"),
    )
    providers = tuple(
        replace(one, data_classes=(DataClass.OPEN,)) if one.slug == "paser" else one
        for one in whole.providers
    )
    plan = plan_reactivation(replace(whole, providers=providers))
    assert [(one.name, one.ceiling) for one in plan.grants] == [("G1", ROOM - Amounts(1, 1, 1))]
    assert plan.targets[0].may_hold.data_classes == ("open",)
    known = {one.code: one for one in plan.apps}
    assert known["BASE"].needed_by == ("ABOVE", "TOP")
    assert known["ABOVE"].needed_by == ("TOP",)
    assert (known["BASE"].data_class, known["BASE"].backup_copies) == ("closed", 1)
    (machine,) = plan.targets[0].vms
    assert (machine.app, machine.shared_with) == ("BASE", ("IDLE",))
