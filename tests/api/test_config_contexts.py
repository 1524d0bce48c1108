"""Config contexts: which apply to a device or machine, and how they are laid over one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rest_framework.test import APIClient

from dcim.catalog import BY_MODEL
from dcim.record.equipment.devices import Device
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tag
from dcim.record.places.hardware import DeviceRole, DeviceType
from dcim.record.places.sites import Region, Site
from tests.factories import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
DEVICES = "/api/dcim/devices/"
MACHINES = "/api/virtualization/virtual-machines/"
CONTEXTS = "/api/extras/config-contexts/"


def context(data: dict[str, Any], **scopes: Any) -> ConfigContext:
    return make(ConfigContext, data=data, **scopes)


def of(api: APIClient, obj: Any) -> Any:
    path = DEVICES if isinstance(obj, Device) else MACHINES
    return api.get(f"{path}{obj.pk}/").json()["config_context"]


def test_a_context_without_scopes_applies_to_all(api: APIClient) -> None:
    context({"ntp": "a"})
    assert of(api, make(Device)) == of(api, make(VirtualMachine)) == {"ntp": "a"}


def test_an_inactive_context_applies_to_nothing(api: APIClient) -> None:
    context({"ntp": "a"}, is_active=False)
    assert of(api, make(Device)) == {}


def test_the_greater_weight_holds_then_the_later_name(api: APIClient) -> None:
    for name, weight in (("b", 10), ("a", 20), ("c", 20)):
        context({"of": name, name: {"x": weight}}, name=name, weight=weight)
    assert of(api, make(Device)) == {"of": "c", "b": {"x": 10}, "a": {"x": 20}, "c": {"x": 20}}


def test_objects_are_merged_and_lists_replaced(api: APIClient) -> None:
    context({"ntp": {"servers": [1, 2], "zone": "wita"}}, weight=1)
    context({"ntp": {"servers": [3]}}, weight=2)
    assert of(api, make(Device)) == {"ntp": {"servers": [3], "zone": "wita"}}


def test_local_data_goes_over_all(api: APIClient) -> None:
    device = make(Device, local_context_data={"ntp": {"zone": "wit"}})
    assert of(api, device) == {"ntp": {"zone": "wit"}}
    context({"ntp": {"zone": "wita", "servers": [1]}}, weight=9999)
    assert of(api, device) == {"ntp": {"zone": "wit", "servers": [1]}}


def test_all_scopes_must_hold_the_object(api: APIClient) -> None:
    site, role = make(Site), make(DeviceRole)
    context({"a": 1}, sites=[site, make(Site)], roles=[role])
    assert of(api, make(Device, site=site, role=role)) == {"a": 1}
    assert of(api, make(Device, site=site)) == of(api, make(Device, role=role)) == {}


def test_what_stands_under_a_scope_lies_in_it(api: APIClient) -> None:
    above = make(Region)
    below = make(Region, parent=make(Region, parent=above))
    context({"a": 1}, regions=[above])
    assert of(api, make(Device, site=make(Site, region=below))) == {"a": 1}
    assert of(api, make(Device, site=make(Site, region=make(Region)))) == {}


def test_any_tag_is_enough(api: APIClient) -> None:
    one, other = make(Tag), make(Tag)
    context({"a": 1}, tags=[one, make(Tag)])
    assert of(api, make(Device, tags=[one, other])) == {"a": 1}
    assert of(api, make(Device, tags=[other])) == {}


def test_machines_have_no_device_type_and_lie_in_clusters(api: APIClient) -> None:
    cluster = make(Cluster)
    context({"a": 1}, device_types=[make(DeviceType)])
    context({"b": 1}, clusters=[cluster], cluster_types=[cluster.type])
    assert of(api, make(VirtualMachine, cluster=cluster)) == {"b": 1}
    assert of(api, make(VirtualMachine)) == {}


def test_a_page_asks_no_more_for_many_contexts_and_devices(
    api: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for position in range(4):
        region = make(Region)
        context({"a": position}, regions=[region], tags=[make(Tag)])
        make(Device, site=make(Site, region=region))
    with django_assert_max_num_queries(13):
        assert api.get(f"{DEVICES}?fields=id,config_context").json()["count"] == 4


def test_an_omitted_context_is_not_made(
    api: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    context({"a": 1}), make(Device)
    with django_assert_max_num_queries(50) as asked:
        row = api.get(f"{DEVICES}?exclude=config_context").json()["results"][0]
    assert "config_context" not in row
    assert not [one for one in asked.captured_queries if "configcontext" in one["sql"]]


def test_tags_travel_as_slugs(api: APIClient) -> None:
    tag = make(Tag, slug="dmz")
    body = {"name": "a", "data": {"a": 1}, "tags": ["dmz"]}
    made = api.post(CONTEXTS, body, format="json").json()
    assert made["tags"] == ["dmz"]
    assert ConfigContext.objects.get(tags=tag).name == "a"
    refused = api.post(CONTEXTS, body | {"name": "b", "tags": ["none"]}, format="json")
    assert refused.status_code == 400
    assert "tags" in refused.json()


@pytest.mark.parametrize("data", [[], "a", 1, None])
def test_data_is_an_object(api: APIClient, data: Any) -> None:
    answer = api.post(CONTEXTS, {"name": "a", "data": data}, format="json")
    assert answer.status_code == 400
    assert "data" in answer.json()


def test_contexts_are_found_by_their_scopes(api: APIClient) -> None:
    site = make(Site, slug="pdr")
    one, _other = context({"a": 1}, sites=[site]), context({"a": 1}, sites=[make(Site)])
    for query in ("site=pdr", f"site_id={site.pk}"):
        assert [row["id"] for row in api.get(f"{CONTEXTS}?{query}").json()["results"]] == [one.pk]


@pytest.mark.parametrize("path", [DEVICES, MACHINES])
def test_no_template_renders_a_configuration(api: APIClient, path: str) -> None:
    obj = make(Device if path == DEVICES else VirtualMachine)
    answer = api.post(f"{path}{obj.pk}/render-config/")
    assert answer.status_code == 400
    assert "template" in answer.json()["error"]
    assert api.post(f"{path}{obj.pk + 1}/render-config/").status_code == 404


@pytest.mark.parametrize("field", ["sites", "tags"])
def test_a_context_that_loses_all_it_was_for_ends(api: APIClient, field: str) -> None:
    only = make(Site) if field == "sites" else make(Tag)
    other = make(Device)
    ended = make(ConfigContext, data={"ntp": "10.0.0.1"}, **{field: [only]})
    path = BY_MODEL[type(only)].path
    assert api.delete(f"/api/{path}/{only.pk}/").status_code == 204
    assert ConfigContext.objects.get().is_active is False
    assert api.get(f"/api/dcim/devices/{other.pk}/").json()["config_context"] == {}
    entry = ObjectChange.objects.filter(changed_object_type="extras.configcontext").first()
    assert entry is not None
    assert entry.postchange_data is not None
    assert (entry.changed_object_id, entry.postchange_data["is_active"]) == (ended.pk, False)


def test_a_context_that_is_still_for_something_goes_on(api: APIClient) -> None:
    sites = [make(Site), make(Site)]
    make(ConfigContext, sites=sites)
    assert api.delete(f"/api/dcim/sites/{sites[0].pk}/").status_code == 204
    assert ConfigContext.objects.get().is_active is True
