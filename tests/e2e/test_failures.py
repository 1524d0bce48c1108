"""Questions about many failures: command, API and page answer alike, on the sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker
from rest_framework.test import APIClient

from dcim.actions.sample.paser import load_paser
from tests.api.clients import client_of
from tests.factories import TESTER, make_user

PLANNER = "/api/plugins/planner"


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The loaded sample, taken back when the module's tests are through."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_paser(by=TESTER)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def record(sample: None, db: None) -> None:
    """Each test sees the loaded sample."""


@pytest.fixture
def api() -> APIClient:
    return client_of(make_user("sri", is_superuser=True))


def told(command: str, *arguments: str) -> Any:
    """What a command prints as JSON."""
    out = StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def answer(api: APIClient, path: str) -> Any:
    got = api.get(f"{PLANNER}/{path}")
    assert got.status_code == 200, got.json()
    return got.json()


def test_the_board_is_the_same_everywhere(api: APIClient, admin_client: Client) -> None:
    by_command = told("n_minus_one", "--kind", "host", "--site", "Pusat Data Paser")
    by_api = answer(api, "n-minus-one/?kind=host&site=Pusat+Data+Paser")
    assert by_api["results"] == by_command["results"]
    assert (by_api["count"], by_api["serial"]) == (by_command["count"], by_command["serial"])
    page = admin_client.get("/n-minus-one/?kind=host&site=Pusat+Data+Paser")
    shown = [(str(row.thing.ref), row.cost.down) for row in page.context["shown"]]
    assert shown == [(row["thing"], row["apps_down"]) for row in by_api["results"]]


def test_a_row_of_the_board_is_the_impact_of_its_thing(api: APIClient) -> None:
    for row in answer(api, "n-minus-one/?limit=5")["results"]:
        hit = answer(api, f"impact/?failed={row['thing']}")
        assert row["apps_down"] == len(hit["apps_down"])
        assert row["apps_degraded"] == len(hit["apps_degraded"])
        owners = {one["owner"] for one in hit["apps_down"] + hit["apps_degraded"]}
        assert row["owners_hit"] == len(owners)


def test_the_board_comes_in_pages(api: APIClient, admin_client: Client) -> None:
    first = answer(api, "n-minus-one/?limit=2")
    assert (len(first["results"]), first["previous"]) == (2, None)
    assert "offset=2" in first["next"]
    second = answer(api, "n-minus-one/?limit=2&offset=2")["results"]
    assert told("n_minus_one", "--limit", "4")["results"] == first["results"] + second
    assert admin_client.get("/n-minus-one/?page=2&ordering=-apps_down").status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("kind=shelf", 400, "kind"),
        ("within=R1", 400, "within"),
        ("ordering=names", 400, "ordering"),
        ("rack=R99", 404, None),
    ],
)
def test_what_the_board_does_not_know_is_refused(
    query: str, status: int, field: str | None, api: APIClient, admin_client: Client
) -> None:
    refused = api.get(f"{PLANNER}/n-minus-one/?{query}")
    assert refused.status_code == status
    assert field is None or list(refused.json()) == [field]
    page = admin_client.get(f"/n-minus-one/?{query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    name, value = query.split("=")
    with pytest.raises(CommandError):
        told("n_minus_one", f"--{name}", value)
