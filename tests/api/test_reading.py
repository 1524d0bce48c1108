"""What is read column by column equals what the serializers make, object by object."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import translation
from rest_framework.test import APIClient, APIRequestFactory

from api.briefs import Briefs
from api.derive import serializer_for
from api.rendering import encoded
from dcim.catalog import RESOURCES
from dcim.catalog.resource import Resource
from tests.api.examples import WRITABLE, filled_body
from tests.factories import make

pytestmark = pytest.mark.django_db

every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.kind)
WAYS: list[dict[str, str]] = [
    {},
    {"brief": "1"},
    {"fields": "id,display,tags,status,created"},
    {"omit": "display,url,tags,name"},
]


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
def test_lists_are_what_the_serializer_makes(api: APIClient, resource: Resource) -> None:
    fill(api, resource)
    for way in WAYS:
        page = api.get(f"/api/{resource.path}/", {**way, "ordering": "id"}).json()["results"]
        assert page == by_serializer(resource, {name for row in page for name in row})


@every_resource
def test_one_object_is_what_the_serializer_makes(api: APIClient, resource: Resource) -> None:
    fill(api, resource)
    for row in api.get(f"/api/{resource.path}/", {"limit": "3"}).json()["results"]:
        for way in WAYS:
            one = api.get(f"/api/{resource.path}/{row['id']}/", way).json()
            assert one in by_serializer(resource, set(one))
