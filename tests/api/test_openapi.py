"""The committed OpenAPI is the present one, and real answers keep to it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from jsonschema import Draft4Validator
from rest_framework.test import APIClient

from api.derive import component_of
from dcim.catalog import component_templates
from dcim.catalog.resource import Resource
from tests.api.examples import WRITABLE, filled_body

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"

# A machine stands in a cluster or at a site, a component's template belongs to a type.
NEEDED_TOO = {
    "planner.backupcopy": ["site"],  # or a provider
    "planner.commitment": ("name", "storage_gib"),  # or a machine, and another class
    "planner.requestline": ["vcpus"],  # or another amount
    "virtualization.virtualmachine": ("cluster",),
    **{one.kind: ("device_type",) for one in component_templates.RESOURCES},
}


def generate(tmp_path: Path) -> str:
    made = tmp_path / "openapi.json"
    call_command(
        "spectacular", format="openapi-json", file=str(made), fail_on_warn=True, validate=True
    )
    return made.read_text()


def test_the_committed_document_is_the_present_one(tmp_path: Path) -> None:
    again = "Run: manage.py spectacular --format openapi-json --file docs/openapi.json"
    assert generate(tmp_path) == COMMITTED.read_text(), again


def test_it_is_small_and_english() -> None:
    text = COMMITTED.read_text()
    assert len(text) < 3_000_000
    assert "Kosong" not in text
    assert "Empty: as the device type." in text


@cache
def document() -> Any:
    """The OpenAPI with null spelled as JSON Schema spells it."""
    return with_nulls(json.loads(COMMITTED.read_text()))


def with_nulls(shape: Any) -> Any:
    if isinstance(shape, list):
        return [with_nulls(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    plain = {name: with_nulls(one) for name, one in shape.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if shape.get("nullable") is True else plain


def reasons_against(component: str, instance: Any) -> list[str]:
    """Why `instance` breaks the component; undocumented keys count too."""
    root = {"$ref": f"#/components/schemas/{component}", "components": document()["components"]}
    undocumented = set(instance) - set(document()["components"]["schemas"][component]["properties"])
    wrong = [error.message for error in Draft4Validator(root).iter_errors(instance)]
    return wrong + sorted(undocumented)


@pytest.mark.once
@pytest.mark.no_cover
@pytest.mark.django_db
@pytest.mark.parametrize("resource", WRITABLE, ids=lambda one: one.kind)
def test_answers_and_bodies_keep_to_the_document(api: APIClient, resource: Resource) -> None:
    name, body = component_of(resource), filled_body(resource)
    assert reasons_against(f"{name}Request", body) == []
    made = api.post(f"/api/{resource.path}/", body, format="json").json()
    page = api.get(f"/api/{resource.path}/").json()
    assert reasons_against(name, made) == []
    assert reasons_against(f"Paginated{name}List", page) == []


@pytest.mark.once
@pytest.mark.no_cover
@pytest.mark.django_db
@pytest.mark.parametrize("resource", WRITABLE, ids=lambda one: one.kind)
def test_answers_with_nothing_filled_keep_to_it_too(api: APIClient, resource: Resource) -> None:
    required = document()["components"]["schemas"][f"{component_of(resource)}Request"]["required"]
    needed = {*required, *NEEDED_TOO.get(resource.kind, ())}
    body = {name: one for name, one in filled_body(resource).items() if name in needed}
    answer = api.post(f"/api/{resource.path}/", body, format="json")
    assert answer.status_code == 201, answer.json()
    assert reasons_against(component_of(resource), answer.json()) == []


@pytest.mark.django_db
def test_it_is_given_out_as_it_is_committed_and_once_only(api: APIClient) -> None:
    answer = api.get("/api/schema/")
    assert answer.json() == json.loads(COMMITTED.read_text())
    again = api.get("/api/schema/", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("allocation-requests/bundle/", {"requests": [999999999], "provider": 1, "subject": "A"}),
        ("allocation-requests/bundle/", {"requests": [1], "provider": 999999999, "subject": "A"}),
        ("provisioning-runs/", {"plan": 999999999}),
    ],
)
def test_the_answer_to_a_body_that_names_what_is_not_there_is_stated(
    api: APIClient, path: str, body: dict[str, Any]
) -> None:
    path = f"/api/plugins/planner/{path}"
    answer = api.post(path, body, format="json")
    assert answer.status_code in (400, 404), answer.content
    assert str(answer.status_code) in document()["paths"][path]["post"]["responses"]
