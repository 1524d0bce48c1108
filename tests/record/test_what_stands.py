"""Ordinary records, however odd, are planned: what merely stands never blocks."""

from __future__ import annotations

import pytest

from dcim.planning.capacity.ledger import ledgers
from dcim.planning.document import PlannedVM, Target, as_is, encode, parse
from dcim.planning.load.record import load_snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.rules import violations
from dcim.record.equipment.devices import Device
from dcim.record.networks.ipam import VRF, IPAddress, Prefix
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN
from dcim.record.people.organisation import Tenant
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.choices import Blocker
from dcim.vocabulary.choices_networks import IpAddressRole
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kvm() -> Cluster:
    """A cluster with a host that has room, and an app that a plan brings back there."""
    cluster = make(Cluster, name="KVM", host_failures_to_survive=0, hypervisor_uri="")
    make(Device, name="H1", cluster=cluster, cpu_cores=64, memory_mib=2**18, storage_gib=9000)
    app = make(ServiceApp, code="SIPP", status="inactive", blocker=Blocker.SERVER.value)
    make(Workload, app=app, name="web", memory_mib=4096)
    return cluster


def planned() -> Target:
    """The target of KVM in the plan for the record, which breaks no rule and revives SIPP."""
    plan = plan_reactivation(load_snapshot())
    assert violations(plan) == violations(as_is(plan)) == []
    assert parse(encode(plan)) == plan
    (line,) = (one for one in plan.apps if one.code == "SIPP")
    assert line.outcome.value == "revive"
    return next(one for one in plan.targets if one.pool == "cluster:KVM")


def standing() -> list[PlannedVM]:
    return [vm for vm in planned().vms if vm.id is not None]


def machine(*addresses: str, role: str = "", **fields: object) -> VirtualMachine:
    """A machine on KVM with an interface for each of its addresses."""
    vrf = fields.pop("vrf", None)
    vm: VirtualMachine = make(VirtualMachine, **{"cluster": Cluster.objects.get(), **fields})
    for n, address in enumerate(addresses):
        port = make(VMInterface, virtual_machine=vm, name=f"eth{n}")
        make(IPAddress, address=address, vm_interface=port, role=role, vrf=vrf)
    return vm


@pytest.mark.parametrize("status", ["active", "offline", "planned"])
def test_a_machine_without_size_is_planned(status: str) -> None:
    machine(vcpus=None, memory_mib=None, disk_mb=None, status=status)
    (vm,) = standing()
    assert vm.amounts.vcpus == (status == "planned")


@pytest.mark.parametrize("status", ["active", "planned"])
def test_a_machine_with_interfaces_in_several_networks_is_planned(status: str) -> None:
    make(Prefix, prefix="10.64.10.0/24")
    make(Prefix, prefix="10.64.20.0/24")
    machine("10.64.10.5/24", "10.64.20.5/24", "192.168.9.5/24", status=status)
    (vm,) = standing()
    assert (vm.network, len(vm.addresses)) == ("net-10-64-10-0-24", 3)


@pytest.mark.parametrize("status", ["active", "planned"])
@pytest.mark.parametrize("role", [IpAddressRole.VIP.value, IpAddressRole.ANYCAST.value])
def test_machines_that_share_an_address_are_planned(role: str, status: str) -> None:
    make(Prefix, prefix="10.64.10.0/24")
    vrf = None if role else make(VRF, enforce_unique=False)
    for name in ("lb-1", "lb-2"):
        machine("10.64.10.2/24", role=role, vrf=vrf, name=name, status=status)
    assert [vm.name for vm in standing()] == ["lb-1", "lb-2"]


def test_an_address_that_floats_is_given_to_no_new_machine() -> None:
    make(Prefix, prefix="10.64.10.0/24")
    machine("10.64.10.9/24")
    machine("10.64.10.2/24", role="vip")
    (new,) = (vm for vm in planned().vms if vm.id is None)
    assert new.addresses == ("10.64.10.3/24",)


@pytest.mark.parametrize("around", ["active", "container", "reserved"])
def test_ranges_within_ranges_are_planned(around: str) -> None:
    make(Prefix, prefix="10.64.0.0/16", status=around)
    make(Prefix, prefix="10.64.10.0/24")
    make(Prefix, prefix="10.64.10.7/32")
    machine("10.64.10.7/24", "10.64.20.5/16")
    assert planned().networks


def test_networks_of_one_name_in_a_pool_are_told_apart() -> None:
    for vid, name in ((10, "Server"), (20, "server"), (30, "Server")):
        make(Prefix, prefix=f"10.64.{vid}.0/24", vlan=make(VLAN, vid=vid, name=name))
    machine("10.64.10.5/24", "10.64.20.5/24", "10.64.30.5/24")
    found = {one.name: one.vlan for one in planned().networks}
    assert found == {"server": 10, "server-2": 20, "server-3": 30}


def test_a_name_that_hypervisors_refuse_is_written_so_that_they_take_it() -> None:
    old = machine(name="Server Web 01 (lama)")
    (vm,) = standing()
    assert (vm.id, vm.name) == (str(old.pk), "server-web-01-lama")


def test_namesakes_of_several_tenants_each_count_and_are_told_apart() -> None:
    for code in ("bkpsdm", "dinkes"):
        owner = make(Tenant, slug=code, name=code)
        machine(name="web", tenant=owner, vcpus=4, memory_mib=4096, disk_mb=64424)
    assert ledgers(load_snapshot())[0].used.vcpus == 8
    assert [vm.name for vm in standing()] == ["web", "web-2"]


def test_a_machine_larger_than_any_host_is_planned() -> None:
    VirtualMachine.objects.filter(pk=machine().pk).update(vcpus=65)
    assert standing()[0].vcpus == 65


def test_a_machine_whose_host_has_left_the_cluster_is_planned_without_host() -> None:
    gone = make(Device, name="H9")
    VirtualMachine.objects.filter(pk=machine().pk).update(device=gone)
    assert standing()[0].host is None


def test_hosts_of_one_name_at_several_sites_are_told_apart(kvm: Cluster) -> None:
    make(Device, name="H1", cluster=kvm)
    planned()
    names = [host.name for host in load_snapshot().clusters[0].hosts]
    assert names == ["H1", "H1-2"]


def test_a_tier_with_a_slash_in_its_name_is_planned() -> None:
    tier = make(Workload, app=make(ServiceApp, code="A"), name="web")
    Workload.objects.filter(pk=tier.pk).update(name="app/web")
    tier.virtual_machines.set([machine()])
    assert [(vm.app, vm.workloads) for vm in standing()] == [("A", ("app/web",))]
