"""The forms in which NetBox's clients read and write values."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device, Interface
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.people.organisation import Tag
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from tests.factories import make

pytestmark = pytest.mark.django_db


def test_choices_go_out_as_pairs_in_english(api: APIClient) -> None:
    site = make(Site, status="planned")
    answer = api.get(f"/api/dcim/sites/{site.pk}/", headers={"Accept-Language": "id"})
    assert answer.json()["status"] == {"value": "planned", "label": "Planned"}


@pytest.mark.parametrize("unset", ["", None])
def test_an_unset_choice_goes_out_as_null(api: APIClient, unset: str | None) -> None:
    device = make(Device, airflow="passive")
    answer = api.patch(f"/api/dcim/devices/{device.pk}/", {"airflow": unset}, format="json")
    assert answer.json()["airflow"] is None


def test_nested_objects_are_briefs_of_briefs(api: APIClient) -> None:
    device = make(Device)
    kind = api.get(f"/api/dcim/devices/{device.pk}/").json()["device_type"]
    assert list(kind) == [
        "id", "url", "display_url", "display", "manufacturer", "model", "slug", "description",
    ]  # fmt: skip
    assert kind["manufacturer"]["slug"] == device.device_type.manufacturer.slug


def test_decimals_are_numbers_and_whole_numbers_stay_whole(api: APIClient) -> None:
    kind, rack = make(DeviceType, u_height="1.5"), make(Rack)
    assert b'"u_height":1.5,' in api.get(f"/api/dcim/device-types/{kind.pk}/").content
    assert b'"u_height":42,' in api.get(f"/api/dcim/racks/{rack.pk}/").content


def test_text_is_trimmed(api: APIClient) -> None:
    site = make(Site, comments="old")
    body = {"comments": " ", "facility": " A "}
    answer = api.patch(f"/api/dcim/sites/{site.pk}/", body, format="json").json()
    assert (answer["comments"], answer["facility"]) == ("", "A")


def test_empty_text_means_none_where_the_record_tells_them_apart(api: APIClient) -> None:
    rack = make(Rack, asset_tag="1")
    answer = api.patch(f"/api/dcim/racks/{rack.pk}/", {"asset_tag": ""}, format="json")
    assert answer.json()["asset_tag"] is None


def test_unknown_and_read_only_fields_are_ignored(api: APIClient) -> None:
    body = {"name": "A", "slug": "a", "created": None, "id": 999_999_999, "url": "x", "asn": 1}
    answer = api.post("/api/dcim/sites/", body, format="json")
    assert answer.status_code == 201
    assert answer.json()["id"] != 999_999_999


def test_tags_are_written_by_id_or_attributes_and_cleared_by_an_empty_list(api: APIClient) -> None:
    old, hot, site = make(Tag), make(Tag, name="Hot", slug="hot"), make(Site)
    path = f"/api/dcim/sites/{site.pk}/"
    by_brief = api.get("/api/extras/tags/", {"id": old.pk, "brief": 1}).json()["results"][0]
    answer = api.patch(path, {"tags": [by_brief, {"slug": "hot"}]}, format="json").json()
    assert {tag["id"] for tag in answer["tags"]} == {old.pk, hot.pk}
    assert api.patch(path, {"tags": [hot.pk]}, format="json").json()["tags"][0]["slug"] == "hot"
    assert api.patch(path, {"tags": []}, format="json").json()["tags"] == []


def test_custom_fields_are_there_but_none_is_known(api: APIClient) -> None:
    path = f"/api/dcim/sites/{make(Site).pk}/"
    assert api.patch(path, {"custom_fields": {}}, format="json").json()["custom_fields"] == {}
    answer = api.patch(path, {"custom_fields": {"kode": 1}}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["custom_fields"])


def test_an_exclusive_reference_goes_by_type_and_id(api: APIClient) -> None:
    address, port = make(IPAddress), make(VMInterface)
    path = f"/api/ipam/ip-addresses/{address.pk}/"
    both = {"assigned_object_type": "virtualization.vminterface", "assigned_object_id": port.pk}
    answer = api.patch(path, both | {"assigned_object": {"id": 1}}, format="json").json()
    assert answer["assigned_object"]["virtual_machine"]["id"] == port.virtual_machine_id
    none = dict.fromkeys(both)
    assert api.patch(path, none, format="json").json()["assigned_object"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"assigned_object_id": 1}, "assigned_object_type"),
        ({"assigned_object_type": "dcim.interface"}, "assigned_object_id"),
        ({"assigned_object_type": "dcim.rack", "assigned_object_id": 1}, "assigned_object_type"),
        ({"assigned_object_type": "dcim.interface", "assigned_object_id": 9}, "assigned_object_id"),
    ],
)
def test_half_an_exclusive_reference_is_refused(
    api: APIClient, body: dict[str, object], field: str
) -> None:
    answer = api.patch(f"/api/ipam/ip-addresses/{make(IPAddress).pk}/", body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_the_family_of_an_address_is_a_pair(api: APIClient) -> None:
    address = make(IPAddress, address="2001:db8::1/64")
    answer = api.get(f"/api/ipam/ip-addresses/{address.pk}/").json()
    assert answer["family"] == {"value": 6, "label": "IPv6"}


@pytest.mark.parametrize("unit", ["kg", "g", "lb", "oz"])
def test_a_weight_comes_back_in_the_unit_it_was_given_in(api: APIClient, unit: str) -> None:
    path = f"/api/dcim/racks/{make(Rack).pk}/"
    body = {"weight": 12.25, "max_weight": 900, "weight_unit": unit}
    shown = api.patch(path, body, format="json").json()
    assert (shown["weight"], shown["max_weight"], shown["weight_unit"]["value"]) == (
        12.25,
        900,
        unit,
    )


@pytest.mark.parametrize("amount", ["weight", "outer_width"])
def test_an_amount_without_its_unit_is_refused(api: APIClient, amount: str) -> None:
    answer = api.patch(f"/api/dcim/racks/{make(Rack).pk}/", {amount: 9}, format="json")
    assert (answer.status_code, len(answer.json())) == (400, 1)


def test_the_width_of_a_rack_is_a_pair_of_a_number(api: APIClient) -> None:
    path = f"/api/dcim/racks/{make(Rack).pk}/"
    assert api.get(path).json()["width"] == {"value": 19, "label": "19 inches"}
    shown = api.patch(path, {"width": 23}, format="json").json()
    assert shown["width"]["value"] == 23


def test_the_primary_address_is_the_newer_family(api: APIClient) -> None:
    port = make(Interface)
    four, six = (
        make(IPAddress, address=one, interface=port) for one in ("10.0.0.2/24", "fd00::2/64")
    )
    path = f"/api/dcim/devices/{port.device_id}/"
    api.patch(path, {"primary_ip4": four.pk, "primary_ip6": six.pk}, format="json")
    assert api.get(path).json()["primary_ip"]["id"] == six.pk
    answer = api.patch(path, {"primary_ip6": None}, format="json").json()
    assert answer["primary_ip"]["id"] == four.pk


def test_the_message_reaches_the_change_log(api: APIClient) -> None:
    body = {"name": "A", "slug": "a", "changelog_message": "new room"}
    site = api.post("/api/dcim/sites/", body, format="json").json()
    api.delete(site["url"], {"changelog_message": "closed"}, format="json")
    entries = ObjectChange.objects.order_by("id").values_list("message", "user_name", "action")
    assert list(entries)[-2:] == [("new room", "sri", "create"), ("closed", "sri", "delete")]


def test_fields_are_chosen_or_left_out(api: APIClient) -> None:
    path = f"/api/dcim/sites/{make(Site).pk}/"
    assert list(api.get(path, {"fields": "id,name,nothing"}).json()) == ["id", "name"]
    assert "comments" not in api.get(path, {"omit": "comments"}).json()


def test_every_answer_names_the_api_version(api: APIClient) -> None:
    for path in ("/api/", "/api/nothing/", "/api/dcim/sites/", "/api/status"):
        assert api.get(path).headers["API-Version"] == "4.6"
    assert "API-Version" not in Client().get("/sign-in/").headers
