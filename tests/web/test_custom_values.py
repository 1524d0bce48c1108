"""Custom fields on pages: shown with an object, and offered in its form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.places.sites import Site
from dcim.vocabulary.choices_extras import CustomFieldType
from dcim.web.values.addresses import page_of
from tests.factories import make

pytestmark = pytest.mark.django_db
SITE = {"name": "PDR", "slug": "pdr", "status": "active"}
GIVEN: dict[str, tuple[str, Any]] = {
    CustomFieldType.TEXT: ("Rak besi", "Rak besi"),
    CustomFieldType.LONG_TEXT: ("Baris", "Baris"),
    CustomFieldType.INTEGER: ("7", 7),
    CustomFieldType.DECIMAL: ("1.5", 1.5),
    CustomFieldType.BOOLEAN: ("False", False),
    CustomFieldType.DATE: ("2026-11-24", "2026-11-24"),
    CustomFieldType.DATETIME: ("2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z"),
    CustomFieldType.URL: ("https://paser.go.id", "https://paser.go.id"),
    CustomFieldType.JSON: ('{"a": 1}', {"a": 1}),
}


def field(kind: str, **values: Any) -> CustomField:
    return make(CustomField, name="isi", type=kind, object_types=["dcim.site"], **values)


@pytest.mark.parametrize("kind", GIVEN)
def test_a_form_takes_values_of_every_type_and_the_page_shows_them(
    admin_client: Client, kind: str
) -> None:
    field(kind, label="Isian")
    text, value = GIVEN[kind]
    admin_client.post("/dcim/sites/add/", {**SITE, "cf_isi": text})
    site = Site.objects.get()
    assert site.custom_field_data == {"isi": value}
    assert ">Isian<" in admin_client.get(page_of(site)).content.decode()
    assert admin_client.get(f"{page_of(site)}edit/").status_code == 200


def test_a_choice_is_shown_by_its_label(admin_client: Client) -> None:
    choices = make(CustomFieldChoiceSet, extra_choices=[["a", "Golongan A"], ["b", "Golongan B"]])
    field(CustomFieldType.SELECT, choice_set=choices)
    admin_client.post("/dcim/sites/add/", {**SITE, "cf_isi": "a"})
    site = Site.objects.get()
    assert site.custom_field_data == {"isi": "a"}
    assert "Golongan A" in admin_client.get(page_of(site)).content.decode()


def test_an_object_is_chosen_and_leads_to_its_page(admin_client: Client) -> None:
    field(CustomFieldType.OBJECT, related_object_type="dcim.site")
    other = make(Site, name="DRC")
    admin_client.post("/dcim/sites/add/", {**SITE, "cf_isi": other.pk})
    site = Site.objects.get(name="PDR")
    assert site.custom_field_data == {"isi": other.pk}
    assert f'href="{page_of(other)}">DRC</a>' in admin_client.get(page_of(site)).content.decode()


def test_emptying_a_field_unsets_it_and_others_stay(admin_client: Client) -> None:
    field(CustomFieldType.TEXT)
    make(CustomField, name="lain", type="text", object_types=["dcim.site"], ui_editable="hidden")
    site = make(Site, **SITE, custom_field_data={"isi": "x", "lain": "y"})
    seen = admin_client.get(f"{page_of(site)}edit/").context["form"]["seen_change"].value()
    admin_client.post(f"{page_of(site)}edit/", {**SITE, "cf_isi": "", "seen_change": seen})
    site.refresh_from_db()
    assert site.custom_field_data == {"lain": "y"}
