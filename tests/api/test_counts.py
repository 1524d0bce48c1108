"""How many objects there are of each thing, by all ways that lead to it."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.inventory import InventoryItem
from dcim.record.equipment.modules import ModuleType
from dcim.record.networks.ipam import Prefix
from dcim.record.places.hardware import Manufacturer
from dcim.record.places.sites import Location, Region, Site, SiteGroup
from tests.api.test_visibility import reader_of
from tests.factories import make

pytestmark = pytest.mark.django_db


def test_prefixes_of_a_place_are_those_of_all_that_it_holds(api: APIClient) -> None:
    above = make(Region)
    region, group = make(Region, parent=above), make(SiteGroup)
    site = make(Site, region=region, group=group)
    room = make(Location, site=site, parent=make(Location, site=site))
    for scope in (
        {"region": region},
        {"site_group": group},
        {"site": site},
        {"location": room},
        {},
    ):
        make(Prefix, **scope)
    found = {
        path: [
            one["prefix_count"] for one in api.get(f"/api/{path}/?ordering=id").json()["results"]
        ]
        for path in ("dcim/regions", "dcim/site-groups", "dcim/sites", "dcim/locations")
    }
    assert found == {
        "dcim/regions": [3, 3],
        "dcim/site-groups": [3],
        "dcim/sites": [2],
        "dcim/locations": [1, 1],
    }


def test_hidden_ones_are_not_counted_by_any_way() -> None:
    site = make(Site)
    make(Prefix, location=make(Location, site=site))
    (shown,) = reader_of(Site).get("/api/dcim/sites/").json()["results"]
    assert shown["prefix_count"] == 0


def test_a_manufacturer_counts_what_it_makes(api: APIClient) -> None:
    maker = make(Manufacturer)
    make(ModuleType, manufacturer=maker)
    make(InventoryItem, manufacturer=maker)
    shown = api.get(f"/api/dcim/manufacturers/{maker.pk}/").json()
    assert (shown["moduletype_count"], shown["inventoryitem_count"]) == (1, 1)
