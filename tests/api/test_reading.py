"""What is read column by column equals what the serializers make, object by object."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from rest_framework.test import APIClient, APIRequestFactory

from api.derive import serializer_for
from api.http.rendering import encoded
from api.reading.briefs import Briefs
from api.reading.layouts import reader_for
from dcim.catalog import BY_MODEL, RESOURCES
from dcim.catalog.resource import Resource
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import AppDependency
from tests.api.examples import WRITABLE, filled_body
from tests.factories import make

pytestmark = pytest.mark.django_db

every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.kind)
WAYS: list[dict[str, str]] = [
    {},
    {"brief": "1"},
    {"fields": "id,display,tags,status,created"},
    {"omit": "display,url,tags,name"},
    {"exclude": "config_context,last_updated"},
]
# Their fields are read one object at a time.
WITHOUT_READERS = {
    "dcim.cable",
    "dcim.interface",
    "dcim.powerfeed",
    "dcim.powerport",
    "dcim.poweroutlet",
}


def fill(api: APIClient, resource: Resource) -> None:
    """Two objects of which one has every field and the other every null."""
    if resource in WRITABLE:
        answer = api.post(f"/api/{resource.path}/", filled_body(resource), format="json")
        assert answer.status_code == 201, answer.json()
        make(resource.model)


def by_serializer(resource: Resource, shown: set[str]) -> list[Any]:
    """All objects in the form that the plain serializer gives them."""
    objects = resource.model._default_manager.order_by("id")
    briefs = Briefs(APIRequestFactory().get("/"), [one.pk for one in objects])
    context = {"briefs": briefs, "found": {}, "shown": frozenset(shown)}
    with translation.override("en"):
        made = serializer_for(resource)(objects, many=True, context=context).data
    rows: list[Any] = json.loads(encoded(made))
    return rows


@every_resource
def test_every_field_has_a_reader(resource: Resource) -> None:
    fields = serializer_for(resource)().fields.items()
    missing = [name for name, field in fields if reader_for(field, resource.model) is None]
    assert not missing or resource.kind in WITHOUT_READERS


@pytest.mark.no_cover
@every_resource
def test_lists_are_what_the_serializer_makes(api: APIClient, resource: Resource) -> None:
    fill(api, resource)
    for way in WAYS:
        page = api.get(f"/api/{resource.path}/", {**way, "ordering": "id"}).json()["results"]
        assert page == by_serializer(resource, {name for row in page for name in row})


@pytest.mark.no_cover
@every_resource
def test_one_object_is_what_the_serializer_makes(api: APIClient, resource: Resource) -> None:
    fill(api, resource)
    made = cache(lambda shown: by_serializer(resource, set(shown)))
    for row in api.get(f"/api/{resource.path}/", {"limit": "3"}).json()["results"]:
        for way in WAYS:
            one = api.get(f"/api/{resource.path}/{row['id']}/", way).json()
            assert one in made(frozenset(one))


@pytest.mark.parametrize(
    "resource", [one for one in RESOURCES if one.counts], ids=lambda one: one.kind
)
def test_all_counts_of_a_page_are_asked_for_at_once(api: APIClient, resource: Resource) -> None:
    fill(api, resource)
    names = list(resource.counts)
    asked = []
    for shown in (names[:1], names):
        with CaptureQueriesContext(connection) as queries:
            api.get(f"/api/{resource.path}/", {"fields": ",".join(["id", *shown])})
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_name_that_is_made_of_others_is_read_with_them(api: APIClient) -> None:
    needs = make(AppDependency)
    row = api.get(f"/api/plugins/planner/app-dependencies/{needs.pk}/").json()
    assert row["display"] == f"{needs.app.code} → {needs.needs.code}"


def test_json_of_any_size_comes_as_it_was_written(api: APIClient) -> None:
    value = {"big": 10**30, "none": None, "text": "\u00e9"}
    assert json.loads(encoded(value)) == value
    half = encoded({"half": "\ud800", "brief": orjson.Fragment(b'{"id":1}')})
    assert json.loads(half) == {"half": "\ud800", "brief": {"id": 1}}


def test_a_moment_has_microseconds_and_a_z_in_every_way(api: APIClient) -> None:
    site = make(Site)
    Site.objects.filter(pk=site.pk).update(created="2026-01-31T08:00:00+08:00")
    row = api.get(f"/api/dcim/sites/{site.pk}/").json()
    assert row["created"] == "2026-01-31T00:00:00.000000Z"
    assert row in by_serializer(BY_MODEL[Site], set(row))
