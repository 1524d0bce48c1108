"""What holds for every resource: one test each walks the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from api.derive import actions_of
from api.reading.briefs import extras_of
from dcim.catalog import RESOURCES
from dcim.catalog.resource import Resource
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import ApiToken, User
from dcim.record.planner.jobs import Job
from tests.api.examples import WRITABLE, as_written, filled_body

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.kind)
every_writable = pytest.mark.parametrize("resource", WRITABLE, ids=lambda one: one.kind)


def list_of(resource: Resource) -> str:
    return f"/api/{resource.path}/"


def post(api: APIClient, resource: Resource, body: Any) -> Any:
    answer = api.post(list_of(resource), body, format="json")
    assert answer.status_code == 201, answer.json()
    return answer.json()


def queries_of(api: APIClient, resource: Resource, parameters: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as queries:
        api.get(list_of(resource), parameters)
    return len(queries)


@every_resource
def test_lists(api: APIClient, resource: Resource) -> None:
    page = api.get(list_of(resource)).json()
    assert list(page) == ["count", "next", "previous", "results"]


@every_writable
def test_every_written_field_comes_back(api: APIClient, resource: Resource) -> None:
    body = filled_body(resource)
    made = post(api, resource, body)
    assert {name: as_written(made[name]) for name in body} == body


@every_writable
def test_is_read_at_its_own_address_as_it_was_made(api: APIClient, resource: Resource) -> None:
    made = post(api, resource, filled_body(resource))
    assert made["url"] == f"http://testserver{list_of(resource)}{made['id']}/"
    assert api.get(made["url"]).json() == made
    assert api.get(list_of(resource), {"id": made["id"]}).json()["results"] == [made]


@every_writable
def test_written_again_as_it_is_changes_nothing(api: APIClient, resource: Resource) -> None:
    body = filled_body(resource)
    made = post(api, resource, body)
    serial = ObjectChange.objects.count()
    assert api.put(made["url"], body, format="json").status_code == 200
    assert ObjectChange.objects.count() == serial


@every_writable
def test_what_was_read_is_taken_back_as_it_is(api: APIClient, resource: Resource) -> None:
    made = post(api, resource, filled_body(resource))
    answer = api.put(made["url"], api.get(made["url"]).json(), format="json")
    assert answer.status_code == 200, answer.json()


@every_writable
def test_a_change_of_one_field_leaves_the_others(api: APIClient, resource: Resource) -> None:
    made = post(api, resource, filled_body(resource))
    change = {"comments" if "comments" in made else "description": "baru"}  # in no brief
    answer = api.patch(made["url"], change, format="json")
    assert answer.status_code == 200, answer.json()
    assert answer.json() | {"last_updated": made["last_updated"]} == made | change


@every_writable
def test_is_gone_once_deleted(api: APIClient, resource: Resource) -> None:
    made = post(api, resource, filled_body(resource))
    answer = api.delete(made["url"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(made["url"]).status_code == 404


@every_writable
def test_a_list_of_bodies_is_made_whole(api: APIClient, resource: Resource) -> None:
    bodies = [filled_body(resource), filled_body(resource)]
    made = post(api, resource, bodies)
    assert [{name: as_written(one[name]) for name in bodies[0]} for one in made] == bodies


@pytest.mark.once
@every_writable
def test_lists_in_a_constant_number_of_queries(api: APIClient, resource: Resource) -> None:
    ways: list[dict[str, str]] = [{}, {"brief": "1"}, {"fields": "display,primary_ip"}]
    post(api, resource, filled_body(resource))
    for_one = [queries_of(api, resource, way) for way in ways]
    for _ in range(4):
        post(api, resource, filled_body(resource))
    assert [queries_of(api, resource, way) for way in ways] == for_one


@every_writable
def test_brief_shows_what_a_nested_object_shows(api: APIClient, resource: Resource) -> None:
    post(api, resource, filled_body(resource))
    (row,) = api.get(list_of(resource), {"brief": "1", "limit": "1"}).json()["results"]
    brief = {resource.wire_name(name) for name in resource.brief} | {*extras_of(resource.model)}
    assert set(row) == {"id", "url", "display_url", "display"} | brief


@pytest.mark.once
@every_resource
def test_nothing_is_shown_without_a_token(resource: Resource) -> None:
    answer = APIClient().get(list_of(resource))
    assert (answer.status_code, list(answer.json())) == (403, ["detail"])


@pytest.mark.once
@pytest.mark.parametrize(
    # One's own account, tokens and jobs are everyone's to see.
    "resource",
    [one for one in RESOURCES if one.model not in {User, ApiToken, Job}],
    ids=lambda one: one.kind,
)
def test_nothing_is_shown_without_the_right(stranger: APIClient, resource: Resource) -> None:
    assert stranger.get(list_of(resource)).status_code == 403


@pytest.mark.once
@every_writable
def test_nothing_is_written_without_the_right(stranger: APIClient, resource: Resource) -> None:
    assert stranger.post(list_of(resource), {}, format="json").status_code == 403


@pytest.mark.parametrize(
    "resource",
    [one for one in RESOURCES if "destroy" not in actions_of(one)],
    ids=lambda one: one.kind,
)
def test_what_deeds_write_is_not_written_by_hand(api: APIClient, resource: Resource) -> None:
    assert api.delete(f"{list_of(resource)}1/").status_code == 405
