"""What the answer of an impact says of backup copies: restorable apps, reasons, what it takes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.choices import Obstacle
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db

PATH: Final = "/api/plugins/planner/impact/"


def impact(api: APIClient, *failed: str) -> dict[str, Any]:
    answer = api.get(PATH, {"failed": failed})
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def tiers(db: None) -> dict[str, Workload]:
    """Two apps of one tier on machines of the PDN's cluster; one has a copy elsewhere."""
    cluster = make(Cluster, name="PDN", provider=make(Provider, slug="pdn"))
    found = {}
    for code in ("SIMPEG", "PPID"):
        machine = make(VirtualMachine, cluster=cluster)
        app = make(ServiceApp, code=code, owner=make(Tenant, slug=code.lower()))
        found[code] = make(
            Workload, app=app, name="db", vcpus=2, memory_mib=4096, storage_gib=50,
            virtual_machines=[machine], instances_wanted=2,
        )  # fmt: skip
    make(
        BackupCopy, workload=found["SIMPEG"], site=make(Site, name="DRC"), kind="incremental",
        frequency_hours=24, last_success=timezone.now() - timedelta(hours=30), size_gib=40,
        last_restore_test=date(2026, 5, 4),
    )  # fmt: skip
    make(BackupCopy, workload=found["PPID"], site=None, provider=cluster.provider)
    return found


@pytest.mark.usefixtures("tiers")
def test_the_loss_of_a_provider_tells_what_can_be_restored_and_what_that_takes(
    api: APIClient,
) -> None:
    found = impact(api, "provider:pdn")
    restorable = found["restorable"]
    assert (found["copies_lost"], found["things_down"]["backup"]) == (1, 1)
    assert (restorable["apps_restorable"], restorable["apps_not_restorable"]) == (1, 1)
    assert restorable["needed"] == {"VCPU": 2, "MEMORY_MIB": 4096, "STORAGE_GIB": 50}
    assert restorable["wanted"] == {"VCPU": 4, "MEMORY_MIB": 8192, "STORAGE_GIB": 100}
    lost, restored = restorable["apps"]
    assert (lost["code"], lost["reason"]) == ("PPID", "copy_in_same_place")
    assert (lost["reason_text"], lost["because"]) == (Obstacle.SAME_PLACE.label, "workload:PPID/db")
    assert (restored["code"], restored["is_restorable"], restored["age_hours"]) == (
        "SIMPEG", True, 30.0,
    )  # fmt: skip
    copy = restored["tiers"][0]["copy"]
    assert (copy["name"], copy["site"], copy["kind"]) == (
        "backup:SIMPEG/db@DRC", "site:DRC", "incremental",
    )  # fmt: skip
    assert (copy["is_overdue"], copy["last_restore_test"]) == (True, "2026-05-04")


@pytest.mark.usefixtures("tiers")
def test_the_loss_of_a_place_of_copies_alone_takes_no_app(api: APIClient) -> None:
    found = impact(api, "site:DRC")
    assert (found["apps_down"], found["restorable"]["apps"], found["copies_lost"]) == ([], [], 1)


def test_an_office_is_told_of_its_own_copies_only(tiers: dict[str, Workload]) -> None:
    office = APIClient()
    office.force_authenticate(member(make_user(), "opd", tenant=tiers["SIMPEG"].app.owner))
    found = impact(office, "provider:pdn")
    assert [one["code"] for one in found["restorable"]["apps"]] == ["SIMPEG"]
    assert (found["copies_lost"], "PPID" in str(found)) == (0, False)


@pytest.mark.usefixtures("tiers")
def test_what_the_other_pools_have_free_is_told_where_it_is_asked_for(api: APIClient) -> None:
    spare = make(Cluster, name="DRC-KVM", host_failures_to_survive=0)
    make(Device, cluster=spare, cpu_cores=8, memory_mib=16_384, storage_gib=500)
    assert impact(api, "provider:pdn")["restorable"]["pools"] is None
    answer = api.get(PATH, {"failed": "provider:pdn", "pools": "true"}).json()
    assert answer["restorable"]["pools"] == [
        {"pool": "cluster:DRC-KVM", "free": {"VCPU": 32, "MEMORY_MIB": 16_384, "STORAGE_GIB": 500}}
    ]
    refused = api.get(PATH, {"failed": "provider:pdn", "pools": "all"})
    assert (refused.status_code, list(refused.json())) == (400, ["pools"])


def test_an_office_is_not_told_of_pools(tiers: dict[str, Workload]) -> None:
    office = APIClient()
    office.force_authenticate(member(make_user(), "opd", tenant=tiers["SIMPEG"].app.owner))
    answer = office.get(PATH, {"failed": "provider:pdn", "pools": "true"}).json()
    assert answer["restorable"]["pools"] is None
