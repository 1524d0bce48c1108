"""Pages: limit, offset, and links that keep the filters."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from api.paging import LimitOffset
from dcim.record.sites import Site
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
