"""Where VLAN groups belong: to places, racks, clusters and groups of them."""

from __future__ import annotations

import pytest
from django.db.models import Model
from rest_framework.test import APIClient

from dcim.catalog import kind_of
from dcim.record.networks.virtualization import Cluster, ClusterGroup
from dcim.record.networks.vlans import VLANGroup
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Region, Site, SiteGroup
from tests.api.test_visibility import ids
from tests.factories import make

pytestmark = pytest.mark.django_db
GROUPS = "/api/ipam/vlan-groups/"


@pytest.mark.parametrize("kind", [Region, SiteGroup, Site, Location, Rack, Cluster, ClusterGroup])
def test_a_group_belongs_to_any_kind_of_scope(api: APIClient, kind: type[Model]) -> None:
    scope = make(kind)
    body = {"name": "A", "slug": "a", "scope_type": kind_of(kind), "scope_id": scope.pk}
    made = api.post(GROUPS, body, format="json")
    assert made.status_code == 201, made.json()
    assert (made.json()["scope_type"], made.json()["scope"]["id"]) == (kind_of(kind), scope.pk)
    asked = {"scope_type": kind_of(kind), "scope_id": scope.pk}
    assert ids(api, "ipam/vlan-groups", **asked) == [made.json()["id"]]


def test_groups_are_found_by_rack_and_cluster(api: APIClient) -> None:
    of_rack, of_cluster = make(VLANGroup, rack=make(Rack)), make(VLANGroup, cluster=make(Cluster))
    assert ids(api, "ipam/vlan-groups", rack=of_rack.rack_id) == [of_rack.pk]
    assert ids(api, "ipam/vlan-groups", cluster=of_cluster.cluster_id) == [of_cluster.pk]
