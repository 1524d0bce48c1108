"""Custom fields on the wire: what is merged, judged, filled in and let go."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.actions import record
from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.log.changes import ObjectChange
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db
SITES = "/api/dcim/sites/"


def field(name: str, kind: str = "text", **values: Any) -> CustomField:
    if "select" in kind:
        values["choice_set"] = make(CustomFieldChoiceSet)
    return make(CustomField, name=name, type=kind, **values)


def write(api: APIClient, site: Site, **values: Any) -> Any:
    return api.patch(f"{SITES}{site.pk}/", {"custom_fields": values}, format="json")


def test_a_write_merges_the_named_fields(api: APIClient) -> None:
    field("color"), field("floors", "integer"), field("note")
    site = make(Site)
    write(api, site, color="red", floors=2)
    answer = write(api, site, color=None, note="x").json()
    assert answer["custom_fields"] == {"color": None, "floors": 2, "note": "x"}


def test_an_unknown_field_is_named(api: APIClient) -> None:
    field("elsewhere", object_types=["dcim.rack"])
    for name in ("nowhere", "elsewhere"):
        answer = write(api, make(Site), **{name: 1})
        assert (answer.status_code, name in str(answer.json()["custom_fields"])) == (400, True)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("text", "", ""),
        ("longtext", "a\nb", "a\nb"),
        ("integer", -3, -3),
        ("decimal", 2.5, 2.5),
        ("boolean", False, False),
        ("date", "2026-02-28", "2026-02-28"),
        ("datetime", "2026-02-28T10:00:00+07:00", "2026-02-28T03:00:00Z"),
        ("url", "https://a.example/", "https://a.example/"),
        ("json", {"a": [1]}, {"a": [1]}),
        ("select", "a", "a"),
        ("multiselect", ["b", "a"], ["b", "a"]),
        ("integer", "", None),
        ("multiselect", [], None),
    ],
)
def test_values_come_back(api: APIClient, kind: str, value: Any, shown: Any) -> None:
    field("it", kind)
    answer = write(api, make(Site), it=value)
    assert (answer.status_code, answer.json()["custom_fields"]) == (200, {"it": shown})


@pytest.mark.parametrize(
    ("kind", "value", "rules"),
    [
        ("text", 1, {}),
        ("text", "b", {"validation_regex": "^a"}),
        ("integer", 1.5, {}),
        ("integer", True, {}),
        ("integer", 2**63, {}),
        ("integer", 4, {"validation_minimum": 5}),
        ("decimal", 5.5, {"validation_maximum": 5}),
        ("boolean", "yes", {}),
        ("date", "2026-02-30", {}),
        ("datetime", "noon", {}),
        ("url", "nowhere", {}),
        ("select", "c", {}),
        ("multiselect", "a", {}),
        ("text", None, {"required": True}),
    ],
)
def test_what_the_field_can_not_be_is_refused(
    api: APIClient, kind: str, value: Any, rules: dict[str, Any]
) -> None:
    field("it", kind, **rules)
    answer = write(
        api, make(Site, custom_field_data={"it": "a"} if rules.get("required") else {}), it=value
    )
    assert answer.status_code == 400
    assert answer.json()["custom_fields"][0].startswith("it: ")


def test_objects_go_in_by_id_or_brief_and_come_out_as_briefs(api: APIClient) -> None:
    field("owner", "object", related_object_type="tenancy.tenant")
    field("users", "multiobject", related_object_type="tenancy.tenant")
    tenant, other = make(Tenant), make(Tenant)
    given = {"owner": {"slug": tenant.slug}, "users": [tenant.pk, {"id": other.pk}]}
    shown = write(api, make(Site), **given).json()["custom_fields"]
    assert shown["owner"]["slug"] == tenant.slug
    assert [one["id"] for one in shown["users"]] == [tenant.pk, other.pk]
    assert write(api, make(Site), owner=other.pk + 99).status_code == 400


def test_values_that_named_a_deleted_object_are_unset_and_logged(api: APIClient) -> None:
    field("owner", "object", related_object_type="tenancy.tenant")
    field("users", "multiobject", related_object_type="tenancy.tenant")
    gone, left, site = make(Tenant), make(Tenant), make(Site)
    write(api, site, owner=gone.pk, users=[gone.pk, left.pk])
    record.delete(gone, by=TESTER)
    shown = api.get(f"{SITES}{site.pk}/").json()["custom_fields"]
    assert (shown["owner"], [one["id"] for one in shown["users"]]) == (None, [left.pk])
    entry = ObjectChange.objects.filter(changed_object_type="dcim.site").first()
    assert entry is not None
    assert (entry.postchange_data or {})["custom_field_data"] == {"users": [left.pk]}


@pytest.mark.parametrize("many", [False, True])
def test_new_objects_have_defaults_and_what_is_required(api: APIClient, many: bool) -> None:
    field("floors", "integer", default=1), field("code", required=True)
    body = {"name": "A", "slug": "a", "custom_fields": {"code": "x"}}
    made = api.post(SITES, [body] if many else body, format="json").json()
    assert (made[0] if many else made)["custom_fields"] == {"code": "x", "floors": 1}
    without = {"name": "B", "slug": "b"}
    assert api.post(SITES, [without] if many else without, format="json").status_code == 400


def test_a_unique_value_is_had_once(api: APIClient) -> None:
    field("code", unique=True)
    first, second = make(Site), make(Site)
    assert write(api, first, code="x").status_code == 200
    assert write(api, first, code="x").status_code == 200
    assert write(api, second, code="x").status_code == 400


@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_unique_value_is_had_once_in_a_set_too(api: APIClient, method: str) -> None:
    field("code", unique=True)
    sites = [make(Site) for _ in range(2)]
    same: dict[str, Any] = {"custom_fields": {"code": "A"}}
    new: list[dict[str, Any]] = [{"name": name, "slug": name, **same} for name in ("x", "y")]
    rows = new if method == "post" else [{"id": one.pk, **same} for one in sites]
    assert getattr(api, method)(SITES, rows, format="json").status_code == 400
    assert not Site.objects.exclude(custom_field_data={}).exists()
    different = [row | {"custom_fields": {"code": str(at)}} for at, row in enumerate(rows)]
    assert getattr(api, method)(SITES, different, format="json").status_code < 300


def test_the_values_of_a_removed_field_are_gone(api: APIClient) -> None:
    site = make(Site, custom_field_data={})
    made = field("note")
    write(api, site, note="x")
    record.delete(made, by=TESTER)
    site.refresh_from_db()
    assert site.custom_field_data == {}
    entry = ObjectChange.objects.filter(changed_object_type="dcim.site").first()
    assert entry is not None
    assert (entry.prechange_data or {})["custom_field_data"] == {"note": "x"}
    assert (entry.postchange_data or {})["custom_field_data"] == {}


def test_the_log_holds_the_values(api: APIClient) -> None:
    field("note")
    write(api, make(Site), note="x")
    entry = ObjectChange.objects.first()
    assert entry is not None
    assert (entry.postchange_data or {})["custom_field_data"] == {"note": "x"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": "other"}, "name"),
        ({"type": "integer"}, "type"),
        ({"object_types": ["dcim.nothing"]}, "object_types"),
        ({"object_types": ["extras.tag"]}, "object_types"),
        ({"related_object_type": "dcim.site"}, "related_object_type"),
        ({"validation_regex": "("}, "validation_regex"),
        ({"default": 1}, "default"),
    ],
)
def test_a_definition_that_can_not_be_is_refused(
    api: APIClient, change: dict[str, Any], named: str
) -> None:
    path = f"/api/extras/custom-fields/{field('note').pk}/"
    answer = api.patch(path, change, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [named])


def test_custom_fields_are_found_by_a_kind_that_has_them(api: APIClient) -> None:
    field("on_racks", object_types=["dcim.rack", "dcim.device"]), field("on_sites")
    found = api.get("/api/extras/custom-fields/", {"object_type": "dcim.device"}).json()
    assert [one["name"] for one in found["results"]] == ["on_racks"]
