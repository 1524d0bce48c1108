"""Two stored plans side by side: API, page and command say the same."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.actions.plans.making import document_of, make_plan
from dcim.planning.document import encode
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.planner.allocations import Provider
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.web.values.addresses import page_of
from tests.factories import TESTER, make, make_user, permit

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans(db: None) -> tuple[Plan, Plan]:
    """An app with an expired domain: to be repaired as declared, asked for once that is cured."""
    make(Provider, slug="pdn", kind="pdn")
    app = make(ServiceApp, code="SIPP", status="inactive", blocker="domain")
    make(Workload, app=app, name="web", vcpus=2, memory_mib=4096, storage_gib=50)
    first, second = (make_plan(stance, by=TESTER)[0] for stance in Stance)
    return first, second


def address(plan: Plan, other: object) -> str:
    return f"/api/plugins/planner/plans/{plan.pk}/difference/?with={other}"


def printed(*words: object) -> str:
    out = StringIO()
    call_command("compare_plans", *map(str, words), stdout=out)
    return out.getvalue()


def test_the_api_tells_what_two_plans_decide_otherwise(
    api: APIClient, plans: tuple[Plan, Plan]
) -> None:
    answer = api.get(address(plans[0], plans[1].pk))
    assert answer.status_code == 200, answer.json()
    told: Any = answer.json()
    assert [(one["code"], one["first"]["outcome"], one["second"]["outcome"]) for one in told["apps"]
    ] == [("SIPP", "repair", "revive_on_grant")]  # fmt: skip
    assert told["machines"][0]["second"]["pool"] == "ask"
    assert told["second"]["asked"]["MEMORY_MIB"] == 4096
    assert (told["first"]["plan"], told["same_record"]) == (plans[0].pk, True)


def test_command_and_api_say_the_same_and_files_do_as_well(
    api: APIClient, plans: tuple[Plan, Plan], tmp_path: Path
) -> None:
    told = api.get(address(plans[0], plans[1].pk)).json()
    assert json.loads(printed(*(one.pk for one in plans), "--json")) == told
    file = tmp_path / "plan.json"
    file.write_bytes(encode(document_of(plans[1])))
    assert "SIPP" in printed(plans[0].pk, file)
    with pytest.raises(CommandError, match=r"can't be read"):
        printed(plans[0].pk, tmp_path / "none.json")


def test_the_page_offers_the_other_plans_and_tells_what_differs(
    admin_client: Client, plans: tuple[Plan, Plan]
) -> None:
    page = f"{page_of(plans[0])}difference/"
    assert f'<option value="{plans[1].pk}"' in admin_client.get(page).content.decode()
    shown = admin_client.get(page, {"with": plans[1].pk})
    assert shown.status_code == 200
    text = shown.content.decode()
    assert all(part in text for part in ("SIPP", "sipp-web-1", "4 GiB"))


@pytest.mark.parametrize(
    ("other", "status"), [("", 400), ("itself", 400), ("999999999", 404), ("satu", 404)]
)
def test_no_other_plan_or_the_same_is_refused(
    api: APIClient,
    admin_client: Client,
    plans: tuple[Plan, Plan],
    other: str,
    status: int,
) -> None:
    named = str(plans[0].pk) if other == "itself" else other
    answer = api.get(address(plans[0], named))
    assert (answer.status_code, "with" in answer.json()) == (status, status == 400)
    page = admin_client.get(f"{page_of(plans[0])}difference/", {"with": named})
    assert (page.status_code, page.context["refusal"] is None) == (
        (422, False) if named else (200, True)
    )


def test_it_is_for_those_who_see_plans_and_all_apps(
    client: Client, plans: tuple[Plan, Plan]
) -> None:
    addresses = (
        address(plans[0], plans[1].pk),
        f"{page_of(plans[0])}difference/?with={plans[1].pk}",
    )
    for models, status in (((), 403), ((Plan,), 403), ((Plan, ServiceApp), 200)):
        user = make_user(f"budi{len(models)}")
        client.force_login(permit(user, *models) if models else user)
        assert [client.get(one).status_code for one in addresses] == [status] * 2
