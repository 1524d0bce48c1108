"""The page that says in which order things are started and stopped."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.web.values.addresses import page_of
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(db: None) -> ServiceApp:
    """An app on one machine, on one host, in one rack."""
    rack, cluster = make(Rack, name="PDR-R01"), make(Cluster, name="PDR-KVM")
    host = make(Device, name="h1", rack=rack, site=rack.site, cluster=cluster)
    machine = make(VirtualMachine, name="sso-1", cluster=cluster, device=host)
    app = make(ServiceApp, code="SSO")
    make(Workload, app=app, name="web", virtual_machines=[machine])
    return app


def test_a_rack_is_stopped_last_unless_it_is_started(admin_client: Client, app: ServiceApp) -> None:
    stop, start = (
        admin_client.get("/order/", {"thing": "rack:PDR-R01", "direction": one}).context["answer"]
        for one in ("stop", "start")
    )
    assert stop.waves[0].steps[0].things[0].url == page_of(app)
    assert [one.steps for one in start.waves] == [one.steps for one in stop.waves][::-1]


def test_what_goes_together_is_said(admin_client: Client, app: ServiceApp) -> None:
    other = make(ServiceApp, code="DNS")
    make(AppDependency, app=app, needs=other)
    make(AppDependency, app=other, needs=app)
    page = admin_client.get("/order/?thing=app:SSO&direction=start").content.decode()
    assert "bersamaan, karena saling membutuhkan:" in page


@pytest.mark.parametrize(
    "asked", ["thing=rack:PDR-R99", "thing=PDR-R01", "thing=app:SSO&direction=up"]
)
@pytest.mark.usefixtures("app")
def test_a_bad_question_is_told_at_the_field(admin_client: Client, asked: str) -> None:
    answer = admin_client.get(f"/order/?{asked}")
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()


@pytest.mark.usefixtures("app")
def test_impact_and_the_app_lead_to_the_order(admin_client: Client, app: ServiceApp) -> None:
    impact = admin_client.get("/impact/?failed=rack:PDR-R01").content.decode()
    assert 'href="/order/?thing=rack%3APDR-R01"' in impact
    assert (
        "/order/?thing=app%3ASSO&amp;direction=start"
        in admin_client.get(page_of(app)).content.decode()
    )
