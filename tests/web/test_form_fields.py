"""Forms for what is kept as JSON: lists as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from dcim.record.equipment.devices import Device
from dcim.record.networks.services import Service
from dcim.record.networks.vlans import VLANGroup
from dcim.record.people.account import ObjectPermission
from dcim.web.forms.fields import JsonFormField, RangesField
from dcim.web.values.addresses import page_of
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "ranges"), [("1-99, 200-299", [[1, 99], [200, 299]]), ("7", [[7, 7]]), ("", [])]
)
def test_ranges_are_written_as_people_do(text: str, ranges: list[Any]) -> None:
    field = RangesField(required=False)
    assert field.clean(text) == ranges
    assert field.prepare_value(ranges) == text


@pytest.mark.parametrize("text", ["a", "9-", "[[1, 99]]"])
def test_what_is_no_range_is_named(text: str) -> None:
    with pytest.raises(ValidationError, match=r"angka|nomor|rentang|neither"):
        RangesField().clean(text)


def test_nothing_set_is_an_empty_box_and_broken_json_is_located() -> None:
    field = JsonFormField(required=False)
    assert field.prepare_value(None) == ""
    with pytest.raises(ValidationError, match="2"):
        field.clean('{"a": 1,\n b}')


def test_a_group_is_edited_by_its_ranges(admin_client: Client) -> None:
    group = make(VLANGroup, name="G", vid_ranges=[[1, 99]])
    form = {"name": "G", "slug": group.slug, "vid_ranges": "1-99, 200-299"}
    stale = admin_client.post(f"{page_of(group)}edit/", form).context["form"]
    assert stale["vid_ranges"].value() == "1-99, 200-299"
    form["seen_change"] = stale["seen_change"].value()
    assert admin_client.post(f"{page_of(group)}edit/", form).status_code == 302
    assert VLANGroup.objects.get().vid_ranges == [[1, 99], [200, 299]]


def test_a_service_is_added_with_its_ports(admin_client: Client) -> None:
    device = make(Device)
    form = {"name": "web", "protocol": "tcp", "ports": "80, 443", "device": device.pk}
    assert admin_client.post("/ipam/services/add/", form).status_code == 302
    assert "80, 443" in admin_client.get(page_of(Service.objects.get())).content.decode()


def test_a_permission_is_made_by_ticking(admin_client: Client) -> None:
    form = {"name": "P", "enabled": "on", "object_types": ["dcim.site"], "actions": ["view"]}
    assert admin_client.post("/users/permissions/add/", form).status_code == 302
    made = ObjectPermission.objects.get()
    assert (made.object_types, made.actions) == (["dcim.site"], ["view"])
