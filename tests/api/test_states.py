"""Objects as they were, for programs: whose past one may read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from dcim.actions import record
from dcim.record.people.account import ObjectPermission, User
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from tests.api.clients import client_of
from tests.factories import TESTER, make, make_user, member

pytestmark = pytest.mark.django_db
STATES = "/api/plugins/planner/states/"
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def asked(user: User, **parameters: Any) -> Any:
    return client_of(user).get(STATES, parameters)


def about(obj: Any, at: datetime | None = None) -> dict[str, Any]:
    kind = f"dcim.{type(obj).__name__.lower()}"
    moment = (at or timezone.now()).isoformat()
    return {"object_type": kind, "object_id": obj.pk, "at": moment}


def limited() -> User:
    """Someone who sees the log, and of the sites only the one called A."""
    user = make_user()
    sees_log = {"object_types": ["core.objectchange"], "constraints": None}
    sees_a = {"object_types": ["dcim.site"], "constraints": {"name": "A"}}
    for values in (sees_log, sees_a):
        make(ObjectPermission, actions=["view"], users=[user], **values)
    return user


def test_a_state_is_told_in_the_wires_names() -> None:
    rack, user = make(Rack, name="R1"), member(make_user(), "viewer")
    answer = asked(user, **about(rack)).json()
    assert answer["state"] | {"name": "R1", "site": rack.site_id} == answer["state"]
    assert answer["serial"] > 0
    assert asked(user, **about(rack, LONG_AGO)).json()["state"] is None


def test_the_past_of_deleted_objects_is_for_who_sees_the_whole_kind() -> None:
    site, viewer, guest = make(Site, name="A"), member(make_user("budi"), "viewer"), limited()
    asking = about(site)
    assert asked(guest, **asking).json()["state"]["name"] == "A"
    record.delete(site, by=TESTER)
    assert asked(viewer, **asking).json()["state"]["name"] == "A"
    assert asked(guest, **asking).status_code == 404


def test_what_lies_outside_a_limit_has_no_past_either() -> None:
    guest, inside, outside = limited(), make(Site, name="A"), make(Site, name="B")
    assert asked(guest, **about(inside)).status_code == 200
    assert asked(guest, **about(outside)).status_code == 404
    told = (
        client_of(guest)
        .get("/api/core/object-changes/?changed_object_type=dcim.site")
        .json()["results"]
    )
    assert {(one["changed_object_type"], one["object_repr"]) for one in told} == {
        ("dcim.site", "A")
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [("object_type", "moon"), ("object_id", "x"), ("at", "yesterday"), ("at", "2026-01-31")],
)
def test_what_can_not_be_read_is_named(field: str, value: str) -> None:
    asking = about(make(Site)) | {field: value}
    answer = asked(member(make_user(), "viewer"), **asking)
    assert (answer.status_code, list(answer.json())) == (400, [field])
