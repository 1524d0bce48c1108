"""What may not be seen is answered as if it were not there, wherever an answer could tell of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from rest_framework.test import APIClient

from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.account import ObjectPermission
from dcim.record.people.contacts import ContactAssignment
from dcim.record.places.sites import Location, Region, Site
from tests.api.clients import client_of
from tests.api.test_cables import plug
from tests.factories import make, make_user, permit

pytestmark = pytest.mark.django_db


def reader_of(*models: type[Model], **only: Any) -> APIClient:
    """A program that sees all objects of `models`, and of `model` those that `only` says."""
    user = make_user("terbatas")
    if models:
        permit(user, *models)
    for kind, constraints in only.items():
        values = {"object_types": [f"dcim.{kind}"], "actions": ["view"]}
        make(ObjectPermission, **values, constraints=constraints, users=[user])
    return client_of(user)


def ids(client: APIClient, path: str, **parameters: Any) -> list[int]:
    answer = client.get(f"/api/{path}/", parameters)
    assert answer.status_code == 200, answer.json()
    return [one["id"] for one in answer.json()["results"]]


def linked(api: APIClient) -> tuple[Interface, Interface]:
    """Two interfaces with a cable between them."""
    near, far = make(Interface), make(Interface)
    assert plug(api, near, far).status_code == 201
    return near, far


def test_an_order_tells_nothing_of_hidden_names() -> None:
    last, first = make(Site, name="Z"), make(Site, name="A")
    racks = [make(Location, site=last), make(Location, site=first)]
    by_site = {"ordering": "site"}
    mine = [one.pk for one in racks]
    assert ids(reader_of(Location), "dcim/locations", **by_site) == mine
    permit(make_user("semua"), Location, Site)
    sees_all = client_of(make_user("lain", is_superuser=True))
    assert ids(sees_all, "dcim/locations", **by_site) == mine[::-1]


def test_an_order_by_a_list_is_passed_over(api: APIClient) -> None:
    make(Site)
    assert len(ids(api, "dcim/sites", ordering="tags")) == 1


def test_ids_of_hidden_scopes_find_nothing() -> None:
    region = make(Region)
    prefix = make(Prefix, region=region)
    asked = {"scope_type": "dcim.region", "scope_id": region.pk}
    assert ids(reader_of(Prefix), "ipam/prefixes", **asked) == []
    assert ids(client_of(permit(make_user(), Prefix, Region)), "ipam/prefixes", **asked) == [
        prefix.pk
    ]


def test_a_place_finds_only_along_what_is_seen() -> None:
    site = make(Site)
    inside, direct = (
        make(Prefix, location=make(Location, site=site)),
        make(Prefix, site=site),
    )
    assert ids(reader_of(Prefix, Site), "ipam/prefixes", site=site.slug) == [direct.pk]
    sees_all = client_of(permit(make_user(), Prefix, Site, Location))
    assert sorted(ids(sees_all, "ipam/prefixes", site=site.slug)) == [inside.pk, direct.pk]


def test_a_cable_that_is_hidden_is_shown_nowhere(api: APIClient) -> None:
    near, _far = linked(api)
    reader = reader_of(Interface)
    shown = reader.get(f"/api/dcim/interfaces/{near.pk}/").json()
    assert (shown["cable"], shown["cable_end"], shown["_occupied"]) == (None, None, True)
    assert reader.get(f"/api/dcim/interfaces/{near.pk}/trace/").json() == []


def test_far_ends_that_are_hidden_are_left_out(api: APIClient) -> None:
    near, far = linked(api)
    reader = reader_of(Cable, interface={"pk": near.pk})
    shown = reader.get(f"/api/dcim/interfaces/{near.pk}/").json()
    assert (shown["link_peers"], shown["link_peers_type"]) == ([], None)
    assert (shown["connected_endpoints"], shown["connected_endpoints_reachable"]) == (None, False)
    ((_near, cable, ends),) = reader.get(f"/api/dcim/interfaces/{near.pk}/trace/").json()
    assert (cable["id"], ends) == (shown["cable"]["id"], [])
    cables = reader.get("/api/dcim/cables/").json()["results"]
    assert [one["object"] for one in cables[0]["b_terminations"]] == [None]
    assert ids(reader, "dcim/cables", termination_b_id=far.pk) == []


def test_counts_are_of_what_may_be_seen() -> None:
    site = make(Site)
    seen = make(Device, site=site)
    make(Device, site=site)
    reader = reader_of(Site, device={"pk": seen.pk})
    assert reader.get(f"/api/dcim/sites/{site.pk}/").json()["device_count"] == 1


def test_what_is_inside_and_around_a_prefix_is_counted_as_far_as_it_may_be_seen() -> None:
    outer, middle, _inner = (
        make(Prefix, prefix=f"10.64.0.0/{length}", vrf=None) for length in (16, 20, 24)
    )
    user = make_user("terbatas")
    only = {"object_types": ["ipam.prefix"], "actions": ["view"], "users": [user]}
    make(ObjectPermission, **only, constraints={"pk__in": [outer.pk, middle.pk]})
    shown = client_of(user).get("/api/ipam/prefixes/?ordering=id").json()["results"]
    assert [(one["children"], one["_depth"]) for one in shown] == [(1, 0), (0, 1)]


def test_a_cluster_has_the_machines_that_may_be_seen() -> None:
    cluster = make(Cluster)
    seen = make(VirtualMachine, cluster=cluster, vcpus=2)
    make(VirtualMachine, cluster=cluster, vcpus=4)
    user = permit(make_user("terbatas"), Cluster)
    only = {"object_types": ["virtualization.virtualmachine"], "actions": ["view"]}
    make(ObjectPermission, **only, users=[user], constraints={"pk": seen.pk})
    shown = client_of(user).get(f"/api/virtualization/clusters/{cluster.pk}/").json()
    assert (shown["virtualmachine_count"], shown["allocated_vcpus"]) == (1, 2)


def test_what_a_device_has_finds_it_as_far_as_that_may_be_seen() -> None:
    near, _far = make(Interface), make(Interface)
    reader = reader_of(Device, interface={"pk": near.pk})
    assert ids(reader, "dcim/devices", interfaces="true") == [near.device_id]


def test_lists_of_others_hold_what_may_be_seen() -> None:
    inside = make(IPAddress)
    make(IPAddress, nat_inside=inside)
    user = make_user("terbatas")
    only = {"object_types": ["ipam.ipaddress"], "actions": ["view"], "users": [user]}
    make(ObjectPermission, **only, constraints={"pk": inside.pk})
    shown = client_of(user).get(f"/api/ipam/ip-addresses/{inside.pk}/").json()
    assert shown["nat_outside"] == []


def test_what_a_row_names_by_type_and_id_is_hidden_too() -> None:
    make(ContactAssignment)
    (shown,) = (
        reader_of(ContactAssignment).get("/api/tenancy/contact-assignments/").json()["results"]
    )
    assert shown["object"] is None


def test_what_keeps_an_object_is_named_to_who_may_see_it() -> None:
    make(Location, site=make(Site), name="Ruang Rahasia")
    user = permit(make_user("penghapus"), Site, actions=("view", "delete"))
    at = f"/api/dcim/sites/{Site.objects.get().pk}/"
    refused = client_of(user).delete(at)
    assert (refused.status_code, "Rahasia" in refused.json()["detail"]) == (409, False)
    permit(user, Location)
    assert "Rahasia" in client_of(user).delete(at).json()["detail"]
