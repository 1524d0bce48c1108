"""Journal entries: what they are about, who wrote them, and that they go with their object."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.actions import record
from dcim.record.extras.journal import JournalEntry
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import User
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db
PATH = "/api/extras/journal-entries/"


def note(api: APIClient, obj: Any, kind: str = "dcim.site", **more: Any) -> Any:
    body = {"assigned_object_type": kind, "assigned_object_id": obj.pk, "comments": "seen"}
    return api.post(PATH, body | more, format="json")


def test_an_entry_shows_its_object_and_author(api: APIClient) -> None:
    made = note(api, make(Site, name="PDR"), kind="dcim.site").json()
    assert (made["assigned_object_type"], made["assigned_object"]["name"]) == ("dcim.site", "PDR")
    assert User.objects.filter(pk=made["created_by"]).exists()


def test_an_entry_has_a_kind(api: APIClient) -> None:
    site = make(Site)
    body = {"assigned_object_type": "dcim.site", "assigned_object_id": site.pk, "comments": "x"}
    made = api.post(PATH, body | {"kind": "danger"}, format="json").json()
    assert made["kind"] == {"value": "danger", "label": "Danger"}


@pytest.mark.parametrize(
    ("kind", "field"),
    [("dcim.rack", "assigned_object_id"), ("dcim.nothing", "assigned_object_type")],
)
def test_an_object_that_is_not_there_is_refused(api: APIClient, kind: str, field: str) -> None:
    answer = note(api, make(Site), kind=kind)
    assert answer.status_code == 400
    assert field in answer.json()


def test_an_entry_needs_words(api: APIClient) -> None:
    answer = note(api, make(Site), comments="")
    assert answer.status_code == 400
    assert "comments" in answer.json()


def test_entries_are_found_by_their_object(api: APIClient) -> None:
    site, rack = make(Site), make(Rack)
    note(api, site), note(api, rack, kind="dcim.rack")
    query = f"assigned_object_type=dcim.rack&assigned_object_id={rack.pk}"
    (row,) = api.get(f"{PATH}?{query}").json()["results"]
    assert row["assigned_object"]["id"] == rack.pk


def test_entries_go_with_their_object_and_are_logged(api: APIClient) -> None:
    site = make(Site)
    key = note(api, site).json()["id"]
    record.delete(site, by=TESTER)
    assert not JournalEntry.objects.exists()
    gone = ObjectChange.objects.filter(changed_object_type="extras.journalentry", action="delete")
    assert gone.get().changed_object_id == key
