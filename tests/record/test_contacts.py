"""Contacts and what they are assigned to."""

from __future__ import annotations

from typing import Any

import pytest

from dcim.actions import record
from dcim.record.equipment.devices import Device
from dcim.record.log.changes import ObjectChange
from dcim.record.people.contacts import Contact, ContactAssignment, ContactRole
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import InUse, InvalidInput
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db
KIND = {"changed_object_type": "tenancy.contactassignment"}


def assign(obj: Site | Device, kind: str = "dcim.site", **values: Any) -> ContactAssignment:
    return make(ContactAssignment, object_type=kind, object_id=obj.pk, **values)


def test_an_assignment_goes_with_its_object_and_is_logged() -> None:
    site, other = make(Site), make(Site)
    gone, stays = assign(site), assign(other)
    record.delete(site, by=TESTER)
    assert list(ContactAssignment.objects.all()) == [stays]
    entry = ObjectChange.objects.get(action="delete", changed_object_id=gone.pk, **KIND)
    assert (entry.prechange_data or {})["object_id"] == site.pk


def test_an_object_of_another_kind_with_the_same_number_keeps_its_own() -> None:
    assign(make(Device, id=4711), "dcim.device")
    site = make(Site, id=4711)
    record.delete(site, by=TESTER)
    assert ContactAssignment.objects.count() == 1


@pytest.mark.parametrize(
    "kind", ["dcim.room", "", "users.user", "core.objectchange", "tenancy.contactassignment"]
)
def test_a_type_that_has_no_contacts_is_refused(kind: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        assign(make(Site), kind)
    assert "object_type" in (refused.value.errors or {refused.value.field: []})


def test_an_object_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        make(ContactAssignment, object_type="dcim.site", object_id=987654)
    assert refused.value.field == "object_id"


def test_a_contact_is_assigned_once_in_each_role() -> None:
    site, contact, role = make(Site), make(Contact), make(ContactRole)
    assign(site, contact=contact, role=role)
    assign(site, contact=contact)
    for again in (role, None):
        with pytest.raises(InvalidInput):
            assign(site, contact=contact, role=again)


def test_a_contact_that_is_assigned_is_kept() -> None:
    contact = assign(make(Site)).contact
    with pytest.raises(InUse):
        record.delete(contact, by=TESTER)
