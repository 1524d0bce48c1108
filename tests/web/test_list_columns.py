"""Lists of trees, counts of what belongs to a row, and custom fields in lists and files."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dcim.catalog import RESOURCES
from dcim.catalog.resource import Resource
from dcim.record.equipment.devices import Device
from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.networks.ipam import Prefix
from dcim.record.people.account import ObjectPermission
from dcim.record.places.hardware import DeviceRole
from dcim.record.places.sites import Location, Region, Site
from dcim.web.values.addresses import list_of
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db


def names(client: Client, path: str, **asked: Any) -> list[str]:
    table = client.get(path, asked).context["table"]
    return [str(row.record) for row in table.paginated_rows]


@pytest.fixture
def regions() -> dict[str, Region]:
    """Two provinces, and a regency with a district in the one that comes last by name."""
    tree = {"z": make(Region, name="z"), "m": make(Region, name="m")}
    tree["b"] = make(Region, name="b", parent=tree["z"], depth=1)
    tree["a"] = make(Region, name="a", parent=tree["b"], depth=2)
    return tree


def test_a_tree_is_listed_with_each_object_below_its_parent(
    admin_client: Client, regions: dict[str, Region]
) -> None:
    assert names(admin_client, "/dcim/regions/") == ["m", "z", "b", "a"]
    page = admin_client.get("/dcim/regions/").content.decode()
    assert page.index("depth-1") < page.index("depth-2")


def test_what_is_sorted_or_filtered_keeps_to_that(
    admin_client: Client, regions: dict[str, Region]
) -> None:
    assert names(admin_client, "/dcim/regions/", sort="name") == ["a", "b", "m", "z"]
    assert names(admin_client, "/dcim/regions/", parent_id=regions["z"].pk) == ["b", "a"]


def test_a_page_of_a_tree_goes_on_where_the_last_one_ended(admin_client: Client) -> None:
    top = make(Region, name="aa")
    for number in range(30):
        make(Region, name=f"r{number:02}", parent=top, depth=1)
    second = names(admin_client, "/dcim/regions/", per_page=25, page=2)
    assert second == [f"r{number}" for number in range(24, 30)]


def counts(client: Client, path: str, name: str) -> dict[str, int]:
    table = client.get(path, {"columns": ["name", name]}).context["table"]
    column = table.columns[name].column
    column.prepare([row.record for row in table.paginated_rows])
    return {str(row.record): column.amounts.get(row.record.pk, 0) for row in table.paginated_rows}


def test_counts_of_a_tree_are_cumulative(admin_client: Client, regions: dict[str, Region]) -> None:
    for region in ("a", "b", "b"):
        make(Site, region=regions[region])
    found = counts(admin_client, "/dcim/regions/", "site_count")
    assert found == {"m": 0, "z": 3, "b": 3, "a": 1}


def test_only_what_may_be_seen_is_counted(client: Client, regions: dict[str, Region]) -> None:
    seen = make(Site, region=regions["a"])
    make(Site, region=regions["a"])
    user = make_user()
    for kind, limit in (("dcim.region", {}), ("dcim.site", {"name": seen.name})):
        made = make(
            ObjectPermission, object_types=[kind], actions=["view"], constraints=limit or None
        )
        made.users.add(user)
    client.force_login(user)
    assert counts(client, "/dcim/regions/", "site_count")["a"] == 1


@pytest.mark.parametrize("resource", [one for one in RESOURCES if one.counts], ids=lambda r: r.kind)
def test_every_count_of_the_catalogue_can_be_a_column(
    admin_client: Client, resource: Resource
) -> None:
    make(resource.model)
    answer = admin_client.get(list_of(resource), {"columns": list(resource.counts)})
    assert list(answer.context["table"].columns.names()) == list(resource.counts)


def test_what_two_ways_lead_to_is_added_up(admin_client: Client) -> None:
    site = make(Site, name="PDR")
    make(Prefix, prefix="10.0.0.0/8", site=site)
    make(Prefix, prefix="11.0.0.0/8", location=make(Location, site=site))
    assert counts(admin_client, "/dcim/sites/", "prefix_count") == {"PDR": 2}


def test_a_count_leads_to_the_list_of_what_it_counts(admin_client: Client) -> None:
    role = make(DeviceRole)
    make(Device, role=role)
    page = admin_client.get("/dcim/device-roles/").content.decode()
    assert f'<a href="/dcim/devices/?role_id={role.pk}">1</a>' in page


GIVEN: list[tuple[str, Any, str, str]] = [
    ("text", "Rak besi", "besi", "Rak besi"),
    ("integer", 7, "7", "7"),
    ("decimal", 1.5, "1.5", "1,5"),
    ("boolean", True, "True", "Ya"),
    ("date", "2026-11-24", "2026-11-24", "24 November 2026"),
    ("url", "https://paser.go.id", "paser", "https://paser.go.id"),
    ("select", "a", "a", "Golongan A"),
    ("multiselect", ["a", "b"], "b", "Golongan A, Golongan B"),
]


def custom(kind: str, **values: Any) -> CustomField:
    if "select" in kind:
        pairs = [["a", "Golongan A"], ["b", "Golongan B"]]
        values["choice_set"] = make(CustomFieldChoiceSet, extra_choices=pairs)
    given = {"name": "isi", "label": "Isian", "object_types": ["dcim.site"]} | values
    return make(CustomField, type=kind, **given)


@pytest.mark.parametrize(("kind", "value", "sought", "shown"), GIVEN)
def test_a_custom_field_of_every_type_is_a_column_and_a_filter(
    admin_client: Client, kind: str, value: Any, sought: str, shown: str
) -> None:
    custom(kind)
    make(Site, name="PDR", custom_field_data={"isi": value}), make(Site, name="DRC")
    asked = {"columns": ["name", "cf_isi"], "cf_isi": sought}
    answer = admin_client.get("/dcim/sites/", asked)
    assert [str(row.record) for row in answer.context["table"].paginated_rows] == ["PDR"]
    assert f">{shown}</" in answer.content.decode()


def test_objects_in_a_column_are_named_with_one_query(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    custom("object", related_object_type="dcim.region")
    for number in range(20):
        make(Site, custom_field_data={"isi": make(Region, name=f"wilayah {number}").pk})
    with django_assert_max_num_queries(14):
        page = admin_client.get("/dcim/sites/", {"columns": ["name", "cf_isi"]}).content.decode()
    assert ">wilayah 19</a></td>" in page


@pytest.mark.parametrize("values", [{"ui_visible": "hidden"}, {"object_types": ["dcim.rack"]}])
def test_what_is_hidden_or_of_other_kinds_is_no_column(
    admin_client: Client, values: dict[str, Any]
) -> None:
    custom("text", **values)
    offered = admin_client.get("/dcim/sites/", {"columns": "cf_isi"}).context["columns"]
    assert "cf_isi" not in [name for name, _label, _is_chosen in offered]


def test_a_field_without_filters_is_not_filtered_by(admin_client: Client) -> None:
    custom("text", filter_logic="disabled")
    make(Site, name="PDR")
    assert names(admin_client, "/dcim/sites/", cf_isi="x") == ["PDR"]


def test_a_file_has_the_custom_fields_last_and_runs_nothing(admin_client: Client) -> None:
    custom("text")
    make(Site, custom_field_data={"isi": "=1+1"})
    answer = admin_client.get("/dcim/sites/?export=csv")
    heading, line = csv.reader(answer.getvalue().decode().splitlines())
    assert (heading[-1], line[-1]) == ("cf_isi", "'=1+1")
