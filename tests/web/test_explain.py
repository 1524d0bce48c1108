"""The page that says why an app rests on a thing, with the API's answer."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db
WHY = "/explain/?app=SSO&thing=rack:PDR-R01"


@pytest.fixture(autouse=True)
def app() -> ServiceApp:
    """An app on one machine, on one host, in one rack."""
    rack, cluster = make(Rack, name="PDR-R01"), make(Cluster, name="PDR-KVM")
    host = make(Device, name="h1", rack=rack, site=rack.site, cluster=cluster)
    machine = make(VirtualMachine, name="sso-1", cluster=cluster, device=host)
    app = make(ServiceApp, code="SSO")
    make(Workload, app=app, name="web", virtual_machines=[machine])
    return app


def test_it_gives_the_chains_of_the_api(admin_client: Client) -> None:
    page = admin_client.get(WHY)
    answer = admin_client.get(f"/api/plugins/planner{WHY}").json()
    shown = page.context["answer"]
    assert [[str(link.ref) for link in chain] for chain in shown.chains] == answer["chains"]
    assert (shown.tone, answer["effect"]) == ("bad", "down")
    assert "berhenti tanpanya" in page.content.decode()


def test_what_it_does_not_rest_on_is_said(admin_client: Client) -> None:
    make(Rack, name="PDR-R02")
    page = admin_client.get("/explain/?app=app:SSO&thing=rack:PDR-R02")
    assert "Sama sekali tidak bertumpu pada:" in page.content.decode()


def test_it_asks_first(admin_client: Client) -> None:
    assert admin_client.get("/explain/").context["answer"] is None


@pytest.mark.parametrize(
    "asked", ["app=SSO&thing=rack:PDR-R99", "app=SSO&thing=PDR-R01", "app=DNS&thing=rack:PDR-R01"]
)
def test_a_bad_question_is_told_at_the_field(admin_client: Client, asked: str) -> None:
    page = admin_client.get(f"/explain/?{asked}")
    assert page.status_code == 422
    assert 'class="errors"' in page.content.decode()


def test_of_an_app_that_the_reader_may_not_see_nothing_is_told(client: Client) -> None:
    reader = member(make_user(), "opd", tenant=make(Tenant))
    client.force_login(reader)
    assert client.get(WHY).status_code == 422


def test_the_app_leads_to_it(admin_client: Client, app: ServiceApp) -> None:
    page = admin_client.get(page_of(app)).content.decode()
    assert 'href="/explain/?app=SSO&amp;thing=rack%3APDR-R01"' in page
