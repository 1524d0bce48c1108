"""What can't be recorded, held by `clean` with a sentence and by the database with a constraint."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError

from dcim.record.equipment.devices import Device
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack, RackUnit
from dcim.record.places.sites import Location, Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import DoesNotFit, InvalidInput
from tests.factories import make

pytestmark = pytest.mark.django_db


def test_a_device_takes_its_location_from_its_rack() -> None:
    location = make(Location)
    rack = make(Rack, site=location.site, location=location)
    device = make(Device, site=rack.site, rack=rack)
    assert device.location == location


def test_a_host_has_its_types_capacity_where_it_states_none() -> None:
    kind = make(DeviceType, cpu_cores=32, memory_mib=131_072, storage_gib=4_000)
    host = make(Device, device_type=kind, memory_mib=262_144)
    assert host.capacity == Amounts(32, 262_144, 4_000)


@pytest.mark.parametrize("position", [0, 42, 43])
def test_a_device_outside_its_rack_is_refused(position: int) -> None:
    rack, kind = make(Rack), make(DeviceType, u_height=2)
    with pytest.raises(InvalidInput) as refused:
        make(Device, site=rack.site, rack=rack, device_type=kind, position=position, face="front")
    assert refused.value.field == "position"


def test_a_position_goes_in_half_units() -> None:
    rack = make(Rack)
    with pytest.raises(InvalidInput, match=r"0[.,]5 U"):
        make(Device, site=rack.site, rack=rack, position=Decimal("1.3"), face="front")


def test_a_rack_of_another_site_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        make(Device, rack=make(Rack))
    assert refused.value.field == "rack"


def test_the_database_keeps_two_devices_out_of_one_unit() -> None:
    rack = make(Rack)
    one, other = (make(Device, site=rack.site, rack=rack) for _ in range(2))
    RackUnit.objects.create(rack=rack, face="front", half_unit=2, device=one)
    with pytest.raises(IntegrityError):
        RackUnit.objects.create(rack=rack, face="front", half_unit=2, device=other)


def test_the_database_keeps_names_of_devices_without_tenant_unique() -> None:
    first = make(Device, name="PDR-H01")
    with pytest.raises(IntegrityError):
        Device.objects.create(
            name="PDR-H01", site=first.site, role=first.role, device_type=first.device_type
        )


def test_more_instances_needed_than_wanted_are_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        make(Workload, name="web", app=make(ServiceApp, code="SSO"), instances_needed=2)
    assert refused.value.errors == {
        "instances_needed": [
            "SSO/web needs 2 instances and wants 1. Want at least as many as it needs, or need "
            "fewer."
        ]
    }


@pytest.mark.parametrize("size", [-1, 0])
def test_a_negative_or_empty_size_is_refused(size: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(VirtualMachine, memory_mib=size)
    assert "memory_mib" in refused.value.errors


def test_only_an_inactive_app_has_a_blocker() -> None:
    with pytest.raises(InvalidInput) as refused:
        make(ServiceApp, status="active", blocker="domain")
    assert "blocker" in refused.value.errors


def test_an_app_does_not_rest_on_itself_but_cycles_are_recorded() -> None:
    one, other = make(ServiceApp), make(ServiceApp)
    make(AppDependency, app=one, needs=other)
    make(AppDependency, app=other, needs=one)
    with pytest.raises(InvalidInput):
        make(AppDependency, app=one, needs=one)


def test_prefixes_and_addresses_sort_as_numbers() -> None:
    for address in ("10.0.0.10/24", "10.0.0.9/24", "2001:db8::1/64"):
        make(IPAddress, address=address)
    found = [one.address for one in IPAddress.objects.all()]
    assert found == ["10.0.0.9/24", "10.0.0.10/24", "2001:db8::1/64"]


def test_a_prefix_with_host_bits_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="host bits"):
        make(Prefix, prefix="10.0.0.1/24")


def test_a_machine_larger_than_the_largest_host_of_its_cluster_is_refused() -> None:
    cluster = make(Cluster)
    make(Device, cluster=cluster, cpu_cores=8, memory_mib=16_384, storage_gib=500)
    with pytest.raises(DoesNotFit, match=r"32768 MEMORY_MIB.*16384"):
        make(VirtualMachine, cluster=cluster, memory_mib=32_768)


def test_a_machine_stands_somewhere() -> None:
    with pytest.raises(InvalidInput) as refused:
        make(VirtualMachine, cluster=None)
    assert "cluster" in refused.value.errors
    assert make(VirtualMachine, cluster=None, site=make(Site)).pk


@pytest.mark.parametrize("classes", [[{}], 5, {"restricted": 1}, ["no such class"], [None]])
def test_data_classes_of_a_wrong_form_are_refused(classes: object) -> None:
    with pytest.raises(InvalidInput, match="Write a list of") as refused:
        make(Provider, data_classes=classes)
    assert refused.value.field == "data_classes"


@pytest.mark.parametrize("code", ["SIMPEG/web", "-A", "SIM PEG", "A\n", "Å"])
def test_an_app_has_a_code_that_names_and_files_can_carry(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(ServiceApp, code=code)
    assert refused.value.field == "code"


def test_a_tier_has_no_slash_in_its_name() -> None:
    with pytest.raises(InvalidInput, match="slash") as refused:
        make(Workload, name="web/api")
    assert refused.value.field == "name"
