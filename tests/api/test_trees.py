"""Trees on the wire: depth, counts of what is below, filters that descend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device
from dcim.record.people.organisation import Tenant, TenantGroup
from dcim.record.places.hardware import DeviceRole
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Region, Site, SiteGroup
from tests.factories import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def rows(api: APIClient, path: str, query: str = "") -> list[Any]:
    answer = api.get(f"/api/{path}/?{query}")
    assert answer.status_code == 200, answer.json()
    found: list[Any] = answer.json()["results"]
    return found


def names(api: APIClient, path: str, query: str) -> list[str]:
    return [row["name"] for row in rows(api, path, query)]


@pytest.fixture
def paser(db: None) -> Region:
    """A regency in a province, with a site in each and one elsewhere."""
    province = make(Region, name="Kaltim", slug="kaltim")
    regency = make(Region, name="Paser", slug="paser", parent=province)
    make(Site, name="A", region=province)
    make(Site, name="B", region=regency)
    make(Site, name="C")
    return regency


def test_objects_tell_how_deep_they_stand_also_inside_others(api: APIClient, paser: Region) -> None:
    assert {row["name"]: row["_depth"] for row in rows(api, "dcim/regions")} == {
        "Kaltim": 0,
        "Paser": 1,
    }
    (site,) = rows(api, "dcim/sites", "name=B")
    assert (site["region"]["slug"], site["region"]["_depth"]) == ("paser", 1)


def test_counts_include_what_is_below(api: APIClient, paser: Region) -> None:
    counts = {row["name"]: row["site_count"] for row in rows(api, "dcim/regions")}
    assert counts == {"Kaltim": 2, "Paser": 1}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("region=kaltim", ["A", "B"]),
        ("region=paser", ["B"]),
        ("region=kaltim&region=paser", ["A", "B"]),
        ("region__n=kaltim", ["C"]),
        ("region__n=paser", ["A", "C"]),
        ("region_id=null", ["C"]),
    ],
)
def test_a_filter_by_a_tree_descends(
    api: APIClient, paser: Region, query: str, found: list[str]
) -> None:
    assert names(api, "dcim/sites", query) == found


def test_a_filter_by_parent_does_not_descend_and_one_by_ancestor_does(
    api: APIClient, paser: Region
) -> None:
    make(Region, name="Kuaro", slug="kuaro", parent=paser)
    assert names(api, "dcim/regions", "parent=kaltim") == ["Paser"]
    assert names(api, "dcim/regions", f"parent_id={paser.parent_id}") == ["Paser"]
    assert names(api, "dcim/regions", "ancestor=kaltim") == ["Kuaro", "Paser"]


def test_an_unknown_object_of_a_tree_is_refused(api: APIClient, paser: Region) -> None:
    answer = api.get("/api/dcim/sites/?region=jawa")
    assert (answer.status_code, list(answer.json())) == (400, ["region"])


def test_what_stands_at_a_site_is_found_by_the_sites_trees(api: APIClient, paser: Region) -> None:
    group = make(SiteGroup, slug="pemda")
    site = make(Site, region=paser, group=group)
    make(Device, name="h1", site=site)
    make(Rack, name="r1", site=site)
    for path, name in (("dcim/devices", "h1"), ("dcim/racks", "r1")):
        assert names(api, path, "region=kaltim") == [name]
        assert names(api, path, f"site_group_id={group.pk}") == [name]


def test_what_a_tenant_owns_is_found_by_the_tenants_group(api: APIClient) -> None:
    top = make(TenantGroup, slug="setda")
    tenant = make(Tenant, group=make(TenantGroup, parent=top))
    make(Device, name="h1", tenant=tenant)
    make(Device, name="h2")
    assert names(api, "dcim/devices", "tenant_group=setda") == ["h1"]
    assert names(api, "dcim/devices", f"tenant_group_id__n={top.pk}") == ["h2"]


def test_a_location_holds_what_its_rooms_hold(api: APIClient) -> None:
    floor = make(Location, name="Lantai 1", slug="l1")
    room = make(Location, site=floor.site, parent=floor, name="Ruang", slug="r")
    make(Device, name="h1", site=floor.site, location=room)
    (shown,) = rows(api, "dcim/locations", "slug=l1")
    assert (shown["rack_count"], shown["device_count"]) == (0, 1)
    assert names(api, "dcim/devices", "location=l1") == ["h1"]


def test_a_role_stands_for_those_under_it(api: APIClient) -> None:
    server = make(DeviceRole, slug="peladen")
    make(Device, name="h1", role=make(DeviceRole, slug="peladen-basis-data", parent=server))
    assert names(api, "dcim/devices", "role=peladen") == ["h1"]


def test_a_deep_tree_asks_as_often_as_a_flat_one(
    api: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    parent = None
    for _ in range(6):
        parent = make(Region, parent=parent)
    make(Site, name="A", region=parent)
    with django_assert_max_num_queries(10):
        shown = rows(api, "dcim/regions")
    assert {row["site_count"] for row in shown} == {1}
