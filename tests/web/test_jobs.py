"""The pages of jobs: progress, stopping, result."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.actions.changes import Actor
from dcim.actions.jobs.queue import enqueue
from dcim.actions.jobs.running import perform
from dcim.record.planner.jobs import Job
from dcim.web.values.addresses import page_of
from tests.factories import TESTER, make_user

pytestmark = pytest.mark.django_db


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_open_job_shows_its_progress_and_refreshes_itself(admin_client: Client) -> None:
    job = enqueue("core.count", {"steps": 4}, by=TESTER)
    assert "db_worker" in text(admin_client, page_of(job))
    Job.objects.update(status="running", done=1, total=4, text="SIMPEG")
    for address in (page_of(job), f"{page_of(job)}progress/"):
        page = text(admin_client, address)
        assert 'value="25"' in page
        assert "SIMPEG" in page
        assert f'hx-get="{page_of(job)}progress/"' in page


def test_an_ended_job_is_shown_anew_with_what_came_of_it(admin_client: Client) -> None:
    job = enqueue("core.count", {"steps": 1}, by=TESTER)
    perform(job.job_id)
    assert admin_client.get(f"{page_of(job)}progress/")["HX-Refresh"] == "true"
    page = text(admin_client, page_of(job))
    assert "counted" in page
    assert "hx-get" not in page.partition('id="main"')[2]


def test_everyone_sees_and_stops_the_own_jobs_alone(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    mine = enqueue("core.count", {"steps": 1}, by=Actor.of(user))
    other = enqueue("core.count", {"steps": 1}, by=TESTER)
    assert page_of(other) not in text(client, "/core/jobs/")
    assert client.post(f"{page_of(other)}stop/").status_code == 404
    assert client.get(f"{page_of(other)}progress/").status_code == 404
    assert client.post(f"{page_of(mine)}stop/").status_code == 302
    mine.refresh_from_db()
    assert mine.status == "failed"
    assert client.post(f"{page_of(mine)}stop/").status_code == 409
