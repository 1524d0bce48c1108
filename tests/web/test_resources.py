"""Every resource has its pages; one test each walks the catalogue."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dcim.actions.accounts.users import issue_token
from dcim.actions.forecasts.snapshots import snapshot_ledgers
from dcim.actions.jobs.queue import enqueue
from dcim.actions.plans.making import store_plan
from dcim.catalog import RESOURCES
from dcim.catalog.resource import Resource
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Interface
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.account import ApiToken
from dcim.record.places.sites import Site
from dcim.record.planner.drift import DriftFinding, DriftScan
from dcim.record.planner.jobs import Job
from dcim.record.planner.ledger_snapshots import LedgerSnapshot
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.record.planner.reclaims import BackupWaiver, ReclaimedMachine
from dcim.record.planner.requests import AllocationRequest, RequestStep
from dcim.web.values.addresses import list_of, page_of
from tests.factories import TESTER, make, make_user
from tests.patching import plug
from tests.plan_documents import document

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
NOW = timezone.now()
SEEN = {"opened_at": NOW, "last_seen": NOW}
MADE: dict[type[Model], Callable[[], Any]] = {
    Job: lambda: enqueue("core.count", {}, by=TESTER),
    ApiToken: lambda: issue_token(make_user("pemilik"), {}, by=TESTER)[0],
    RequestStep: lambda: RequestStep.objects.create(request=make(AllocationRequest)),
    DriftFinding: lambda: DriftFinding.objects.create(target="kvm", name="satu", **SEEN),
    DriftScan: lambda: DriftScan.objects.create(
        target="kvm", outcome="same", started=NOW, ended=NOW
    ),
}
WRITABLE = [one for one in RESOURCES if one.writable]


def kind(resource: Resource) -> str:
    return resource.kind


def made(resource: Resource) -> Any:
    """An object of the resource; of those that only deeds write, one written past them."""
    if resource.model is ObjectChange:
        make(Site)
        return ObjectChange.objects.first()
    if resource.model in MADE:
        return MADE[resource.model]()
    if resource.model is LedgerSnapshot:
        make(Cluster)
        snapshot_ledgers()
        return LedgerSnapshot.objects.first()
    if resource.model in {Plan, PlanApproval, ProvisioningRun, BackupWaiver, ReclaimedMachine}:
        plan = store_plan(document(), by=TESTER)
        gone = {"plan": plan, "target": "pdr-kvm", "name": "lama-app-1", "machine_id": 7}
        if resource.model is ReclaimedMachine:
            return ReclaimedMachine.objects.create(**gone)
        if resource.model is BackupWaiver:
            return BackupWaiver.objects.create(user=make_user("penyetuju"), **gone)
        if resource.model is PlanApproval:
            rest = {"digest": plan.digest, "base_serial": plan.base_serial}
            return PlanApproval.objects.create(plan=plan, user=make_user("penyetuju"), **rest)
        return (
            plan
            if resource.model is Plan
            else ProvisioningRun.objects.create(plan=plan, kind="preview", report={})
        )
    return make(resource.model)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("resource", RESOURCES, ids=kind)
def test_a_list_shows_its_objects(resource: Resource, admin_client: Client) -> None:
    obj = made(resource)
    answer = admin_client.get(list_of(resource))
    assert answer.status_code == 200
    assert page_of(obj) in text_of(answer)


@pytest.mark.once
@pytest.mark.parametrize("resource", RESOURCES, ids=kind)
def test_an_empty_list_names_a_way_out(resource: Resource, admin_client: Client) -> None:
    answer = admin_client.get(list_of(resource))
    assert answer.status_code == 200
    assert ("/add/" in text_of(answer)) is resource.writable


@pytest.mark.parametrize("resource", RESOURCES, ids=kind)
def test_an_object_has_a_page(resource: Resource, admin_client: Client) -> None:
    obj = made(resource)
    answer = admin_client.get(page_of(obj))
    assert answer.status_code == 200
    assert ("/edit/" in text_of(answer)) is resource.writable


@pytest.mark.once
@pytest.mark.parametrize("resource", WRITABLE, ids=kind)
def test_a_form_opens_and_refuses_an_empty_answer(resource: Resource, admin_client: Client) -> None:
    address = f"{list_of(resource)}add/"
    assert admin_client.get(address).status_code == 200
    if any(not (one.blank or one.has_default()) for one in resource.writable_fields):
        answer = admin_client.post(address, {})
        assert answer.status_code == 422
        assert 'class="errors"' in text_of(answer)


@pytest.mark.parametrize("resource", WRITABLE, ids=kind)
def test_what_the_form_shows_can_be_saved(resource: Resource, admin_client: Client) -> None:
    is_cable = resource.model is Cable
    obj = plug(make(Interface), make(Interface)) if is_cable else make(resource.model)
    address = f"{page_of(obj)}edit/"
    form = admin_client.get(address).context["form"]
    shown = {one.html_name: one.value() for one in form}
    values = {
        name: value for name, value in shown.items() if value is not None and value is not False
    }
    answer = admin_client.post(address, {**values, "changelog_message": "tanpa ubah"})
    assert answer.status_code == 302, answer.context["form"].errors


@pytest.mark.parametrize("resource", WRITABLE, ids=kind)
def test_deletion_asks_first_and_is_logged(resource: Resource, admin_client: Client) -> None:
    obj = make(resource.model)
    address = f"{page_of(obj)}delete/"
    assert admin_client.get(address).status_code == 200
    answer = admin_client.post(address, {"changelog_message": "keliru dicatat"})
    assert answer.status_code == 302
    assert not resource.model._default_manager.filter(pk=obj.pk).exists()
    assert ObjectChange.objects.filter(action="delete", message="keliru dicatat").exists()


@pytest.mark.parametrize("resource", RESOURCES, ids=kind)
def test_csv_holds_every_field_of_every_row(resource: Resource, admin_client: Client) -> None:
    obj = made(resource)
    answer = admin_client.get(list_of(resource), {"export": "csv"})
    rows = list(csv.reader(b"".join(answer).decode().splitlines(keepends=True)))
    assert rows[0] == ["id", *(field.name for field in resource.fields)]
    assert str(obj.pk) in [row[0] for row in rows[1:]]


@pytest.mark.once
@pytest.mark.parametrize("resource", WRITABLE, ids=kind)
def test_a_list_asks_as_often_for_many_rows_as_for_few(
    resource: Resource,
    admin_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make(resource.model)
    every = {"columns": [one.name for one in resource.fields]}
    with CaptureQueriesContext(connection) as few:
        admin_client.get(list_of(resource), every)
    for _ in range(4):
        make(resource.model)
    with django_assert_num_queries(len(few)):
        admin_client.get(list_of(resource), every)


@pytest.mark.once
@pytest.mark.parametrize("resource", RESOURCES, ids=kind)
def test_who_may_only_look_sees_no_buttons_and_writes_nothing(
    resource: Resource, client: Client
) -> None:
    obj = made(resource)
    client.force_login(make_user("penonton"))
    assert "/edit/" not in text_of(client.get(page_of(obj)))
    expected = 403 if resource.writable else 404
    for address in (f"{list_of(resource)}add/", f"{page_of(obj)}edit/", f"{page_of(obj)}delete/"):
        assert client.post(address, {}).status_code == expected


@pytest.mark.once
@pytest.mark.parametrize("resource", RESOURCES, ids=kind)
def test_who_has_not_signed_in_is_sent_to_do_so(resource: Resource, client: Client) -> None:
    answer = client.get(list_of(resource))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")
