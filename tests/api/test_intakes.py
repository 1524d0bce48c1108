"""Intake forms: an office writes them while its request is a draft, and of its own apps only."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.requests.given import Given
from dcim.actions.requests.ours import sign
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Provider
from dcim.record.planner.intakes import AppIntake
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import MayNotHold, Refused
from tests.factories import TESTER, make, make_user, member

pytestmark = pytest.mark.django_db
URL = "/api/plugins/planner/app-intakes/"


def asked(tenant: Tenant, **fields: Any) -> AllocationRequest:
    regency = make(Provider, kind="regency")
    return make(AllocationRequest, **{"tenant": tenant, "provider": regency, **fields})


def second_person() -> Actor:
    return Actor.of(make_user("kabid", is_superuser=True))


def signed(request: AllocationRequest) -> None:
    make(RequestLine, request=request)
    sign(request, Given(), by=second_person())


def test_an_office_fills_in_the_form_of_its_own_app_in_its_own_request(client: Client) -> None:
    own, foreign = make(ServiceApp), make(ServiceApp)
    client.force_login(member(make_user(), "opd", tenant=own.owner))
    of_us = asked(own.owner)
    stated = {"confidentiality": "high", "rto_band": "4h", "backup_retention_days": 30}
    pairs = [(of_us, own), (of_us, foreign), (asked(foreign.owner), own)]
    answers = [
        client.post(
            URL,
            {"request": request.pk, "app": app.pk, **stated},
            content_type="application/json",
        )
        for request, app in pairs
    ]
    assert [one.status_code for one in answers] == [201, 400, 400]
    page = client.get(f"/plugins/planner/app-intakes/add/?request={of_us.pk}&app={own.pk}")
    assert page.status_code == 200
    assert AppIntake.objects.get().confidentiality == "high"


def test_a_form_is_written_while_its_request_is_a_draft() -> None:
    intake = make(AppIntake)
    record.update(intake, {"benefit": "layanan lebih cepat"}, by=TESTER)
    signed(intake.request)
    for refused in (
        lambda: record.update(intake, {"benefit": "lain"}, by=TESTER),
        lambda: record.delete(intake, by=TESTER),
        lambda: make(AppIntake, request=intake.request),
    ):
        with pytest.raises(Refused, match=intake.request.number):
            refused()
    record.update(intake, {"comments": "dibaca 29/11"}, by=TESTER)


def test_a_form_goes_with_its_request() -> None:
    intake = make(AppIntake)
    record.delete(intake.request, by=TESTER)
    assert not AppIntake.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("backup_retention_days", 6), ("backup_retention_days", 366), ("year", 1)]
)
def test_a_value_out_of_bounds_is_refused_by_its_field(
    admin_client: Client, field: str, value: int
) -> None:
    body = {"request": make(AllocationRequest).pk, "app": make(ServiceApp).pk, field: value}
    answer = admin_client.post(URL, body, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_nothing_is_signed_that_the_provider_may_not_hold_by_now() -> None:
    line = make(RequestLine, app=make(ServiceApp, data_class="closed"))
    record.update(line.request.provider, {"data_classes": ["open"]}, by=TESTER)
    with pytest.raises(MayNotHold):
        sign(line.request, Given(), by=second_person())
