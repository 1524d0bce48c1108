"""What takes many solves is asked in the background, watched, stopped, and told on its page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from dcim.actions.jobs import questions
from dcim.actions.jobs.plans import changes_in_background, curve_in_background
from dcim.actions.jobs.running import perform
from dcim.actions.plans.making import make_plan
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.watch import Recorded
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Provider
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp, Workload
from tests.api.clients import client_of
from tests.factories import TESTER, make, make_user, permit

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Three apps that the record has no room for, as many as no page answers at once."""
    monkeypatch.setattr(questions, "FEW_APPS", 2)
    make(Provider, slug="pdn", kind="pdn")
    for code, users in (("A", 900), ("B", 500), ("C", 0)):
        app = make(ServiceApp, code=code, status="inactive", users_per_month=users)
        make(Workload, app=app, name="web", vcpus=2, memory_mib=4096, storage_gib=50)
    return make_plan(Stance.AS_DECLARED, by=TESTER)[0]


def job_of(answer: Any) -> Job:
    assert answer.status_code == 202, answer.json()
    return Job.objects.get(pk=answer.json()["id"])


@pytest.mark.parametrize("word", ["curve", "changes"])
def test_get_answers_what_a_job_has_found_on_the_record_as_it_is(
    api: APIClient, plan: Plan, word: str
) -> None:
    address = f"/api/plugins/planner/plans/{plan.pk}/{word}/"
    early = api.get(address)
    assert (early.status_code, "POST" in early.content.decode()) == (409, True)
    job = job_of(api.post(address, {}, format="json"))
    assert job_of(api.post(address, {}, format="json")) == job
    perform(job.job_id)
    job.refresh_from_db()
    assert (job.status, job.error) == ("completed", "")
    assert job.data is not None
    assert (job.done, job.total) != (0, 0)
    assert api.get(address).json() == (job.data if word == "curve" else job.data["apps"])
    make(Site)
    assert api.get(address).status_code == 409


@pytest.mark.parametrize("word", ["curve", "changes"])
def test_what_few_apps_take_get_solves_as_the_job_does(
    api: APIClient, plan: Plan, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "FEW_APPS", 3)
    address = f"/api/plugins/planner/plans/{plan.pk}/{word}/"
    now = api.get(address).json()
    job = job_of(api.post(address, {}, format="json"))
    perform(job.job_id)
    job.refresh_from_db()
    assert job.data is not None
    assert now == (job.data if word == "curve" else job.data["apps"])


@pytest.mark.parametrize("word", ["curve", "changes"])
def test_the_page_asks_shows_progress_and_then_what_was_found(
    admin_client: Client, plan: Plan, word: str
) -> None:
    page = f"/plugins/planner/plans/{plan.pk}/{word}/"
    before = admin_client.get(page).content.decode()
    assert "Hitung" in before
    assert admin_client.post(page)["Location"] == page
    job = Job.objects.get()
    waiting = admin_client.get(page).content.decode()
    assert f'hx-get="/core/jobs/{job.pk}/progress/"' in waiting
    perform(job.job_id)
    after = admin_client.get(page).content.decode()
    assert ">A" in after or "+A" in after
    assert "Hitung" not in after
    assert f'href="{page}"' in admin_client.get(f"/core/jobs/{job.pk}/").content.decode()
    make(Site)
    assert "Hitung ulang" in admin_client.get(page).content.decode()


@pytest.mark.parametrize(
    ("kind", "run", "arguments", "page"),
    [
        ("planner.curve", curve_in_background, questions.of_curve, "curve"),
        ("planner.changes", changes_in_background, questions.of_changes, "changes"),
    ],
)
def test_what_was_stopped_is_told_as_a_part(
    admin_client: Client, plan: Plan, kind: str, run: Any, arguments: Any, page: str
) -> None:
    found = run(arguments(plan), Recorded(stop_at=5 if page == "curve" else 2))
    parts = found["points"] if page == "curve" else found["apps"]
    assert (found["is_complete"], len(parts)) == (False, 2 if page == "curve" else 1)
    Job.objects.create(
        name="x", kind=kind, arguments=arguments(plan), data=found, status="completed"
    )
    shown = admin_client.get(f"/plugins/planner/plans/{plan.pk}/{page}/").content.decode()
    assert "Dihentikan sebelum selesai" in shown


def test_who_makes_no_plans_may_not_ask_and_a_wrong_step_is_refused(
    api: APIClient, plan: Plan
) -> None:
    address = f"/api/plugins/planner/plans/{plan.pk}/curve/"
    reader = permit(permit(make_user(), Plan), ServiceApp)
    assert client_of(reader).post(address, {}, format="json").status_code == 403
    wrong = api.post(address, {"step": 0}, format="json")
    assert (wrong.status_code, list(wrong.json())) == (400, ["step"])
    make(Site)
    old = api.post(address.replace("curve", "changes"), {}, format="json")
    assert (old.status_code, Job.objects.count()) == (409, 0)
