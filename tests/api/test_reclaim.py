"""The reclaim of a plan through API, page and command: the same answer, the same refusals."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.record.people.organisation import Tenant
from dcim.record.planner.plans import Plan
from dcim.record.planner.requests import AllocationRequest
from dcim.web.values.addresses import page_of
from tests.factories import make
from tests.reclaims import Room, applied, room

pytestmark = pytest.mark.django_db
NAME = "pdn-1/lama-1"


@pytest.fixture
def here() -> Room:
    return room()


def program(here: Room, *, second: bool = True) -> APIClient:
    client = APIClient()
    client.force_authenticate(here.approver if second else here.author)
    return client


def at(plan: Plan, word: str) -> str:
    return f"/api/plugins/planner/plans/{plan.pk}/{word}/"


def test_the_answer_says_what_goes_and_what_stands_against_it(here: Room) -> None:
    here.rest()
    plan = here.plan()
    found = program(here).get(at(plan, "reclaim")).json()
    (app,), (going,) = found["apps_down"], found["going"]
    assert (app["code"], app["chain"][-1]) == ("BARU", "vm:lama-1")
    assert (going["machine"], going["cover"], going["wave"]) == (NAME, "missing", 1)
    assert (found["is_free_to_go"], found["freed"][0]["pool"]) == (False, "allocation:PDN-1")
    told = StringIO()
    with pytest.raises(CommandError, match="BARU") as refused:
        call_command("reclaim", plan=plan.digest, check=True, json=True, stdout=told)
    assert (refused.value.returncode, json.loads(told.getvalue())) == (3, found)
    here.machine.delete()
    text = StringIO()
    call_command("reclaim", plan=plan.digest, check=True, stdout=text)
    assert f"–  {NAME}  LAMA  gone" in text.getvalue()


@pytest.mark.parametrize(
    ("second", "body", "status", "says"),
    [
        (True, {"machine": NAME, "reason": "Datanya sudah pindah"}, 201, "penyetuju"),
        (False, {"machine": NAME, "reason": "Datanya sudah pindah"}, 403, "Whoever made it"),
        (True, {"machine": NAME}, 400, "reason"),
        (True, {"machine": "pdn-1/lain", "reason": "x"}, 404, "pdn-1/lain"),
    ],
)
def test_a_waiver_is_a_second_persons(
    here: Room, second: bool, body: Any, status: int, says: str
) -> None:
    plan = here.plan()
    answer = program(here, second=second).post(at(plan, "waive-backup"), body, format="json")
    assert (answer.status_code, says in answer.content.decode()) == (status, True)
    assert program(here).get(at(plan, "reclaim")).json()["is_free_to_go"] is (status == 201)


def test_what_was_freed_is_drafted_once_for_who_applies(here: Room) -> None:
    plan, tenant = here.plan(), make(Tenant)
    applied(plan)
    assert program(here).post(at(plan, "give-back"), {}, format="json").status_code == 403
    author = program(here, second=False)
    assert author.post(at(plan, "give-back"), {}, format="json").json() == []  # nobody applies
    for _ in range(2):
        (made,) = author.post(at(plan, "give-back"), {"tenant": tenant.pk}, format="json").json()
    assert made["number"] == AllocationRequest.objects.get().number
    (gone,) = author.get(at(plan, "reclaim")).json()["reclaimed"]
    assert (gone["machine"], gone["request"]) == (NAME, made["number"])


def test_the_page_shows_it_and_takes_the_waiver(client: Client, here: Room) -> None:
    need = here.rest()
    plan = here.plan()
    page = f"{page_of(plan)}reclaim/"
    client.force_login(here.author)
    assert page in client.get(page_of(plan)).content.decode()
    text = client.get(page).content.decode()
    assert ("BARU" in text, NAME in text, "waive-backup" in text) == (True, True, False)
    need.delete()
    client.force_login(here.approver)
    assert "waive-backup" in client.get(page).content.decode()
    body = {"machine": NAME, "reason": "Datanya sudah pindah"}
    assert client.post(f"{page_of(plan)}waive-backup/", body).status_code == 302
    text = client.get(page).content.decode()
    assert ("Datanya sudah pindah" in text, "waive-backup" in text) == (True, False)
    make(AllocationRequest, provider=here.grant.provider)
    applied(plan)
    client.force_login(here.author)
    text = client.get(page).content.decode()
    assert (f"{page_of(plan)}give-back/" in text, "PK-" in text) == (True, True)
    assert client.post(f"{page_of(plan)}give-back/").status_code == 302
