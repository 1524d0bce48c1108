"""Bodies that can't be taken: always a refusal that names the field, and nothing written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from tests.factories import make

pytestmark = pytest.mark.django_db
SITES, RACKS = "/api/dcim/sites/", "/api/dcim/racks/"
GOOD = {"name": "A", "slug": "a"}


def send(api: APIClient, path: str, text: str, method: str = "post") -> Any:
    return getattr(api, method)(path, text, content_type="application/json")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (r'{"name": "A\u0000", "slug": "a"}', "name"),
        (r'{"name": "\ud800", "slug": "a"}', "name"),
        (r'{"na\u0000me": 1}', "na?me"),
        (r'{"tags": [{"name": "\u0000"}]}', "tags"),
        (r'{"custom_fields": {"a": "\udfff"}}', "custom_fields"),
        ('{"name": "A", "name": "B", "slug": "a"}', "name"),
    ],
)
def test_what_no_database_takes_is_named(api: APIClient, text: str, named: str) -> None:
    answer = send(api, SITES, text)
    assert (answer.status_code, list(answer.json())) == (400, [named])
    assert not Site.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        '{"name": ' + "9" * 5000 + "}",
        '{"latitude": 1e999}',
        '{"latitude": Infinity}',
        '{"latitude": -Infinity}',
        '{"latitude": NaN}',
        "[" * 33 + "]" * 33,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "\x00",
        "null and void",
    ],
)
def test_what_is_no_plain_json_is_refused(api: APIClient, text: str) -> None:
    answer = send(api, SITES, text)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


@pytest.mark.parametrize("value", [True, 1.5, "x", [], {}, 10**30, -1, "1" * 41])
def test_a_wrong_number_is_named_with_what_was_sent(api: APIClient, value: Any) -> None:
    rack = make(Rack)
    answer = api.patch(f"{RACKS}{rack.pk}/", {"u_height": value}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["u_height"])
    if isinstance(value, str):
        assert value[:20] in answer.json()["u_height"][0]


@pytest.mark.parametrize("body", [[], 3, "text", None, [[]], [3], [None], [GOOD, []]])
def test_what_is_no_object_is_no_new_one(api: APIClient, body: Any) -> None:
    answer = send(api, SITES, json.dumps(body))
    assert answer.status_code == 400
    assert not Site.objects.exists()


@pytest.mark.parametrize("text", ["", "[]", "[{}]", "3", '"text"'])
def test_what_is_no_object_changes_none(api: APIClient, text: str) -> None:
    answer = send(api, f"{SITES}{make(Site).pk}/", text, "patch")
    assert (answer.status_code, list(answer.json())) == (400, ["__all__"])


def test_rows_with_what_no_database_takes_are_named(api: APIClient) -> None:
    answer = send(api, SITES, r'[{"name": "A", "slug": "a"}, {"name": "\u0000"}]')
    assert [row["index"] for row in answer.json()["errors"]] == [1]


def test_a_large_body_is_told_the_limit(api: APIClient, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = api.post(SITES, GOOD | {"comments": "x" * 100}, format="json")
    assert answer.status_code == 413
    assert "100 bytes" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_a_long_list_is_told_the_limit(api: APIClient, settings: Settings, method: str) -> None:
    settings.API_MAX_ROWS = 1
    answer = getattr(api, method)(SITES, [{"id": 1}, {"id": 2}], format="json")
    assert answer.status_code == 400
    assert "more than 1." in answer.json()["__all__"][0]


def test_unknown_and_read_only_fields_are_ignored(api: APIClient) -> None:
    body = GOOD | {"created": None, "id": 7, "nonsense": {"a": 1}, "url": None, "display": "x"}
    assert api.post(SITES, body, format="json").status_code == 201


def test_texts_are_trimmed(api: APIClient) -> None:
    made = api.post(SITES, {**GOOD, "name": " A ", "description": " "}, format="json").json()
    assert (made["name"], made["description"]) == ("A", "")


@pytest.mark.parametrize("message", [3, ["a"], {"a": 1}, "x" * 201])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_bad_message_is_refused(api: APIClient, method: str, message: Any) -> None:
    site = make(Site)
    for path, body in ((f"{SITES}{site.pk}/", {}), (SITES, {"id": site.pk})):
        said = {**body, "changelog_message": message}
        answer = getattr(api, method)(path, [said] if body else said, format="json")
        assert answer.status_code == 400
        assert "changelog_message" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["slug__ic=null", "name=%00", "q=%00", "id=99999999999999999999", "%00=1"]
)
def test_odd_parameters_are_never_our_fault(api: APIClient, query: str) -> None:
    answer = api.get(f"{SITES}?{query}")
    assert answer.status_code in {200, 400}
