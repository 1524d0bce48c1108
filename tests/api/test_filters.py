"""Filters: every derived one answers and narrows; look-ups as NetBox's."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from api.derive import filter_set_for
from api.queries.filters import filters_in, key_of
from api.queries.lookups import AnyOf
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import AnyField, Resource
from dcim.record.equipment.devices import Device
from dcim.record.people.organisation import Tag
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import ServiceApp as App
from tests.api.examples import WRITABLE, filled_body
from tests.factories import make

pytestmark = pytest.mark.django_db

every_writable = pytest.mark.parametrize("resource", WRITABLE, ids=lambda one: one.kind)


def found(api: APIClient, path: str, **parameters: Any) -> list[int]:
    answer = api.get(f"/api/{path}/", parameters)
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


def names_found(api: APIClient, path: str, query: str) -> list[str]:
    return [row["name"] for row in api.get(f"/api/{path}/?{query}").json()["results"]]


def exact_values(one: AnyField, wire_name: str, written: Any) -> dict[str, Any]:
    """The parameters that ask for the written value of a field, and their values."""
    if not one.is_relation:
        return {wire_name: str(written).lower() if isinstance(written, bool) else written}
    assert isinstance(one.related_model, type)
    first = written[0] if isinstance(written, list) else written
    key = key_of(one.related_model)
    by = "pk" if isinstance(first, int) else key  # a config context's tags are written as slugs
    other = one.related_model._default_manager.get(**{by: first})
    pk = other.pk
    if one.name == "tags":
        return {"tag": getattr(other, key), "tag_id": pk}
    named = {wire_name: getattr(other, key)} if getattr(other, key) is not None else {}
    return {f"{wire_name}_id": pk, **named}


@pytest.mark.no_cover
@every_writable
def test_every_field_finds_what_was_written(api: APIClient, resource: Resource) -> None:
    body = filled_body(resource)
    made = api.post(f"/api/{resource.path}/", body, format="json").json()
    filters = filters_in(filter_set_for(resource))
    for one in resource.writable_fields:
        wire_name = resource.wire_name(one.name)
        if body.get(wire_name) is None or one.get_internal_type() in {"JSONField", "TextField"}:
            continue
        for parameter, value in exact_values(one, wire_name, body[wire_name]).items():
            assert parameter in filters
            assert made["id"] in found(api, resource.path, **{parameter: value}), parameter
            others = {f"{parameter}__n": value}
            if value in {"true", "false"}:
                others = {parameter: "false" if value == "true" else "true"}
            assert others.keys() <= filters.keys()
            assert made["id"] not in found(api, resource.path, **others)


def test_lists_offer_what_programs_ask_for_and_no_more() -> None:
    sites, racks, apps = (filters_in(filter_set_for(BY_MODEL[one])) for one in (Site, Rack, App))
    assert {"status__n", "status__ic", "status__regex"} <= sites.keys()  # as NetBox has them
    assert {"status", "status__n", "status__empty", "name__ic"} <= apps.keys()
    assert {"status__ic", "status__regex"}.isdisjoint(apps)
    assert "desc_units" in racks
    assert {"desc_units__n", "desc_units__empty"}.isdisjoint(racks)
    assert not [name for name in {**sites, **apps} if name.startswith("comments")]


@pytest.mark.no_cover
@every_writable
def test_every_parameter_answers(api: APIClient, resource: Resource) -> None:
    for name, one in filters_in(filter_set_for(resource)).items():
        values = [example_for(one.field.one)]
        if isinstance(one, AnyOf) and type(one).matches is not AnyOf.matches:
            values.append("null")
        for value in values:
            answer = api.get(f"/api/{resource.path}/", {name: value})
            assert answer.status_code in {200, 400}, name
            assert answer.status_code == 200 or "Select a valid choice" in str(answer.json()), name


def example_for(field: Any) -> str:
    kind = type(field).__name__
    examples = {
        "Moment": "2026-01-31T00:00:00Z",
        "DateField": "2026-01-31",
        "NetworkField": "10.0.0.0/8",
    }
    if choices := dict(getattr(field, "choices", ())):
        return str(list(choices)[-1])
    return examples.get(kind, "00000000-0000-0000-0000-000000000000" if "UUID" in kind else "1")


@pytest.fixture
def three_sites(db: None) -> None:
    make(Site, name="Paser", facility="A")
    make(Site, name="Penajam", facility="B")
    make(Site, name="Grogot")


@pytest.mark.usefixtures("three_sites")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=Paser", ["Paser"]),
        ("name=paser", []),
        ("name=Paser&name=Grogot", ["Grogot", "Paser"]),
        ("name__n=Paser", ["Grogot", "Penajam"]),
        ("name__n=Paser&name__n=Grogot", ["Penajam"]),
        ("name__ic=PA", ["Paser"]),
        ("name__nic=pa", ["Grogot", "Penajam"]),
        ("name__isw=p", ["Paser", "Penajam"]),
        ("name__nisw=p", ["Grogot"]),
        ("name__iew=M", ["Penajam"]),
        ("name__niew=m", ["Grogot", "Paser"]),
        ("name__ie=grogot", ["Grogot"]),
        ("name__nie=grogot", ["Paser", "Penajam"]),
        ("facility__empty=true", ["Grogot"]),
        ("facility__empty=false", ["Paser", "Penajam"]),
        ("q=ena", ["Penajam"]),
        ("tenant_id=null", ["Grogot", "Paser", "Penajam"]),
        ("facility=null", ["Grogot"]),
        ("status=planned", []),
        ("nothing_of_ours=1", ["Grogot", "Paser", "Penajam"]),
        ("name=", []),
    ],
)
def test_text_has_netboxs_look_ups(api: APIClient, query: str, names: list[str]) -> None:
    assert names_found(api, "dcim/sites", query) == names


@pytest.mark.parametrize(
    ("query", "heights"),
    [
        ("u_height=42", [42]),
        ("u_height=42&u_height=12", [12, 42]),
        ("u_height__n=42", [12, 24]),
        ("u_height__gt=12", [24, 42]),
        ("u_height__gte=24", [24, 42]),
        ("u_height__lt=24", [12]),
        ("u_height__lte=24", [12, 24]),
        ("max_weight__empty=true", [12, 24, 42]),
    ],
)
def test_numbers_are_compared(api: APIClient, query: str, heights: list[int]) -> None:
    for height in (12, 24, 42):
        make(Rack, u_height=height)
    rows = api.get(f"/api/dcim/racks/?{query}&ordering=u_height").json()["results"]
    assert [row["u_height"] for row in rows] == heights


def test_several_tags_ask_for_rows_with_all_of_them(api: APIClient) -> None:
    old, hot = make(Tag, slug="old"), make(Tag, slug="hot")
    make(Site, name="One", tags=[old])
    make(Site, name="Both", tags=[old, hot])
    assert names_found(api, "dcim/sites", "tag=old") == ["Both", "One"]
    assert names_found(api, "dcim/sites", "tag=old&tag=hot") == ["Both"]


def test_references_are_found_by_id_and_by_slug(api: APIClient) -> None:
    device = make(Device, name="pdr-h01")
    make(Device, name="pdr-h02")
    assert names_found(api, "dcim/devices", f"site_id={device.site_id}") == ["pdr-h01"]
    assert names_found(api, "dcim/devices", f"site={device.site.slug}") == ["pdr-h01"]
    assert names_found(api, "dcim/devices", f"site={device.site_id}") == ["pdr-h01"]
    assert names_found(api, "dcim/devices", "rack_id=null") == ["pdr-h01", "pdr-h02"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=on", "status"),
        ("site_id=987654", "site_id"),
        ("site_id=x", "site_id"),
        ("site=nowhere", "site"),
        ("site=987654", "site"),
        ("position__gt=high", "position__gt"),
        ("created__gte=yesterday", "created__gte"),
        ("id=99999999999999999999999", "id"),
        ("tag=none", "tag"),
    ],
)
def test_a_bad_value_is_named(api: APIClient, query: str, field: str) -> None:
    answer = api.get(f"/api/dcim/devices/?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_only_the_filters_that_are_asked_for_are_built() -> None:
    filter_set = filter_set_for(next(one for one in WRITABLE if one.model is Device))
    request = Request(APIRequestFactory().get("/"))
    asked = filter_set({"name": ["x"]}, Device.objects.all(), request=request)
    assert list(asked.filters) == ["name"]


def test_order_is_chosen_and_ends_with_the_id(api: APIClient) -> None:
    for name, facility in (("B", "x"), ("A", "y"), ("C", "x")):
        make(Site, name=name, facility=facility)
    assert names_found(api, "dcim/sites", "ordering=-facility,name") == ["A", "B", "C"]
    assert names_found(api, "dcim/sites", "ordering=facility") == ["B", "C", "A"]
    assert names_found(api, "dcim/sites", "ordering=-name,nonsense") == ["C", "B", "A"]
