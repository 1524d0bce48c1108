"""Sets of objects by the address of their list: written whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from dcim.record.equipment.ports import RearPort
from dcim.record.log.changes import ObjectChange
from dcim.record.people.organisation import Tag
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from tests.api.examples import WRITABLE, filled_body
from tests.factories import make

pytestmark = pytest.mark.django_db
SITES = "/api/dcim/sites/"


@pytest.fixture
def pair() -> list[Site]:
    return [make(Site, name="A", slug="a"), make(Site, name="B", slug="b")]


@pytest.mark.parametrize("method", ["patch", "put"])
def test_changed_objects_come_back_in_the_order_given(
    api: APIClient, pair: list[Site], method: str
) -> None:
    rows = [{"id": one.pk, "facility": f"F{one.pk}"} for one in reversed(pair)]
    answer = getattr(api, method)(SITES, rows, format="json")
    assert answer.status_code == 200
    assert [{name: one[name] for name in ("id", "facility")} for one in answer.json()] == rows
    assert [one["name"] for one in answer.json()] == ["B", "A"]


def test_deleted_objects_are_gone_and_the_answer_is_empty(api: APIClient, pair: list[Site]) -> None:
    answer = api.delete(SITES, [{"id": one.pk} for one in pair], format="json")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not Site.objects.exists()
    assert ObjectChange.objects.filter(action="delete").count() == 2


def test_every_bad_row_is_named_by_its_id_and_nothing_is_changed(
    api: APIClient, pair: list[Site]
) -> None:
    third = make(Site)
    rows: list[dict[str, Any]] = [{"id": pair[0].pk, "facility": "C"}]
    rows += [{"id": pair[1].pk, "status": "on"}, {"id": third.pk, "latitude": "x", "name": ""}]
    answer = api.patch(SITES, rows, format="json")
    assert answer.status_code == 400
    wrong = {row["id"]: set(row["errors"]) for row in answer.json()["errors"]}
    assert wrong == {pair[1].pk: {"status"}, third.pk: {"latitude", "name"}}
    assert set(Site.objects.values_list("facility", flat=True)) == {""}


def test_values_that_are_taken_are_named_per_row(api: APIClient, pair: list[Site]) -> None:
    third = make(Site)
    rows = [{"id": pair[0].pk, "slug": "z"}, {"id": third.pk, "slug": "b"}]
    answer = api.patch(SITES, rows, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"id": third.pk, "errors": {"slug": ["Site with this Slug already exists. “b” was sent."]}}
    ]


@pytest.mark.parametrize("method", ["patch", "delete"])
@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({}, {"index": 1, "errors": {"id": ["This field is required."]}}),
        ({"id": True}, {"index": 1}),
        ({"id": "x"}, {"index": 1}),
        ("A", {"index": 1}),
        (7, {"index": 1}),
        (
            {"id": 999_999_999},
            {"id": 999_999_999, "errors": {"id": ["There is no dcim.site with the id 999999999."]}},
        ),
    ],
)
def test_a_row_of_no_object_is_named(
    api: APIClient, pair: list[Site], method: str, row: Any, named: dict[str, Any]
) -> None:
    answer = getattr(api, method)(SITES, [{"id": pair[0].pk, "facility": "C"}, row], format="json")
    assert answer.status_code == 400
    (wrong,) = answer.json()["errors"]
    assert wrong | named == wrong
    assert Site.objects.filter(facility="").count() == 2


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_an_object_is_named_once(api: APIClient, pair: list[Site], method: str) -> None:
    row = {"id": pair[0].pk}
    answer = getattr(api, method)(SITES, [row, row], format="json")
    assert answer.status_code == 400
    assert [one["id"] for one in answer.json()["errors"]] == [pair[0].pk]
    assert Site.objects.count() == 2


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
@pytest.mark.parametrize("body", [{}, [], {"id": 1}, "text", 3, None])
def test_what_is_no_list_of_rows_is_refused(api: APIClient, method: str, body: Any) -> None:
    answer = getattr(api, method)(SITES, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["__all__"]


def test_objects_in_use_stay_with_the_rest_of_the_set(api: APIClient, pair: list[Site]) -> None:
    make(Rack, site=pair[1], name="R7")
    answer = api.delete(SITES, [{"id": one.pk} for one in pair], format="json")
    assert answer.status_code == 409
    assert "1 dependent objects were found: R7." in answer.json()["detail"]
    assert Site.objects.count() == 2


def test_each_row_says_why_it_is_written(api: APIClient, pair: list[Site]) -> None:
    rows = [{"id": one.pk, "facility": "C", "changelog_message": one.name} for one in pair]
    api.patch(SITES, rows, format="json")
    api.delete(SITES, [{**row, "changelog_message": "tutup"} for row in rows], format="json")
    said = ObjectChange.objects.exclude(action="create").order_by("id")
    assert list(said.values_list("message", flat=True)) == ["A", "B", "tutup", "tutup"]


@pytest.mark.parametrize("kind", ["users.user", "dcim.frontport"])
def test_each_user_and_each_port_of_a_set_says_why(api: APIClient, kind: str) -> None:
    body = {"device": make(RearPort).device_id, "type": "8p8c", "password": "kata-sandi-uji"}
    path = {"users.user": "/api/users/users/", "dcim.frontport": "/api/dcim/front-ports/"}[kind]
    rows = [body | {"name": n, "username": n, "changelog_message": n} for n in ("satu", "dua")]
    made = api.post(path, rows, format="json").json()
    again = [
        {"id": one["id"], "label": "X", "first_name": "X", "changelog_message": "lagi"}
        for one in made
    ]
    assert api.patch(path, again, format="json").status_code == 200
    said = ObjectChange.objects.filter(changed_object_type=kind).exclude(message="test")
    expected = {(made[0]["id"], "satu"), (made[1]["id"], "dua")}
    expected |= {(one["id"], "lagi") for one in made}
    assert {(one.changed_object_id, one.message) for one in said} == expected


def test_tags_of_a_set_are_replaced(api: APIClient, pair: list[Site]) -> None:
    old, new = make(Tag), make(Tag, name="Inti", slug="inti")
    pair[0].tags.add(old)
    rows = [{"id": pair[0].pk, "tags": [{"slug": "inti"}]}, {"id": pair[1].pk, "tags": [new.pk]}]
    answer = api.patch(SITES, rows, format="json")
    assert [[tag["slug"] for tag in one["tags"]] for one in answer.json()] == [["inti"]] * 2


@pytest.mark.no_cover
@pytest.mark.parametrize("resource", WRITABLE, ids=lambda one: one.kind)
def test_every_kind_is_changed_and_deleted_as_a_set(api: APIClient, resource: Any) -> None:
    path = f"/api/{resource.path}/"
    made = api.post(path, [filled_body(resource) for _ in range(2)], format="json").json()
    name = "description" if "description" in made[0] else "comments"
    rows = [{"id": one["id"], name: f"ke-{one['id']}"} for one in made]
    changed = api.patch(path, rows, format="json")
    assert changed.status_code == 200, changed.json()
    assert [one[name] for one in changed.json()] == [row[name] for row in rows]
    assert api.delete(path, rows, format="json").status_code == 204
    assert not resource.model.objects.filter(pk__in=[row["id"] for row in rows]).exists()


def queries(api: APIClient, method: str, body: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = getattr(api, method)("/api/dcim/racks/", body, format="json")
    assert answer.status_code < 300, answer.json()
    return len(asked)


def test_a_large_set_asks_no_more_than_a_small_one(api: APIClient) -> None:
    site = make(Site, slug="pusat")
    api.get(SITES)  # notes the use of the token
    counts = []
    for number in (3, 12):
        bodies = [{"site": {"slug": "pusat"}, "name": f"{number}-{at}"} for at in range(number)]
        made = queries(api, "post", bodies)
        rows = [
            {"id": pk, "site": site.pk, "u_height": 40}
            for pk in Rack.objects.values_list("pk", flat=True)
        ]
        counts.append((made, queries(api, "patch", rows), queries(api, "delete", rows)))
    assert counts[0] == counts[1]
