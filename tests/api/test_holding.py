"""Providers that may not hold an app: nothing is asked of them, and what they hold is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from dcim.actions import record
from dcim.actions.holding.misplaced import misplaced_apps
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.errors import MayNotHold
from tests.factories import TESTER, make, make_user, member

pytestmark = pytest.mark.django_db
URL = "/api/plugins/planner/misplaced-apps/"


def narrow(**terms: Any) -> Provider:
    return make(Provider, name="Awan", **(terms or {"data_classes": ["open"]}))


def test_a_line_for_an_app_that_the_provider_may_not_hold_is_refused(api: APIClient) -> None:
    asked = make(AllocationRequest, provider=narrow(highest_category="low", residency="abroad"))
    app = make(ServiceApp, code="SIMPEG", category="strategic")
    body = {"request": asked.pk, "app": app.pk, "vcpus": 1}
    refused = api.post("/api/plugins/planner/request-lines/", body, format="json")
    assert refused.status_code == 409, refused.json()
    said = str(refused.json())
    assert all(one in said for one in ("Awan", "SIMPEG"))
    assert not RequestLine.objects.exists()


def test_a_tier_stands_for_its_app() -> None:
    asked = make(AllocationRequest, provider=narrow())
    tier = make(Workload, app=make(ServiceApp, data_class="closed"))
    with pytest.raises(MayNotHold):
        record.create_many(
            RequestLine, [{"request": asked, "workload": tier, "vcpus": 1}], by=TESTER
        )


def test_a_request_does_not_move_to_a_provider_that_may_not_hold_its_apps() -> None:
    line = make(RequestLine, app=make(ServiceApp, data_class="closed"), vcpus=1)
    with pytest.raises(MayNotHold):
        record.update(line.request, {"provider": narrow()}, by=TESTER)


def test_to_end_a_grant_is_asked_of_any_provider() -> None:
    grant = make(Allocation, provider=narrow())
    asked = make(AllocationRequest, provider=grant.provider, kind="termination", predecessor=grant)
    make(RequestLine, request=asked, app=make(ServiceApp, data_class="closed"), vcpus=1)
    with pytest.raises(MayNotHold):
        record.update(asked, {"kind": "change"}, by=TESTER)


def held_everywhere(provider: Provider) -> ServiceApp:
    app = make(ServiceApp, code="A", data_class="closed", provider=provider)
    site = make(Site)
    record.update(provider, {"sites": [site]}, by=TESTER)
    grant = make(Allocation, provider=provider, vcpus=9, memory_mib=9999, storage_gib=9)
    tier = make(
        Workload,
        app=app,
        virtual_machines=[make(VirtualMachine, allocation=grant)],
        devices=[make(Device, site=site)],
    )
    make(BackupCopy, workload=tier, site=None, provider=provider)
    return app


def test_apps_held_where_they_may_not_be_are_told_with_every_way_and_reason(
    api: APIClient, admin_client: Client
) -> None:
    provider = narrow()
    held_everywhere(provider)
    make(ServiceApp, data_class="open", provider=provider)
    make(ServiceApp, provider=provider)
    make(ServiceApp, data_class="closed", provider=provider, status="retired")
    (row,) = api.get(URL).json()["results"]
    assert (row["app"], row["provider"], row["objections"]) == ("A", provider.slug, ["data_class"])
    assert row["ways"] == ["runs", "machines", "devices", "copies"]
    page = admin_client.get("/misplaced-apps/").content.decode()
    assert "Awan" in page
    record.update(provider, {"data_classes": []}, by=TESTER)
    assert api.get(URL).json()["results"] == []


def test_a_machine_is_told_at_the_provider_of_its_own_grant_only() -> None:
    other = make(Allocation, vcpus=9, memory_mib=9999, storage_gib=9)
    make(Allocation, provider=narrow())
    app = make(ServiceApp, data_class="closed")
    make(Workload, app=app, virtual_machines=[make(VirtualMachine, allocation=other)])
    assert misplaced_apps() == []


def test_an_office_is_told_of_its_own_apps(client: Client) -> None:
    provider = narrow()
    own = make(ServiceApp, data_class="closed", provider=provider)
    make(ServiceApp, data_class="closed", provider=provider)
    client.force_login(member(make_user(), "opd", tenant=own.owner))
    assert [one["app_id"] for one in client.get(URL).json()["results"]] == [own.pk]
