"""Entity tags: who writes over what they have not seen is told so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import Model
from rest_framework.test import APIClient

from dcim.actions import record
from dcim.catalog import BY_MODEL
from dcim.record.equipment.power import PowerOutlet, PowerPort
from dcim.record.extras.custom_fields import CustomField
from dcim.record.people.organisation import Tag
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import Stale
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def path() -> str:
    return f"/api/dcim/sites/{make(Site, name='Lama').pk}/"


def test_an_object_comes_with_a_weak_tag_that_changes_with_it(api: APIClient, path: str) -> None:
    first = api.get(path).headers["ETag"]
    written = api.patch(path, {"facility": "B"}, format="json").headers["ETag"]
    assert first.startswith('W/"')
    assert first != written == api.get(path).headers["ETag"]


def test_a_new_object_has_the_tag_that_it_is_read_with(api: APIClient) -> None:
    made = api.post("/api/dcim/sites/", {"name": "A", "slug": "a"}, format="json")
    assert made.headers["ETag"] == api.get(made.json()["url"]).headers["ETag"]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_stale_write_is_refused_and_changes_nothing(
    api: APIClient, path: str, method: str
) -> None:
    seen = api.get(path).headers["ETag"]
    api.patch(path, {"facility": "B"}, format="json")
    answer = getattr(api, method)(path, {"name": "Baru"}, format="json", headers={"If-Match": seen})
    assert (answer.status_code, answer.json()["code"]) == (412, "record.stale")
    assert Site.objects.get().name == "Lama"


@pytest.mark.parametrize("form", ["{tag}", '"other", {tag}', "*"])
def test_a_write_over_what_was_seen_is_taken(api: APIClient, path: str, form: str) -> None:
    match = form.format(tag=api.get(path).headers["ETag"])
    answer = api.patch(path, {"name": "Baru"}, format="json", headers={"If-Match": match})
    assert (answer.status_code, answer.json()["name"]) == (200, "Baru")


def test_what_is_no_tag_is_refused(api: APIClient, path: str) -> None:
    answer = api.patch(path, {"name": "Baru"}, format="json", headers={"If-Match": "abc"})
    assert (answer.status_code, list(answer.json())) == (400, ["If-Match"])


def test_what_is_known_is_not_sent_again(api: APIClient, path: str) -> None:
    seen = api.get(path).headers["ETag"]
    answer = api.get(path, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", seen)
    api.patch(path, {"facility": "B"}, format="json")
    assert api.get(path, headers={"If-None-Match": seen}).status_code == 200


def test_the_record_itself_refuses_stale_writers() -> None:
    site = make(Site)
    record.update(site, {"facility": "B"}, by=TESTER)
    with pytest.raises(Stale):
        record.update(site, {"facility": "C"}, by=TESTER, unchanged_since=site.last_updated)
    with pytest.raises(Stale):
        record.delete(site, by=TESTER, unchanged_since=site.last_updated)
    assert Site.objects.get().facility == "B"


def lost_reference() -> tuple[Model, Model]:
    """An outlet, and the inlet that feeds it."""
    inlet = make(PowerPort)
    return make(PowerOutlet, device=inlet.device, power_port=inlet), inlet


def lost_link() -> tuple[Model, Model]:
    """A site, and a tag of it."""
    tag = make(Tag)
    return make(Site, tags=[tag]), tag


def lost_value() -> tuple[Model, Model]:
    """A site, and the custom field that it has a value of."""
    field = make(CustomField, name="lantai")
    return make(Site, custom_field_data={"lantai": "2"}), field


@pytest.mark.parametrize("case", [lost_reference, lost_link, lost_value])
def test_what_loses_something_by_a_deletion_is_not_what_was_seen(
    api: APIClient, case: Callable[[], tuple[Model, Model]]
) -> None:
    stays, goes = case()
    paths = [f"/api/{BY_MODEL[type(one)].path}/{one.pk}/" for one in (stays, goes)]
    seen = api.get(paths[0]).headers["ETag"]
    assert api.delete(paths[1]).status_code == 204
    stale = api.patch(paths[0], {"description": "x"}, format="json", headers={"If-Match": seen})
    assert stale.status_code == 412
    assert api.get(paths[0], headers={"If-None-Match": seen}).status_code == 200
