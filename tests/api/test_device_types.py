"""Device types and their templates as the importers of type libraries write and read them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from dcim.record.equipment.component_templates import InterfaceTemplate
from dcim.record.equipment.modules import ModuleType
from dcim.record.places.hardware import DeviceType
from tests.factories import make

pytestmark = pytest.mark.django_db

TEMPLATES = "/api/dcim/interface-templates/"


@pytest.mark.parametrize("name", ["device_type_id", "devicetype_id"])
def test_templates_are_found_by_their_device_type(api: APIClient, name: str) -> None:
    mine, _other = make(InterfaceTemplate), make(InterfaceTemplate)
    found = api.get(TEMPLATES, {name: mine.device_type_id or 0}).json()["results"]
    assert [one["id"] for one in found] == [mine.pk]


@pytest.mark.parametrize("name", ["module_type_id", "moduletype_id"])
def test_templates_are_found_by_their_module_type(api: APIClient, name: str) -> None:
    kind = make(ModuleType)
    mine = make(InterfaceTemplate, device_type=None, module_type=kind)
    make(InterfaceTemplate)
    found = api.get(TEMPLATES, {name: kind.pk}).json()["results"]
    assert [one["id"] for one in found] == [mine.pk]


def test_a_library_makes_all_templates_of_a_type_at_once(api: APIClient) -> None:
    kind = make(DeviceType)
    rows = [{"device_type": kind.pk, "name": f"eth{n}", "type": "1000base-t"} for n in range(3)]
    assert api.post(TEMPLATES, rows, format="json").status_code == 201
    assert api.get(f"/api/dcim/device-types/{kind.pk}/").json()["interface_template_count"] == 3


def test_a_type_has_no_pictures_and_says_so(api: APIClient) -> None:
    url = f"/api/dcim/device-types/{make(DeviceType).pk}/"
    picture = SimpleUploadedFile("depan.png", b"\x89PNG", content_type="image/png")
    answer = api.patch(url, {"front_image": picture}, format="multipart")
    assert (answer.status_code, "pictures" in answer.json()["detail"]) == (415, True)
    shown = api.patch(url, {"front_image": "depan.png"}, format="json")
    assert (shown.status_code, shown.json()["front_image"]) == (200, None)
