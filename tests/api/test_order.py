"""In which order things are started and stopped, by the API."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from tests.api.clients import client_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db

ADDRESS = "/api/plugins/planner/order/"


@pytest.fixture
def app(db: None) -> ServiceApp:
    """An app on one machine, on one host, in one rack; another app needs it."""
    rack, cluster = make(Rack, name="PDR-R01"), make(Cluster, name="PDR-KVM")
    host = make(Device, name="h1", rack=rack, site=rack.site, cluster=cluster)
    machine = make(VirtualMachine, name="sso-1", cluster=cluster, device=host)
    app = make(ServiceApp, code="SSO")
    make(Workload, app=app, name="web", virtual_machines=[machine])
    make(AppDependency, app=make(ServiceApp, code="SIMPEG"), needs=app)
    return app


def waves(api: APIClient, **asked: Any) -> list[list[str]]:
    """The names in each wave."""
    answer = api.get(ADDRESS, asked)
    assert answer.status_code == 200, answer.json()
    found = answer.json()["waves"]
    return [[name for step in wave for name in step["things"]] for wave in found]


@pytest.mark.usefixtures("app")
def test_what_rests_on_a_rack_is_stopped_before_it(api: APIClient) -> None:
    stop = waves(api, thing="rack:PDR-R01", direction="stop")
    assert (stop[0], stop[-1]) == (["app:SIMPEG"], ["rack:PDR-R01"])
    assert waves(api, thing="rack:PDR-R01") == stop[::-1]


@pytest.mark.usefixtures("app")
def test_an_app_is_started_after_what_it_rests_on(api: APIClient) -> None:
    start = waves(api, thing="app:SIMPEG")
    assert start[-3:] == [["workload:SSO/web"], ["app:SSO"], ["app:SIMPEG"]]
    assert waves(api, thing="app:SSO", scope="above") == [["app:SSO"], ["app:SIMPEG"]]


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({}, 400, "thing"),
        ({"thing": "rack"}, 400, "thing"),
        ({"thing": "rack:PDR-R01", "direction": "up"}, 400, "direction"),
        ({"thing": "rack:PDR-R01", "scope": "beside"}, 400, "scope"),
        ({"thing": "rack:PDR-R02"}, 404, "detail"),
    ],
)
@pytest.mark.usefixtures("app")
def test_bad_questions_are_told(
    api: APIClient, asked: dict[str, str], status: int, field: str
) -> None:
    answer = api.get(ADDRESS, asked)
    assert (answer.status_code, field in answer.json()) == (status, True)


def test_an_office_is_told_of_what_its_own_apps_rest_on(app: ServiceApp) -> None:
    office = client_of(member(make_user("dinas"), "opd", tenant=app.owner))
    start = waves(office, thing="rack:PDR-R01")
    assert start[-1] == ["app:SSO"]
    assert office.get(ADDRESS, {"thing": "app:SIMPEG"}).status_code == 404
