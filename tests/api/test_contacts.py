"""Contacts on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device
from dcim.record.people.contacts import Contact, ContactAssignment, ContactGroup, ContactRole
from dcim.record.places.sites import Site
from tests.factories import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
PATH = "/api/tenancy/contact-assignments/"


def ids(api: APIClient, path: str, query: str) -> list[int]:
    answer = api.get(f"/api/tenancy/{path}/?{query}")
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


def assign(api: APIClient, obj: Any, kind: str, **more: Any) -> Any:
    body = {"object_type": kind, "object_id": obj.pk, "contact": make(Contact).pk, **more}
    return api.post(PATH, body, format="json")


def test_an_assignment_shows_its_object(api: APIClient) -> None:
    site = make(Site, name="PDR", slug="pdr")
    made = assign(api, site, "dcim.site", priority="primary").json()
    assert (made["object_type"], made["object_id"]) == ("dcim.site", site.pk)
    assert (made["object"]["name"], made["object"]["slug"]) == ("PDR", "pdr")
    assert made["priority"] == {"value": "primary", "label": "Primary"}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"object_type": "dcim.x"}, "object_type"), ({"object_id": 9}, "object_id")],
)
def test_what_can_not_be_assigned_to_is_refused(
    api: APIClient, change: dict[str, Any], field: str
) -> None:
    answer = assign(api, make(Site), "dcim.site", **change)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_assignments_are_found_by_object_contact_and_role(api: APIClient) -> None:
    site, role = make(Site), make(ContactRole, slug="operasi")
    made = assign(api, site, "dcim.site", role=role.pk, priority="primary").json()
    assign(api, make(Device), "dcim.device")
    object_query = f"object_type=dcim.site&object_id={site.pk}"
    contact_query = f"contact_id={made['contact']['id']}"
    for query in (object_query, contact_query, "role=operasi", "priority=primary"):
        assert ids(api, "contact-assignments", query) == [made["id"]], query


def test_contacts_are_in_several_groups_and_counted_once_above_them(api: APIClient) -> None:
    top = make(ContactGroup, name="Mitra", slug="mitra")
    groups = [make(ContactGroup, parent=top) for _ in range(2)]
    contact = make(Contact, groups=groups)
    assert ids(api, "contacts", "group=mitra") == [contact.pk]
    (shown,) = api.get("/api/tenancy/contact-groups/?slug=mitra").json()["results"]
    assert shown["contact_count"] == 1


def test_groups_of_a_contact_can_be_written_and_cleared(api: APIClient) -> None:
    group = make(ContactGroup)
    made = api.post("/api/tenancy/contacts/", {"name": "Ani", "groups": [group.pk]}, format="json")
    assert [one["id"] for one in made.json()["groups"]] == [group.pk]
    cleared = api.patch(made.json()["url"], {"groups": []}, format="json")
    assert cleared.json()["groups"] == []


def test_objects_of_several_kinds_are_shown_with_a_query_for_each(
    api: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        for kind, model in (("dcim.site", Site), ("dcim.device", Device)):
            make(ContactAssignment, object_type=kind, object_id=make(model).pk)
    with django_assert_max_num_queries(14):
        rows = api.get(PATH).json()["results"]
    assert all(row["object"]["id"] == row["object_id"] for row in rows)


def test_assignments_are_asked_for_by_the_id_of_the_contact(api: APIClient) -> None:
    made = assign(api, make(Site), "dcim.site").json()
    assign(api, make(Site), "dcim.site")
    contact = made["contact"]["id"]
    assert ids(api, "contact-assignments", f"contact={contact}") == [made["id"]]
    assert ids(api, "contact-assignments", f"contact_id={contact}") == [made["id"]]
