"""Deleting: what goes along, what loses a reference by it, and an entry for each."""

from __future__ import annotations

import pytest

from dcim.actions import record
from dcim.actions.cables import connect
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.power import PowerOutlet, PowerPort
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.organisation import Tag
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.errors import UnknownThing
from tests.factories import TESTER, make
from tests.record.change_log import after, before

pytestmark = pytest.mark.django_db


def deletions() -> list[tuple[str, str]]:
    entries = ObjectChange.objects.filter(action="delete").order_by("changed_object_type", "id")
    return [(entry.changed_object_type, entry.object_repr) for entry in entries]


def last_update() -> ObjectChange:
    return ObjectChange.objects.filter(action="update").latest("id")


def test_a_cable_goes_with_the_device_at_one_of_its_ends() -> None:
    server, switch = make(Interface), make(Interface)
    cable = connect(server, switch, {}, by=TESTER)
    record.delete(server.device, by=TESTER)
    assert not Cable.objects.exists()
    assert ("dcim.cable", f"#{cable.pk}") in deletions()
    assert [kind for kind, _ in deletions()].count("dcim.cabletermination") == 2


def test_the_far_endpoint_of_a_deleted_device_takes_a_new_cable() -> None:
    server, switch = make(Interface), make(Interface)
    connect(server, switch, {}, by=TESTER)
    record.delete(server.device, by=TESTER)
    connect(make(Interface), switch, {}, by=TESTER)
    assert Cable.objects.count() == 1


def test_a_device_that_loses_its_primary_address_has_an_entry() -> None:
    device = make(Device)
    address = make(IPAddress, interface=make(Interface, device=device))
    record.update(device, {"primary_ip4": address}, by=TESTER)
    pk = address.pk
    record.delete(address, by=TESTER)
    entry = last_update()
    assert (entry.changed_object_type, entry.changed_object_id) == ("dcim.device", device.pk)
    assert (before(entry)["primary_ip4"], after(entry)["primary_ip4"]) == (pk, None)


def test_an_outlet_that_loses_its_port_has_an_entry() -> None:
    port = make(PowerPort)
    outlet = make(PowerOutlet, device=port.device, power_port=port)
    record.delete(port, by=TESTER)
    assert last_update().changed_object_id == outlet.pk
    assert after(last_update())["power_port"] is None


def test_objects_that_lose_a_deleted_tag_have_entries() -> None:
    tag, kept = make(Tag), make(Tag)
    site = make(Site, tags=[tag, kept])
    record.delete(tag, by=TESTER)
    assert last_update().changed_object_id == site.pk
    assert after(last_update())["tags"] == [kept.pk]


def test_a_tier_that_loses_its_machine_has_an_entry() -> None:
    machine = make(VirtualMachine)
    tier = make(Workload, virtual_machines=[machine])
    record.delete(machine, by=TESTER)
    assert (last_update().changed_object_id, after(last_update())["virtual_machines"]) == (
        tier.pk,
        [],
    )


def test_what_goes_itself_has_no_entry_for_what_it_loses() -> None:
    device = make(Device, tags=[make(Tag)])
    port = make(PowerPort, device=device)
    make(PowerOutlet, device=device, power_port=port)
    record.delete(device, by=TESTER)
    assert not ObjectChange.objects.filter(action="update").exists()


def test_parts_are_named_as_they_were_called_while_they_stood() -> None:
    app = make(ServiceApp, code="SIMPEG")
    make(Workload, app=app, name="web")
    record.delete(ServiceApp.objects.get(), by=TESTER)
    assert ("planner.workload", "SIMPEG/web") in deletions()


def test_what_is_deleted_already_is_unknown() -> None:
    site = make(Site)
    record.delete(Site.objects.get(), by=TESTER)
    with pytest.raises(UnknownThing, match="deleted"):
        record.delete(site, by=TESTER)
    assert len(deletions()) == 1
