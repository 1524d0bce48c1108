"""What the answer of an impact says of backup copies: restorable apps, reasons, what it takes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.choices import Obstacle
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db


def impact(api: APIClient, *failed: str) -> dict[str, Any]:
    answer = api.get("/api/plugins/planner/impact/", {"failed": failed})
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
