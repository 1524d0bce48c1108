"""Look-ups that every list has, contacts, requests, and parameters that say nothing."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.catalog import kind_of
from dcim.record.log.changes import ObjectChange
from dcim.record.people.contacts import Contact, ContactAssignment, ContactGroup, ContactRole
from dcim.record.people.organisation import Tag
from dcim.record.places.sites import Site
from tests.api.test_visibility import ids, reader_of
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("ending", "found"),
    [("gt", [2]), ("gte", [1, 2]), ("lt", [0]), ("lte", [0, 1]), ("n", [0, 2])],
)
def test_ids_compare(api: APIClient, ending: str, found: list[int]) -> None:
    sites = [make(Site) for _ in range(3)]
    asked = {f"id__{ending}": sites[1].pk, "ordering": "id"}
    assert ids(api, "dcim/sites", **asked) == [sites[at].pk for at in found]


@pytest.mark.parametrize("name", ["id", "created", "last_updated", "name", "status"])
def test_what_is_always_set_is_never_empty(api: APIClient, name: str) -> None:
    site = make(Site)
    assert ids(api, "dcim/sites", **{f"{name}__empty": "true"}) == []
    assert ids(api, "dcim/sites", **{f"{name}__empty": "false"}) == [site.pk]


def test_tags_are_all_asked_for_or_any(api: APIClient) -> None:
    tags = [make(Tag, name=name, slug=name) for name in "ab"]
    both, one, none = (make(Site, tags=some) for some in (tags, tags[:1], []))
    assert ids(api, "dcim/sites", tag=["a", "b"]) == [both.pk]
    assert sorted(ids(api, "dcim/sites", tag__any=["a", "b"])) == [both.pk, one.pk]
    assert ids(api, "dcim/sites", tag__n=["a", "b"]) == [none.pk]
    by_id = {"tag_id__any": [one.pk for one in tags]}
    assert sorted(ids(api, "dcim/sites", **by_id)) == [both.pk, one.pk]


@pytest.fixture
def called() -> ContactAssignment:
    """The assignment of a contact, in a group below another, to a site that is not the only one."""
    make(Site)
    group = make(ContactGroup, parent=make(ContactGroup))
    contact = make(Contact, groups=[group])
    return make(ContactAssignment, contact=contact, role=make(ContactRole))


def test_objects_are_found_by_their_contacts(api: APIClient, called: ContactAssignment) -> None:
    group = called.contact.groups.get()
    asked: dict[str, Any] = {
        "contact": called.contact_id,
        "contact_role": called.role_id,
        "contact_group": group.parent_id,
    }
    for name, value in asked.items():
        assert ids(api, "dcim/sites", **{name: value}) == [called.object_id]
        others = ids(api, "dcim/sites", **{f"{name}__n": value})
        assert called.object_id not in others
        assert len(others) == 1
        assert ids(api, "dcim/locations", **{name: value}) == []


def test_contacts_that_are_hidden_find_nothing(called: ContactAssignment) -> None:
    assert ids(reader_of(Site, Contact), "dcim/sites", contact=called.contact_id) == []


def test_objects_are_found_by_the_request_that_wrote_them(api: APIClient) -> None:
    make(Site)
    made = api.post("/api/dcim/sites/", {"name": "A", "slug": "a"}, format="json").json()
    request = ObjectChange.objects.get(
        changed_object_type=kind_of(Site), changed_object_id=made["id"]
    ).request_id
    for name in ("created_by_request", "modified_by_request"):
        assert ids(api, "dcim/sites", **{name: str(request)}) == [made["id"]]
    assert ids(api, "dcim/sites", updated_by_request=str(request)) == []


@pytest.mark.parametrize(
    "query",
    ["created__gt=", "offset=null", "brief=null", "limit=null", "limit=abc", "limit=-1",
     "offset=x", "id=", "status=", "ordering=", "ordering=nothing", "nonsense=1", "tag="],
)  # fmt: skip
def test_parameters_that_say_nothing_are_passed_over(api: APIClient, query: str) -> None:
    make(Site)
    answer = api.get(f"/api/dcim/sites/?{query}")
    assert (answer.status_code, answer.json()["count"]) == (200, 1), answer.json()
    assert "comments" in answer.json()["results"][0]


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2026-01-01T00:00:00+18:41", 200),
        ("0932-09-01T18:33:40-16:01", 200),
        ("0001-01-01T00:00:00+10:00", 400),
        ("9999-12-31T23:59:59-10:00", 400),
    ],
)
def test_a_moment_may_be_far_from_utc(api: APIClient, moment: str, status: int) -> None:
    answer = api.get("/api/dcim/sites/", {"last_updated__gte": moment})
    assert answer.status_code == status
    assert status == 200 or list(answer.json()) == ["last_updated__gte"]
