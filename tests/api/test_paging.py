"""Pages: limit, offset, and links that keep the filters."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from api.http.paging import LimitOffset
from dcim.record.places.sites import Site
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def five_sites(db: None) -> None:
    for name in "EDCBA":
        make(Site, name=name, facility="x")


def page(api: APIClient, query: str) -> Any:
    return api.get(f"/api/dcim/sites/?{query}").json()


def names(answer: Any) -> str:
    return "".join(row["name"] for row in answer["results"])


@pytest.mark.usefixtures("five_sites")
def test_pages_follow_one_another_to_the_end(api: APIClient) -> None:
    answer = page(api, "limit=2&facility=x")
    seen = names(answer)
    while answer["next"]:
        assert "facility=x" in answer["next"]
        answer = api.get(answer["next"]).json()
        seen += names(answer)
    assert seen == "ABCDE"
    assert names(api.get(answer["previous"]).json()) == "CD"


@pytest.mark.usefixtures("five_sites")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "ABCDE"),
        ("limit=0", "ABCDE"),
        ("limit=3", "ABC"),
        ("limit=-1", "ABCDE"),
        ("limit=x", "ABCDE"),
        ("limit=5000&offset=3", "DE"),
        ("offset=9", ""),
        ("offset=-1", "ABCDE"),
    ],
)
def test_limit_and_offset(api: APIClient, query: str, shown: str) -> None:
    answer = page(api, query)
    assert (answer["count"], names(answer)) == (5, shown)


@pytest.mark.usefixtures("five_sites")
def test_no_page_is_larger_than_the_largest(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LimitOffset, "max_limit", 2)
    for query in ("limit=0", "limit=4"):
        answer = page(api, query)
        assert (names(answer), "limit=2&offset=2" in answer["next"]) == ("AB", True)


@pytest.mark.usefixtures("five_sites")
def test_pages_by_id_follow_one_another_to_the_end(api: APIClient) -> None:
    answer = page(api, "limit=2&start=0&facility=x")
    seen = names(answer)
    while answer["next"]:
        assert (answer["count"], answer["previous"]) == (None, None)
        assert "facility=x" in answer["next"]
        answer = api.get(answer["next"]).json()
        seen += names(answer)
    assert seen == "EDCBA"


@pytest.mark.usefixtures("five_sites")
def test_a_page_by_id_starts_with_that_id(api: APIClient) -> None:
    third = page(api, "start=0")["results"][2]["id"]
    assert names(page(api, f"start={third}")) == "CBA"
    assert names(page(api, f"start={third + 99}")) == ""


@pytest.mark.parametrize(
    "query", ["start=x", "start=-1", "start=1&offset=2", "start=1&ordering=name", f"start={2**64}"]
)
def test_a_page_by_id_is_refused_with_what_it_cant_mean(api: APIClient, query: str) -> None:
    answer = api.get(f"/api/dcim/sites/?{query}")
    assert (answer.status_code, list(answer.json())) == (400, ["start"])


@pytest.mark.usefixtures("five_sites")
def test_a_deep_page_is_in_the_same_order(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.http.paging.DEEP", 1)
    assert names(page(api, "limit=2&offset=2&ordering=-name")) == "CB"
    assert names(page(api, "limit=2&offset=2&fields=name")) == "CD"
