"""The snapshot that plans are made from, read from the record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dcim.planning import estate
from dcim.planning.estate import Snapshot
from dcim.planning.load.record import load_snapshot
from dcim.planning.snapshot import encode, parse
from dcim.record.equipment.devices import Device
from dcim.record.log.changes import ChangeLink
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.commitments import Commitment
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts
from tests.factories import make
from tests.snapshots import carried

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


@pytest.fixture
def machine() -> VirtualMachine:
    """A machine on a host of cluster KVM that carries the web tier of SIMPEG."""
    cluster = make(Cluster, name="KVM", hypervisor_uri="qemu+ssh://kvm/system")
    host = make(
        Device, name="H1", cluster=cluster, cpu_cores=16, memory_mib=65536, storage_gib=1000
    )
    vm = make(
        VirtualMachine,
        name="simpeg-web-1",
        cluster=cluster,
        device=host,
        vcpus=Decimal("1.5"),
        memory_mib=4096,
        disk_mb=64424,
    )
    tier = make(Workload, app=make(ServiceApp, code="SIMPEG"), name="web", memory_mib=4096)
    tier.virtual_machines.set([vm])
    return vm


def test_devices_that_carry_a_tier_are_instances_that_stand(machine: VirtualMachine) -> None:
    tier = machine.workloads.get()
    assert tier_of(loaded()).on_devices == 0
    tier.devices.set([make(Device), make(Device)])
    assert tier_of(loaded()).on_devices == 2


def tier_of(snapshot: Snapshot) -> estate.Workload:
    (app,) = snapshot.apps
    return app.workloads[0]


def loaded() -> Snapshot:
    return load_snapshot(DAY)


def kvm() -> estate.Cluster:
    return next(cluster for cluster in loaded().clusters if cluster.name == "KVM")


def test_a_machine_is_read_with_its_size_rounded_up_and_what_it_carries(
    machine: VirtualMachine,
) -> None:
    (vm,) = loaded().vms
    assert vm.amounts == Amounts(2, 4096, 60)
    assert (vm.cluster, vm.host, vm.carries) == ("KVM", "H1", carried("SIMPEG/web"))


def test_a_cluster_is_read_with_its_hosts_and_ratios(machine: VirtualMachine) -> None:
    cluster = kvm()
    assert cluster.hosts[0].amounts == Amounts(16, 65536, 1000)
    assert (cluster.vcpu_allocation_ratio, cluster.hypervisor) == (4.0, "qemu+ssh://kvm/system")


def test_a_pools_networks_are_those_its_machines_have_addresses_in(
    machine: VirtualMachine,
) -> None:
    make(Prefix, prefix="10.0.0.0/8")
    make(Prefix, prefix="10.64.10.0/24", vlan=make(VLAN, vid=10, name="KVM apps"))
    port = make(VMInterface, virtual_machine=machine)
    make(IPAddress, address="10.64.10.12/24", vm_interface=port)
    make(IPAddress, address="10.64.10.1/24")
    (network,) = kvm().networks
    assert (network.name, network.cidr, network.vlan) == ("kvm-apps", "10.64.10.0/24", 10)
    assert network.taken == ("10.64.10.1/24",)
    assert loaded().vms[0].network == "kvm-apps"


def test_hard_and_soft_needs_are_kept_apart(machine: VirtualMachine) -> None:
    simpeg = ServiceApp.objects.get()
    for code, hardness in (("DNS", "hard"), ("SSO", "soft")):
        needed = make(ServiceApp, code=code, owner=simpeg.owner)
        make(AppDependency, app=simpeg, needs=needed, hardness=hardness)
    read = next(app for app in loaded().apps if app.code == "SIMPEG")
    assert (read.hard, read.soft) == (("DNS",), ("SSO",))


def test_a_grant_is_read_with_its_dates_and_what_is_committed() -> None:
    made = make(Allocation, reference="G1", vcpus=8, valid_until=date(2026, 12, 31))
    make(Commitment, allocation=made, vcpus=3, storage_gib=0)
    (grant,) = loaded().allocations
    assert (grant.amounts.vcpus, grant.valid_until) == (8, date(2026, 12, 31))
    assert grant.committed.vcpus == 3


def test_the_serial_is_that_of_the_newest_change(machine: VirtualMachine) -> None:
    assert loaded().serial == ChangeLink.objects.latest("number").number


def test_an_empty_record_is_an_empty_snapshot() -> None:
    assert loaded() == Snapshot(as_of=DAY)


def test_what_was_loaded_survives_its_file(machine: VirtualMachine) -> None:
    assert parse(encode(loaded())) == loaded()


def test_the_number_of_queries_does_not_grow_with_the_record(machine: VirtualMachine) -> None:
    with CaptureQueriesContext(connection) as before:
        loaded()
    for _ in range(3):
        make(VirtualMachine, cluster=machine.cluster)
        make(Workload)
    with CaptureQueriesContext(connection) as after:
        loaded()
    assert len(before) == len(after) == 12


def test_a_machines_network_is_that_of_its_primary_address_else_of_its_first_interface(
    machine: VirtualMachine,
) -> None:
    for name, vid in (("apps", 30), ("data", 10)):
        make(Prefix, prefix=f"10.64.{vid}.0/24", vlan=make(VLAN, vid=vid, name=name))
    first, second = (make(VMInterface, virtual_machine=machine) for _ in range(2))
    make(IPAddress, address="10.64.30.2/24", vm_interface=first)
    lowest = make(IPAddress, address="10.64.10.2/24", vm_interface=second)
    assert loaded().vms[0].network == "apps"
    VirtualMachine.objects.filter(pk=machine.pk).update(primary_ip4=lowest)
    assert loaded().vms[0].network == "data"
