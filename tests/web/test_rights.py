"""What a reader may see: pages, files and answers ask for the same rights as the API."""

from __future__ import annotations

import pytest
from django.db.models import Model
from django.test import Client

from dcim.actions.plans.making import store_plan
from dcim.catalog import RESOURCES
from dcim.catalog.resource import Resource
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Device
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.account import ApiToken, User
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.web.values.addresses import list_of, page_of
from tests.factories import TESTER, make, make_user, permit
from tests.plan_documents import document

pytestmark = pytest.mark.django_db
# One's own account, tokens and jobs are everyone's to see.
GRANTED = [one for one in RESOURCES if one.model not in {User, ApiToken, Job}]
BY_API = {
    "/impact/?failed=rack:R1": "/api/plugins/planner/impact/?failed=rack:R1",
    "/explain/?app=A&thing=rack:R1": "/api/plugins/planner/explain/?app=A&thing=rack:R1",
    "/order/?thing=rack:R1": "/api/plugins/planner/order/?thing=rack:R1",
    "/single-points-of-failure/": "/api/plugins/planner/single-points-of-failure/",
    "/failure-pairs/?kind=host": "/api/plugins/planner/failure-pairs/?kind=host",
    "/n-minus-one/": "/api/plugins/planner/n-minus-one/",
    "/emergency-book/": "/api/plugins/planner/emergency-book/",
    "/misplaced-apps/": "/api/plugins/planner/misplaced-apps/",
    "/expiring-grants/": "/api/plugins/planner/expiring-grants/",
    "/idle-room/": "/api/plugins/planner/idle-room/",
    "/findings/": "/api/plugins/planner/findings/",
    "/maintenance/?thing=rack:R1&from=2026-12-01T20:00&until=2026-12-01T22:00": (
        "/api/plugins/planner/maintenance/?thing=rack:R1&from=2026-12-01T20:00&until=2026-12-01T22:00"
    ),
    "/drift/": "/api/plugins/planner/drift-findings/",
    "/pools/": "/api/plugins/planner/ledgers/",
    "/forecast/": "/api/plugins/planner/forecast/",
    "/n-plus-one/": "/api/plugins/planner/n-plus-one/",
    "/reports/capacity/": "/api/plugins/planner/reports/capacity.pdf",
    "/holdings/": "/api/plugins/planner/holdings/",
    "/rack-ledgers/": "/api/plugins/planner/rack-ledgers/",
    "/fitting/?vcpus=2": "/api/plugins/planner/fitting/?vcpus=2",
    "/choices/dcim.rack/?rack=r": "/api/dcim/racks/",
}


def reader(client: Client, *models: type[Model]) -> Client:
    """A client of one who may view objects of `models`, and nothing else."""
    client.force_login(permit(make_user(), *models) if models else make_user())
    return client


def status(client: Client, address: str) -> int:
    return client.get(address).status_code


@pytest.mark.once
@pytest.mark.no_cover
@pytest.mark.parametrize("resource", GRANTED, ids=lambda one: one.kind)
def test_lists_and_files_ask_for_the_right_to_view_as_the_api_does(
    client: Client, resource: Resource
) -> None:
    addresses = [list_of(resource), f"{list_of(resource)}?export=csv", f"/api/{resource.path}/"]
    assert [status(reader(client), one) for one in addresses[:1]] == [403]
    assert [status(client, one) for one in addresses] == [403] * 3


@pytest.mark.once
@pytest.mark.no_cover
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.kind)
def test_who_may_view_sees_the_list(client: Client, resource: Resource) -> None:
    assert status(reader(client, resource.model), list_of(resource)) == 200


@pytest.mark.once
@pytest.mark.parametrize(("page", "api"), BY_API.items())
def test_pages_of_their_own_ask_for_the_same_right_as_the_api(
    client: Client, page: str, api: str
) -> None:
    make(Rack, name="R1")
    make(ServiceApp, code="A")
    reader(client)
    assert (status(client, page), status(client, api)) == (403, 403)
    client.force_login(make_user("admin", is_superuser=True))
    assert (status(client, page), status(client, api)) == (200, 200)


def test_the_page_and_the_document_of_a_plan_are_for_those_who_may_view_plans(
    client: Client,
) -> None:
    page = page_of(store_plan(document(), by=TESTER))
    reader(client)
    assert [status(client, one) for one in (page, f"{page}document/")] == [403, 403]
    client.force_login(make_user("budi", is_superuser=True))
    assert status(client, f"{page}document/") == 200


def test_a_page_that_may_not_be_seen_says_whom_to_ask(client: Client) -> None:
    answer = reader(client).get("/dcim/racks/")
    assert "Mintalah hak melihatnya" in answer.content.decode()


def test_search_finds_only_what_may_be_seen(client: Client) -> None:
    make(Rack, name="SIMPEG-RAK")
    make(ServiceApp, code="SIMPEG-APP")
    page = reader(client, Rack).get("/search/?q=simpeg").content.decode()
    assert ("SIMPEG-RAK" in page, "SIMPEG-APP" in page) == (True, False)


def test_the_page_of_an_object_tells_only_of_what_may_be_seen(client: Client) -> None:
    rack = make(Rack, name="R1")
    page = reader(client, Site).get(page_of(rack.site))
    assert (page.context["relations"], page.context["changes"]) == ([], None)


def test_an_app_is_shown_without_what_may_not_be_seen_of_it(client: Client) -> None:
    app = make(Workload).app
    answer = reader(client, ServiceApp).get(page_of(app))
    assert answer.status_code == 200
    assert (answer.context["tiers"], answer.context["needs"], answer.context["plan"]) == (
        [],
        [],
        None,
    )


def test_the_first_page_holds_what_may_be_seen(client: Client) -> None:
    make(ServiceApp)
    store_plan(document(), by=TESTER)
    answer = reader(client).get("/")
    assert answer.status_code == 200
    assert answer.context["parts"] == {}


@pytest.mark.parametrize(
    ("model", "part"),
    [
        (ServiceApp, "apps"),
        (ServiceApp, "racks"),
        (Cluster, "pools"),
        (Plan, "plans"),
        (ObjectChange, "changes"),
    ],
)
def test_each_part_of_the_first_page_has_its_right(
    client: Client, model: type[Model], part: str
) -> None:
    make(Rack)
    assert part in reader(client, model).get("/").context["parts"]


def test_the_menu_leads_to_what_may_be_opened(client: Client) -> None:
    page = reader(client, Rack).get("/").content.decode()
    assert ('href="/dcim/racks/"' in page, 'href="/dcim/sites/"' in page) == (True, False)


def test_who_may_only_add_adds_and_is_led_back_to_the_form(client: Client) -> None:
    client.force_login(permit(make_user(), Site, actions=["add"]))
    form = {"name": "S", "slug": "s", "status": "active"}
    assert client.post("/dcim/sites/add/", form)["Location"] == "/dcim/sites/add/"


def test_a_part_that_can_not_be_answered_leaves_the_first_page_standing(
    admin_client: Client,
) -> None:
    make(ServiceApp)
    damaged = {"digest": "d", "document": {}, "base_serial": 1}
    Plan.objects.create(name="rusak", stance="as-declared", **damaged)
    answer = admin_client.get("/")
    assert answer.status_code == 200
    assert answer.context["parts"]["plans"].refusal is not None


def test_filters_and_forms_offer_nothing_that_may_not_be_seen(client: Client) -> None:
    make(Rack, site=make(Site, name="Rahasia"))
    client.force_login(permit(make_user(), Device, Cable, actions=["view", "add"]))
    for page in ("/dcim/devices/", "/dcim/devices/add/", "/dcim/cables/add/"):
        answer = client.get(page)
        assert (answer.status_code, "Rahasia" in answer.content.decode()) == (200, False)


def test_what_may_not_be_seen_can_be_named(client: Client) -> None:
    site = make(Site, name="Rahasia")
    client.force_login(permit(make_user(), Rack, actions=["add"]))
    size = {"u_height": 42, "width": 19, "starting_unit": 1}
    form = {"name": "R1", "site": "Rahasia", "status": "active", **size}
    assert client.post("/dcim/racks/add/", form).status_code == 302
    assert Rack.objects.get().site == site
