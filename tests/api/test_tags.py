"""Tags: for which kinds they are, their order, and how often they are used."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device
from dcim.record.people.organisation import Tag
from dcim.record.places.sites import Region, Site
from tests.api.test_visibility import reader_of
from tests.factories import make

pytestmark = pytest.mark.django_db
TAGS, SITES = "/api/extras/tags/", "/api/dcim/sites/"


@pytest.fixture
def for_regions() -> Tag:
    return make(Tag, name="Wilayah", slug="wilayah", object_types=["dcim.region"])


def test_a_tag_says_what_it_is_for_and_how_often_it_is_used(
    api: APIClient, for_regions: Tag
) -> None:
    make(Region, tags=[for_regions])
    shown = api.get(f"{TAGS}{for_regions.pk}/").json()
    assert (shown["object_types"], shown["weight"], shown["tagged_items"]) == (
        ["dcim.region"],
        1000,
        1,
    )


def test_only_what_may_be_seen_is_counted(for_regions: Tag) -> None:
    make(Region, tags=[for_regions])
    (shown,) = reader_of(Tag, Site).get(TAGS).json()["results"]
    assert shown["tagged_items"] == 0


@pytest.mark.parametrize("many", [False, True])
def test_a_tag_for_other_kinds_is_refused(api: APIClient, for_regions: Tag, many: bool) -> None:
    body: Any = {"name": "A", "slug": "a", "tags": [{"slug": "wilayah"}]}
    answer = api.post(SITES, [body] if many else body, format="json")
    errors = answer.json()["errors"][0]["errors"] if many else answer.json()
    assert (answer.status_code, list(errors)) == (400, ["tags"])
    assert "Wilayah is not for dcim.site" in errors["tags"][0]
    assert not Site.objects.exists()


@pytest.mark.parametrize("many", [False, True])
def test_what_has_a_tag_keeps_it(api: APIClient, many: bool) -> None:
    tag = make(Tag)
    site = make(Site, tags=[tag])
    assert (
        api.patch(f"{TAGS}{tag.pk}/", {"object_types": ["dcim.region"]}, format="json").status_code
        == 200
    )
    body: Any = {"id": site.pk, "tags": [tag.pk], "facility": "B"}
    address = SITES if many else f"{SITES}{site.pk}/"
    assert api.patch(address, [body] if many else body, format="json").status_code == 200
    other: Any = {"id": make(Site).pk, "tags": [tag.pk]}
    address = SITES if many else f"{SITES}{other['id']}/"
    assert api.patch(address, [other] if many else other, format="json").status_code == 400


@pytest.mark.parametrize(
    "kinds", [["dcim.nothing"], ["extras.tag"], ["core.objectchange"], "dcim.site", [3], {"a": 1}]
)
def test_kinds_without_tags_are_refused(api: APIClient, kinds: Any) -> None:
    body = {"name": "A", "slug": "a", "object_types": kinds}
    answer = api.post(TAGS, body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["object_types"])


def test_tags_come_by_weight_then_name(api: APIClient) -> None:
    for name, weight in (("A", 2000), ("C", 10), ("B", 10)):
        make(Tag, name=name, weight=weight)
    assert [one["name"] for one in api.get(TAGS).json()["results"]] == ["B", "C", "A"]


def test_tags_are_found_by_what_they_are_for(api: APIClient, for_regions: Tag) -> None:
    make(Tag)
    found = api.get(TAGS, {"object_types": "dcim.region"}).json()["results"]
    assert [one["id"] for one in found] == [for_regions.pk]


def test_other_kinds_of_objects_take_any_tag(api: APIClient) -> None:
    assert make(Device, tags=[make(Tag)]).tags.count() == 1
