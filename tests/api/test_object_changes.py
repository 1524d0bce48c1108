"""The change log on the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from api.nouns.object_types import id_of
from dcim.actions import record
from dcim.record.log.changes import ObjectChange
from dcim.record.people.organisation import Tag
from dcim.record.places.sites import Site
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db
CHANGES = "/api/core/object-changes/"


def entries(api: APIClient, query: str = "") -> list[dict[str, Any]]:
    answer = api.get(
        f"{CHANGES}?changed_object_type=dcim.site&changed_object_type=extras.tag&{query}"
    )
    assert answer.status_code == 200, answer.json()
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def names(api: APIClient, query: str) -> set[str]:
    return {one["object_repr"] for one in entries(api, query)}


def test_an_entry_shows_the_object_while_it_is_there(api: APIClient) -> None:
    site = make(Site, name="A")
    (entry,) = entries(api)
    assert entry["changed_object"] | {"id": site.pk, "name": "A"} == entry["changed_object"]
    record.delete(site, by=TESTER)
    deleted, created = entries(api)
    assert (deleted["changed_object"], created["changed_object"]) == (None, None)
    assert (created["prechange_data"], deleted["postchange_data"]) == (None, None)
    assert deleted["prechange_data"] == created["postchange_data"]


def test_entries_are_found_by_kind_and_object(api: APIClient) -> None:
    site, _tag = make(Site, name="A"), make(Tag, name="T")
    assert names(api, f"changed_object_type_id={id_of('dcim.site')}") == {"A"}
    assert names(api, f"changed_object_type_id__n={id_of('dcim.site')}") == {"T"}
    assert names(api, f"changed_object_id={site.pk}&action=create&q=A") == {"A"}
    assert names(api, "changed_object_type_id=1") == set()


def test_entries_are_found_by_time_user_and_request(api: APIClient) -> None:
    made = api.post("/api/dcim/sites/", {"name": "A", "slug": "a"}, format="json").json()
    entry = ObjectChange.objects.get(changed_object_type="dcim.site", changed_object_id=made["id"])
    time, late = entry.time.isoformat(), (entry.time + timedelta(seconds=1)).isoformat()
    by = f"user={entry.user_name}&user_id={entry.user_id}&user_name={entry.user_name}"
    assert names(api, f"{by}&request_id={entry.request_id}") == {"A"}
    assert entries(api)[0]["user"]["username"] == entry.user_name
    spans = {"time_after": time, "time_before": time}
    assert {one["object_repr"] for one in found(api, **spans)} == {"A"}
    assert found(api, time_after=late) == []


def found(api: APIClient, **query: str) -> Any:
    return api.get(CHANGES, query | {"changed_object_type": "dcim.site"}).json()["results"]
