"""Limits by object, over the wire: an office's own rows, and what permissions say."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device
from dcim.record.extras.custom_fields import CustomField
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.account import ObjectPermission, User
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from tests.factories import make, make_user, member, permit

pytestmark = pytest.mark.django_db

# An office's own rows


@pytest.fixture
def own() -> Workload:
    """A tier of an app of the reader's office, with a machine."""
    machine = make(VirtualMachine, name="milik-sendiri")
    return make(Workload, virtual_machines=[machine])


@pytest.fixture
def office(own: Workload) -> APIClient:
    """A program of the office that owns the app."""
    return as_user(member(make_user("dinas"), "opd", tenant=own.app.owner))


def as_user(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def ids(client: APIClient, path: str, **parameters: Any) -> list[int]:
    answer = client.get(f"/api/{path}/", parameters)
    assert answer.status_code == 200, answer.json()
    return [one["id"] for one in answer.json()["results"]]


def test_an_office_sees_its_own_rows_and_no_others(office: APIClient, own: Workload) -> None:
    make(Workload, virtual_machines=[make(VirtualMachine)])
    assert ids(office, "plugins/planner/service-apps") == [own.app.pk]
    assert ids(office, "plugins/planner/workloads") == [own.pk]
    assert ids(office, "virtualization/virtual-machines") == [own.virtual_machines.get().pk]
    assert ids(office, "tenancy/tenants") == [own.app.owner_id]


def test_what_is_another_offices_is_not_there(office: APIClient) -> None:
    other = make(Workload)
    for path in (f"workloads/{other.pk}", f"service-apps/{other.app_id}"):
        assert office.get(f"/api/plugins/planner/{path}/").status_code == 404
    at = f"/api/plugins/planner/service-apps/{other.app_id}/requirements/"
    assert office.get(at).status_code == 404


def test_an_office_without_a_name_sees_nothing() -> None:
    make(ServiceApp)
    assert ids(as_user(member(make_user(), "opd")), "plugins/planner/service-apps") == []


def test_impact_and_reasons_tell_an_office_of_its_own_apps(
    office: APIClient, own: Workload
) -> None:
    host = make(Device, cluster=make(Cluster))
    for workload in (own, make(Workload, virtual_machines=[make(VirtualMachine)])):
        VirtualMachine.objects.filter(workloads=workload).update(cluster=host.cluster, device=host)
    other = ServiceApp.objects.exclude(pk=own.app_id).get()
    asked = f"/api/plugins/planner/impact/?failed=app:{own.app.code}"
    hit = office.get(asked).json()
    assert other.code not in str(hit)
    assert own.app.code in str(hit)
    assert office.get(f"{asked}&failed=app:{other.code}").status_code == 404
    why = f"/api/plugins/planner/explain/?app={other.code}&thing=app:{other.code}"
    assert office.get(why).status_code == 404


def test_an_office_is_not_told_how_many_other_apps_fall(office: APIClient, own: Workload) -> None:
    host = make(Device, name="h1", cluster=make(Cluster))
    for workload in (own, make(Workload, virtual_machines=[make(VirtualMachine)])):
        VirtualMachine.objects.filter(workloads=workload).update(cluster=host.cluster, device=host)
    hit = office.get("/api/plugins/planner/impact/?failed=host:h1").json()
    assert hit["things_down"]["app"] == 1


def test_an_office_sees_what_its_apps_need(office: APIClient, own: Workload) -> None:
    mine = make(AppDependency, app=own.app)
    make(AppDependency, needs=own.app)
    assert ids(office, "plugins/planner/app-dependencies") == [mine.pk]


@pytest.mark.parametrize(
    ("asked", "status"),
    [("cluster_id={c}", 400), ("cluster=kluster", 400), ("site_id={s}", 400), ("tenant=lain", 400)],
)
def test_an_office_can_not_ask_by_what_it_does_not_see(
    office: APIClient, own: Workload, asked: str, status: int
) -> None:
    cluster, site = make(Cluster, name="kluster"), make(Site)
    make(Tenant, slug="lain")
    own.virtual_machines.update(cluster=cluster)
    query = asked.format(c=cluster.pk, s=site.pk)
    answer = office.get(f"/api/virtualization/virtual-machines/?{query}")
    assert answer.status_code == status, answer.json()


def test_an_office_finds_by_what_it_sees(office: APIClient, own: Workload) -> None:
    assert ids(office, "plugins/planner/workloads", app_id=own.app_id) == [own.pk]
    assert ids(office, "plugins/planner/service-apps", owner=own.app.owner.slug) == [own.app_id]


# Limits by object


def limited(constraints: Any, *actions: str, kinds: tuple[str, ...] = ("dcim.site",)) -> APIClient:
    """A program whose user may do `actions` with the objects that fulfil `constraints`."""
    user = make_user("terbatas")
    make(
        ObjectPermission,
        object_types=list(kinds),
        actions=list(actions),
        constraints=constraints,
        users=[user],
    )
    return as_user(user)


def test_a_limit_shows_what_fulfils_it(db: None) -> None:
    inside, outside = make(Site, slug="pdr"), make(Site, slug="lain")
    reader = limited({"slug": "pdr"}, "view")
    assert ids(reader, "dcim/sites") == [inside.pk]
    assert reader.get(f"/api/dcim/sites/{outside.pk}/").status_code == 404


def test_one_of_several_sets_of_constraints_is_enough() -> None:
    sites = [make(Site, slug=slug) for slug in ("a", "b", "c")]
    reader = limited([{"slug": "a"}, {"slug__in": ["b"]}], "view")
    assert sorted(ids(reader, "dcim/sites")) == [sites[0].pk, sites[1].pk]


def test_a_filter_looks_into_nothing_that_may_not_be_seen() -> None:
    site = make(Site, tenant=make(Tenant, slug="rahasia"))
    device = make(Device, site=site)
    reader = limited(None, "view", kinds=("dcim.device", "dcim.site"))
    assert ids(reader, "dcim/devices", site=site.slug) == [device.pk]
    for asked in ({"manufacturer_id": device.device_type.manufacturer_id}, {"tenant": "rahasia"}):
        assert reader.get("/api/dcim/devices/", asked).status_code == 400


@pytest.mark.parametrize("many", [False, True])
def test_what_would_lie_outside_is_not_created(many: bool) -> None:
    writer = limited({"slug__startswith": "pdr"}, "add", "view")
    good, bad = {"name": "A", "slug": "pdr-1"}, {"name": "B", "slug": "lain"}
    answer = writer.post("/api/dcim/sites/", [good, bad] if many else bad, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "rights.missing")
    assert not Site.objects.exists()


def test_what_lies_inside_is_not_moved_out() -> None:
    site = make(Site, slug="pdr")
    writer = limited({"slug": "pdr"}, "change", "view")
    address = f"/api/dcim/sites/{site.pk}/"
    assert writer.patch(address, {"facility": "B"}, format="json").status_code == 200
    assert writer.patch(address, {"slug": "lain"}, format="json").status_code == 403
    assert Site.objects.get().slug == "pdr"


def test_what_lies_outside_is_neither_changed_nor_deleted() -> None:
    address = f"/api/dcim/sites/{make(Site, slug='lain').pk}/"
    writer = limited({"slug": "pdr"}, "change", "delete")
    assert writer.patch(address, {"slug": "pdr"}, format="json").status_code == 404
    assert writer.delete(address).status_code == 404
    rows = [{"id": Site.objects.get().pk}]
    assert writer.delete("/api/dcim/sites/", rows, format="json").status_code == 400
    assert Site.objects.exists()


def test_no_permission_makes_an_administrator() -> None:
    user = make_user("biasa")
    writer = limited(None, "add", "change", "delete", kinds=("users.user", "users.permission"))
    at = f"/api/users/users/{user.pk}/"
    assert writer.patch(at, {"is_superuser": True}, format="json").status_code == 403
    assert writer.post("/api/users/permissions/", {}, format="json").status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("object_types", ["dcim.nothing"]),
        ("object_types", []),
        ("actions", ["rule"]),
        ("actions", "view"),
        ("constraints", {"no_such_field": 1}),
        ("constraints", {"latitude": "x"}),
        ("constraints", {"service_apps__owner__users__password__startswith": "a"}),
        ("constraints", "slug"),
        ("constraints", [{}]),
    ],
)
def test_a_permission_that_can_not_be_judged_is_refused(
    api: APIClient, field: str, value: Any
) -> None:
    good = {"name": "P", "object_types": ["dcim.site"], "actions": ["view"]}
    answer = api.post("/api/users/permissions/", {**good, field: value}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_what_an_account_is_shows_no_secret(api: APIClient) -> None:
    shown = api.get("/api/users/users/").content + api.get("/api/users/tokens/").content
    assert b"argon2" not in shown
    assert b"password" not in shown
    assert b"digest" not in shown


def test_a_path_through_what_is_hidden_finds_nothing() -> None:
    hidden = make(Device)
    mine = make(Device, device_type=hidden.device_type)
    limits = {"dcim.device": None, "dcim.devicetype": {"pk": 0}, "dcim.manufacturer": None}
    user = make_user("terbatas")
    for kind, constraints in limits.items():
        values = {"object_types": [kind], "actions": ["view"], "constraints": constraints}
        make(ObjectPermission, users=[user], **values)
    maker = {"manufacturer_id": mine.device_type.manufacturer_id}
    assert ids(as_user(user), "dcim/devices", **maker) == []


def test_the_log_tells_of_what_one_may_see() -> None:
    inside = make(Site, slug="pdr")
    make(Site, slug="rahasia")
    make(Tenant)
    reader = limited({"slug": "pdr"}, "view")
    permit(User.objects.get(username="terbatas"), ObjectChange)
    log = reader.get("/api/core/object-changes/").json()["results"]
    told = {(one["changed_object_type"], one["changed_object_id"]) for one in log}
    assert told == {("dcim.site", inside.pk)}


@pytest.mark.parametrize("by", ["id", "slug"])
def test_a_custom_field_names_nothing_that_may_not_be_seen(by: str) -> None:
    kind = {"type": "object", "related_object_type": "tenancy.tenant"}
    make(CustomField, name="pemilik", object_types=["dcim.site"], **kind)
    tenant = make(Tenant, slug="rahasia")
    named = tenant.pk if by == "id" else {"slug": "rahasia"}
    body = {"name": "A", "slug": "a", "custom_fields": {"pemilik": named}}
    answer = limited(None, "view", "add").post("/api/dcim/sites/", body, format="json")
    assert (answer.status_code, Site.objects.count()) == (400, 0), answer.json()
