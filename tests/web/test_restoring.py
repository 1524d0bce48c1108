"""What the page of an impact says of backup copies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.web.values.addresses import page_of
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def tier() -> Workload:
    """An app of one tier on a machine at the PDN."""
    cluster = make(Cluster, name="PDN", provider=make(Provider, slug="pdn"))
    machine = make(VirtualMachine, cluster=cluster)
    app = make(ServiceApp, code="SIMPEG")
    return make(Workload, app=app, name="db", vcpus=2, virtual_machines=[machine])


def page(client: Client, failed: str) -> str:
    return client.get("/impact/", {"failed": failed}).content.decode()


def test_the_page_tells_from_which_copy_an_app_comes_back(
    admin_client: Client, tier: Workload
) -> None:
    made = timezone.now() - timedelta(hours=30)
    copy = make(BackupCopy, workload=tier, site=make(Site, name="DRC"), last_success=made,
                frequency_hours=24)  # fmt: skip
    shown = page(admin_client, "provider:pdn")
    section = shown[shown.index('id="restorable"') :]
    assert f'<a href="{page_of(copy)}">SIMPEG/db@DRC</a>' in section
    assert "terlambat" in section
    assert "belum pernah diuji pulih" in section


def test_the_page_tells_why_an_app_does_not_come_back(admin_client: Client, tier: Workload) -> None:
    shown = page(admin_client, "provider:pdn")
    assert "Tidak ada salinan cadangan yang tercatat." in shown
    assert f'<a href="{page_of(tier)}">SIMPEG/db</a>' in shown


def test_the_page_counts_copies_that_are_lost_though_no_app_is(
    admin_client: Client, tier: Workload
) -> None:
    make(BackupCopy, workload=tier, site=make(Site, name="DRC"))
    assert "1 salinan cadangan hilang." in page(admin_client, "site:DRC")
    make(Site, name="KOTA")
    assert 'id="restorable"' not in page(admin_client, "site:KOTA")
