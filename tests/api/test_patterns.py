"""Filters by regular expressions: found as written, and never for ever."""

from __future__ import annotations

import time

import pytest
from rest_framework.test import APIClient

from dcim.record.extras.custom_fields import CustomField
from dcim.record.places.sites import Site
from tests.api.test_visibility import ids
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"name__regex": "^PDR-[0-9]+$"}, [0]),
        ({"name__regex": "^pdr"}, []),
        ({"name__iregex": "^pdr"}, [0, 1]),
        ({"name__regex": ["^X", "A$"]}, [1, 2]),
        ({"facility__regex": "null"}, [0, 1, 2]),
        ({"status__regex": "^(active|planned)$"}, [0, 1, 2]),
        ({"cf_kode__regex": "^a.c$"}, [1]),
        ({"cf_kode__iregex": "^A.C$"}, [1]),
    ],
)
def test_rows_are_found_by_a_pattern(
    api: APIClient, asked: dict[str, str], found: list[int]
) -> None:
    make(CustomField, name="kode", object_types=["dcim.site"])
    sites = [make(Site, name=name) for name in ("PDR-01", "PDR-A", "XY")]
    body = {"custom_fields": {"kode": "abc"}}
    assert api.patch(f"/api/dcim/sites/{sites[1].pk}/", body, format="json").status_code == 200
    assert ids(api, "dcim/sites", **asked, ordering="id") == [sites[at].pk for at in found]


@pytest.mark.parametrize("pattern", ["(", "a**", "(?=x)y", r"(a)\1", "[z-a]", "a" * 501])
def test_what_is_no_pattern_is_named(api: APIClient, pattern: str) -> None:
    make(Site)
    answer = api.get("/api/dcim/sites/", {"name__regex": pattern})
    assert (answer.status_code, list(answer.json())) == (400, ["name__regex"])
    assert pattern[:60] in answer.json()["name__regex"][0]


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "(.*a){20}$"])
def test_no_pattern_keeps_a_worker(api: APIClient, pattern: str) -> None:
    site = make(Site, comments=f"{'a' * 3000}!", description=f"{'a' * 100}!")
    begun = time.perf_counter()
    asked = {"description__regex": pattern}
    assert ids(api, "dcim/sites", **asked) == []
    make(CustomField, name="kode", object_types=["dcim.site"], validation_regex=pattern)
    body = {"custom_fields": {"kode": site.comments}}
    assert api.patch(f"/api/dcim/sites/{site.pk}/", body, format="json").status_code == 400
    assert time.perf_counter() - begun < 5


def test_a_pattern_that_could_not_be_matched_makes_no_field(api: APIClient) -> None:
    body = {"name": "kode", "object_types": ["dcim.site"], "validation_regex": r"(a)\1"}
    answer = api.post("/api/extras/custom-fields/", body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["validation_regex"])
