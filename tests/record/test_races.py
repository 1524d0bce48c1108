"""Writers at the same moment: what two may not both have, one of them gets."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from time import sleep

import pytest
from django.db import OperationalError, connection

from dcim.actions import record
from dcim.actions.cables import connect
from dcim.actions.verification.log_drift import check_record
from dcim.record.equipment.cables import Cable, CableTermination
from dcim.record.equipment.devices import Device, Interface
from dcim.record.extras.custom_fields import CustomField
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN
from dcim.record.people.organisation import Tenant
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack, RackUnit
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.errors import LumbungError, Refused
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db(transaction=True)
Deed = Callable[[], object]


def race(*deeds: Deed) -> list[type[LumbungError]]:
    """What the deeds are refused with when all begin at once."""
    start, refused = Barrier(len(deeds)), list[type[LumbungError]]()
    threads = [Thread(target=run, args=(deed, start, refused)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def run(deed: Deed, start: Barrier, refused: list[type[LumbungError]]) -> None:
    start.wait()
    try:
        attempt(deed)
    except LumbungError as err:
        refused.append(type(err))
    finally:
        connection.close()


def attempt(deed: Deed) -> None:
    """Do it, again where others were in the way: SQLite in memory lets no writer wait."""
    while True:
        try:
            deed()
        except OperationalError:
            sleep(0.01)
        except Refused as err:
            if type(err) is not Refused:
                raise
            sleep(0.01)
        else:
            return


def test_two_devices_do_not_get_the_same_rack_unit() -> None:
    rack, kind = make(Rack), make(DeviceType)
    place = {"site": rack.site, "rack": rack, "device_type": kind, "face": "front"}
    one, other = (make(Device, **place) for _ in range(2))
    refused = race(
        *(lambda it=it: record.update(it, {"position": 5}, by=TESTER) for it in (one, other))
    )
    assert [err.code for err in refused] == ["rack.position_taken"]
    assert set(RackUnit.objects.values_list("device", flat=True)) <= {one.pk, other.pk}
    assert RackUnit.objects.count() == 4
    assert Device.objects.filter(position=5).count() == 1


def test_a_type_does_not_grow_into_a_device_that_is_being_mounted() -> None:
    rack, kind = make(Rack), make(DeviceType)
    place = {"site": rack.site, "rack": rack, "face": "front"}
    make(Device, device_type=kind, position=1, **place)
    other = make(Device, **place)
    refused = race(
        lambda: record.update(kind, {"u_height": 2}, by=TESTER),
        lambda: record.update(other, {"position": 2}, by=TESTER),
    )
    assert [err.code for err in refused] == ["rack.position_taken"]


def test_a_rack_does_not_shrink_below_a_device_that_is_being_mounted() -> None:
    rack = make(Rack)
    device = make(Device, site=rack.site, rack=rack, face="front")
    refused = race(
        lambda: record.update(rack, {"u_height": 9}, by=TESTER),
        lambda: record.update(device, {"position": 10}, by=TESTER),
    )
    assert len(refused) == 1


def test_an_endpoint_gets_one_cable() -> None:
    port = make(Interface)
    ends = [make(Interface) for _ in range(4)]
    refused = race(*(lambda end=end: connect(port, end, {}, by=TESTER) for end in ends))
    # Found taken before the write, or by the database when two came at once.
    assert len(refused) == 3
    assert {err.code for err in refused} <= {"input.bad_rows", "input.invalid"}
    assert (Cable.objects.count(), CableTermination.objects.count()) == (1, 2)


def test_machines_do_not_draw_more_than_their_grant_together() -> None:
    grant = make(Allocation, vcpus=8, memory_mib=8192, storage_gib=100)
    cluster = make(Cluster)
    row = {"cluster": cluster, "allocation": grant, "vcpus": 4, "memory_mib": 1024}
    refused = race(
        *(
            lambda name=name: record.create(VirtualMachine, {**row, "name": name}, by=TESTER)
            for name in ("a", "b", "c", "d")
        )
    )
    assert [err.code for err in refused] == ["allocation.quota_exceeded"] * 2
    assert grant.virtual_machines.count() == 2


def test_a_grant_is_not_returned_while_a_machine_comes_onto_it() -> None:
    grant = make(Allocation, vcpus=8, memory_mib=8192, storage_gib=100)
    machine = make(VirtualMachine, vcpus=4)
    race(
        lambda: record.update(grant, {"vcpus": 1}, by=TESTER),
        lambda: record.update(machine, {"allocation": grant}, by=TESTER),
    )
    grant.refresh_from_db()
    assert (grant.vcpus, grant.virtual_machines.count()) in {(1, 0), (8, 1)}


def test_a_host_does_not_leave_while_a_machine_comes_onto_it() -> None:
    host = make(Device, cluster=make(Cluster))
    machine = make(VirtualMachine, cluster=host.cluster)
    race(
        lambda: record.update(host, {"cluster": None}, by=TESTER),
        lambda: record.update(machine, {"device": host}, by=TESTER),
    )
    left = Device.objects.get(pk=host.pk).cluster is None
    assert left is not VirtualMachine.objects.filter(device=host).exists()


def test_two_writers_of_one_object_keep_each_others_fields() -> None:
    site = make(Site)
    values = {"facility": "Gedung B", "description": "utama", "comments": "dekat"}
    pairs = [{name: value} for name, value in values.items()]
    assert race(*(lambda pair=pair: record.update(site, pair, by=TESTER) for pair in pairs)) == []
    assert Site.objects.values(*values).get() == values
    assert ObjectChange.objects.filter(action="update").count() == 3


def test_an_object_is_deleted_once() -> None:
    site = make(Site)
    copies = [Site.objects.get(pk=site.pk) for _ in range(3)]
    refused = race(*(lambda one=one: record.delete(one, by=TESTER) for one in copies))
    assert [err.code for err in refused] == ["thing.unknown"] * 2
    assert ObjectChange.objects.filter(action="delete").count() == 1


def test_a_site_is_not_deleted_under_a_rack_that_is_being_made() -> None:
    site = make(Site)
    race(
        lambda: record.delete(Site.objects.get(pk=site.pk), by=TESTER),
        lambda: record.create(Rack, {"site": site, "name": "R01"}, by=TESTER),
    )
    assert Site.objects.exists() is Rack.objects.exists()


def test_what_moves_on_before_its_host_goes_keeps_where_it_moved_and_its_other_fields() -> None:
    vlans = [make(VLAN) for _ in range(2)]
    port = make(Interface, mode="access", untagged_vlan=vlans[0])
    race(
        lambda: record.delete(vlans[0], by=TESTER),
        lambda: record.update(port, {"untagged_vlan": vlans[1]}, by=TESTER),
        lambda: record.update(port, {"description": "lantai 2"}, by=TESTER),
    )
    port.refresh_from_db()
    assert (port.untagged_vlan, port.description) == (vlans[1], "lantai 2")
    assert list(check_record()) == []


def test_a_value_that_names_what_goes_takes_no_other_value_along() -> None:
    make(CustomField, name="owner", type="object", related_object_type="tenancy.tenant")
    make(CustomField, name="note")
    tenant = make(Tenant)
    site = make(Site, custom_field_data={"owner": tenant.pk})
    race(
        lambda: record.delete(tenant, by=TESTER),
        lambda: record.update(site, {"custom_field_data": {"note": "a"}}, by=TESTER),
        lambda: record.update(site, {"facility": "B"}, by=TESTER),
    )
    site.refresh_from_db()
    assert (site.custom_field_data, site.facility) == ({"note": "a"}, "B")
    assert list(check_record()) == []
