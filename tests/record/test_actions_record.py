"""Writing objects one by one: each leaves what was before and after, or nothing at all."""

from __future__ import annotations

import uuid
from re import escape

import pytest

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.record.equipment.devices import Device, Interface
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import User
from dcim.record.people.organisation import Tag
from dcim.record.places.hardware import DeviceRole, DeviceType
from dcim.record.places.racks import Rack, RackUnit
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import InUse, InvalidInput, PositionTaken, UnknownThing
from tests.factories import TESTER, make, make_user
from tests.record.change_log import after, before

pytestmark = pytest.mark.django_db


def changes_of(kind: str) -> list[ObjectChange]:
    return list(ObjectChange.objects.filter(changed_object_type=kind).order_by("id"))


def test_a_creation_is_logged_with_who_in_which_request_and_why() -> None:
    user, request = make_user(is_superuser=True), uuid.uuid4()
    by = Actor.of(user, request_id=request, message="Rak baru")
    site = record.create(Site, {"name": "Pusat", "slug": "pusat"}, by=by)
    (entry,) = changes_of("dcim.site")
    assert (entry.user, entry.user_name, entry.request_id) == (user, "siti", request)
    assert (entry.action, entry.message, entry.object_repr) == ("create", "Rak baru", "Pusat")
    assert entry.changed_object_id == site.pk
    assert entry.prechange_data is None
    assert after(entry)["slug"] == "pusat"


def test_an_update_is_logged_with_the_states_before_and_after() -> None:
    site, tag = make(Site, name="Lama"), make(Tag, name="inti", slug="inti")
    record.update(site, {"name": "Baru", "tags": [tag]}, by=TESTER)
    entry = changes_of("dcim.site")[-1]
    assert entry.action == "update"
    assert (before(entry)["name"], after(entry)["name"]) == ("Lama", "Baru")
    assert (before(entry)["tags"], after(entry)["tags"]) == ([], [tag.pk])


def test_an_update_that_changes_nothing_leaves_no_entry() -> None:
    site = make(Site)
    record.update(site, {"name": site.name}, by=TESTER)
    assert [entry.action for entry in changes_of("dcim.site")] == ["create"]


def test_an_update_keeps_what_another_wrote_meanwhile() -> None:
    mine = make(Site)
    record.update(Site.objects.get(pk=mine.pk), {"facility": "Gedung B"}, by=TESTER)
    record.update(mine, {"description": "utama"}, by=TESTER)
    assert Site.objects.values_list("facility", "description").get() == ("Gedung B", "utama")


def test_an_update_of_what_is_gone_says_so() -> None:
    site = make(Site)
    Site.objects.all().delete()
    with pytest.raises(UnknownThing, match="deleted"):
        record.update(site, {"name": "Baru"}, by=TESTER)


def test_a_deletion_is_logged_with_the_parts_that_go_along() -> None:
    device = make(Device, name="h01")
    make(Interface, device=device)
    record.delete(device, by=TESTER)
    deleted = ObjectChange.objects.filter(action="delete")
    assert {entry.changed_object_type for entry in deleted} == {"dcim.device", "dcim.interface"}
    assert all(entry.prechange_data and entry.postchange_data is None for entry in deleted)


def test_what_is_in_use_is_not_deleted_and_its_dependants_are_named() -> None:
    site = make(Site)
    racks = [make(Rack, site=site, name=f"R{number}") for number in range(7)]
    with pytest.raises(InUse, match="7 dependent objects") as refused:
        record.delete(site, by=TESTER)
    assert racks[0].name in refused.value.reason
    assert Site.objects.exists()
    assert not ObjectChange.objects.filter(action="delete").exists()


def test_a_refused_write_leaves_neither_object_nor_entry() -> None:
    make(Site, slug="pusat")
    before = ObjectChange.objects.count()
    with pytest.raises(InvalidInput) as refused:
        record.create(Site, {"name": "Lain", "slug": "pusat"}, by=TESTER)
    assert list(refused.value.errors) == ["slug"]
    assert (Site.objects.count(), ObjectChange.objects.count()) == (1, before)


def test_an_object_whose_entry_cannot_be_written_is_not_written_either() -> None:
    nobody = Actor.of(User(username="belum-tersimpan", is_superuser=True))
    with pytest.raises(ValueError, match="unsaved"):
        record.create(Site, {"name": "Pusat", "slug": "pusat"}, by=nobody)
    assert not Site.objects.exists()


def mounted(rack: Rack, position: int, face: str, *, full_depth: bool = True) -> Device:
    kind = make(DeviceType, is_full_depth=full_depth)
    return make(Device, site=rack.site, rack=rack, device_type=kind, position=position, face=face)


def test_a_full_depth_device_holds_its_units_on_both_faces() -> None:
    device = mounted(make(Rack), 5, "front")
    held = RackUnit.objects.filter(device=device).values_list("face", "half_unit")
    assert set(held) == {("front", 10), ("front", 11), ("rear", 10), ("rear", 11)}


def test_two_shallow_devices_share_a_unit_back_to_back() -> None:
    rack = make(Rack)
    mounted(rack, 5, "front", full_depth=False)
    mounted(rack, 5, "rear", full_depth=False)
    assert RackUnit.objects.filter(rack=rack).count() == 4


def test_a_taken_position_is_refused_and_names_what_is_in_the_way() -> None:
    rack = make(Rack)
    first = mounted(rack, 5, "front")
    with pytest.raises(PositionTaken, match=escape(str(first))):
        mounted(rack, 5, "rear", full_depth=False)
    assert Device.objects.filter(rack=rack).count() == 1


def test_a_moved_device_frees_the_units_it_held() -> None:
    rack = make(Rack)
    device = mounted(rack, 5, "front")
    record.update(device, {"position": 20}, by=TESTER)
    mounted(rack, 5, "front")
    held = RackUnit.objects.filter(device=device).values_list("half_unit", flat=True)
    assert set(held) == {40, 41}


def test_references_are_logged_by_id_and_secrets_never() -> None:
    role = make(DeviceRole)
    device = make(Device, role=role)
    assert after(changes_of("dcim.device")[-1])["role"] == role.pk
    assert device.pk == changes_of("dcim.device")[-1].changed_object_id
