"""Filters by custom fields, alike on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from tests.factories import make

pytestmark = pytest.mark.django_db
SITES = "/api/dcim/sites/"


def sites(kind: str, *values: Any, **more: Any) -> None:
    """A custom field of the type, and a site for each value, named a, b and so on."""
    if "select" in kind:
        more["choice_set"] = make(CustomFieldChoiceSet)
    make(CustomField, name="x", type=kind, **more)
    for position, value in enumerate(values):
        given = {} if value is None else {"x": value}
        make(Site, name="abcdef"[position], custom_field_data=given)


def found(api: APIClient, query: str) -> str:
    answer = api.get(f"{SITES}?{query}&ordering=name")
    assert answer.status_code == 200, answer.json()
    return "".join(row["name"] for row in answer.json()["results"])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("cf_x=red", "ab"),
        ("cf_x=red&cf_x=green", "abc"),
        ("cf_x__n=red", "bcd"),
        ("cf_x__ie=RED", "a"),
        ("cf_x__isw=RE", "ab"),
        ("cf_x__iew=n", "c"),
        ("cf_x__nic=e", "d"),
        ("cf_x=null", "d"),
        ("cf_x__empty=true", "d"),
        ("cf_x__empty=false", "abc"),
        ("cf_x__n=null", "abc"),
        ("cf_y=1", "abcd"),
    ],
)
def test_text_is_found(api: APIClient, query: str, names: str) -> None:
    sites("text", "red", "reddish", "green", None)
    assert found(api, query) == names


def test_an_exact_field_is_found_by_the_whole_text(api: APIClient) -> None:
    sites("text", "red", "reddish", filter_logic="exact")
    assert found(api, "cf_x=red") == "a"


def test_a_field_without_filters_is_ignored(api: APIClient) -> None:
    sites("text", "red", "green", filter_logic="disabled")
    assert found(api, "cf_x=red") == "ab"


@pytest.mark.parametrize("kind", ["integer", "decimal"])
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("cf_x=9", "a"),
        ("cf_x=9&cf_x=10", "ab"),
        ("cf_x__gt=9", "b"),
        ("cf_x__lte=9", "ac"),
        ("cf_x__gte=-2&cf_x__lt=10", "ac"),
        ("cf_x__n=9", "bcd"),
        ("cf_x__empty=true", "d"),
    ],
)
def test_numbers_compare_as_numbers(api: APIClient, kind: str, query: str, names: str) -> None:
    sites(kind, 9, 10, -2, None)
    assert found(api, query) == names


def test_decimals_are_found(api: APIClient) -> None:
    sites("decimal", 0.1, 2.5)
    assert (found(api, "cf_x=0.1"), found(api, "cf_x__gt=2.49")) == ("a", "b")


@pytest.mark.parametrize(
    ("kind", "values", "query", "names"),
    [
        ("boolean", [True, False, None], "cf_x=true", "a"),
        ("boolean", [True, False, None], "cf_x=0", "b"),
        ("boolean", [True, False, None], "cf_x__n=true", "bc"),
        ("date", ["2026-02-28", "2026-03-01"], "cf_x__gte=2026-03-01", "b"),
        ("datetime", ["2026-02-28T03:00:00Z"], "cf_x=2026-02-28T10:00:00%2B07:00", "a"),
        ("datetime", ["2026-02-28T03:00:00Z"], "cf_x__lt=2026-02-28T03:00:00Z", ""),
        ("url", ["https://a.example/", None], "cf_x=a.example", "a"),
        ("select", ["a", "b", None], "cf_x=a", "a"),
        ("select", ["a", "b", None], "cf_x__n=a", "bc"),
        ("multiselect", [["a", "b"], ["b"], None], "cf_x=a", "a"),
        ("multiselect", [["a", "b"], ["b"], None], "cf_x=a&cf_x=b", "ab"),
        ("multiselect", [["a", "b"], ["b"], None], "cf_x__n=a", "bc"),
        ("multiselect", [["a", "b"], ["b"], None], "cf_x=null", "c"),
        ("json", [{"a": 1}, None], "cf_x__empty=false", "a"),
    ],
)
def test_other_values_are_found(
    api: APIClient, kind: str, values: list[Any], query: str, names: str
) -> None:
    sites(kind, *values)
    assert found(api, query) == names


@pytest.mark.parametrize("kind", ["object", "multiobject"])
def test_objects_are_found_by_their_ids(api: APIClient, kind: str) -> None:
    one, other = make(Tenant).pk, make(Tenant).pk
    values = [[one, other], [other]] if kind == "multiobject" else [one, other]
    sites(kind, *values, related_object_type="tenancy.tenant")
    assert found(api, f"cf_x={one}") == "a"
    assert found(api, f"cf_x__n={one}") == "b"


@pytest.mark.parametrize("kind", ["integer", "decimal", "date", "datetime", "boolean"])
def test_what_is_no_value_is_refused_by_its_parameter(api: APIClient, kind: str) -> None:
    sites(kind, None)
    answer = api.get(f"{SITES}?cf_x=abc")
    assert answer.status_code == 400
    assert list(answer.json()) == ["cf_x"]


def test_a_field_is_found_on_its_own_kinds_only(api: APIClient) -> None:
    sites("text", None, object_types=["dcim.rack"])
    assert found(api, "cf_x=red") == "a"


def test_names_of_digits_are_names(api: APIClient) -> None:
    make(CustomField, name="0", type="integer")
    make(Site, name="a", custom_field_data={"0": 5}), make(Site, name="b")
    assert found(api, "cf_0=5") == "a"


def names_in_schema(api: APIClient) -> set[str]:
    said = api.get("/api/schema/").json()["paths"]["/api/dcim/sites/"]["get"]["parameters"]
    return {one["name"] for one in said if one["name"].startswith("cf_")}


def test_the_schema_lists_the_filters_that_there_are(api: APIClient) -> None:
    assert names_in_schema(api) == set()
    sites("boolean")
    assert names_in_schema(api) == {"cf_x", "cf_x__n", "cf_x__empty"}
    CustomField.objects.all().delete()
    assert names_in_schema(api) == set()
