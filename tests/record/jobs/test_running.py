"""A job from being asked for to its end, in this process."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.jobs import kinds, recovery, schedule
from dcim.actions.jobs.kinds import Kept, Kind
from dcim.actions.jobs.queue import enqueue, stop
from dcim.actions.jobs.running import perform
from dcim.planning.watch import Watch
from dcim.record.log.changes import current_serial
from dcim.record.people.organisation import Tag
from dcim.record.planner.jobs import Job
from dcim.vocabulary.errors import InvalidInput, Refused, Stopped
from tests.factories import TESTER, make_user, permit

pytestmark = pytest.mark.django_db


def kept(name: str) -> Kept:
    def write(by: Actor) -> kinds.Written:
        tag = record.create(Tag, {"name": name, "slug": name}, by=by)
        return {"tag": name}, tag

    return Kept(write)


def outcome(job: Job, watch: Watch) -> kinds.Data | Kept:
    """Ends as its arguments say."""
    match job.arguments["way"]:
        case "kept":
            return kept("made")
        case "refused":
            raise Refused("The rack is full.", hint="Take another.")
        case "stopped":
            raise Stopped("Nothing was found yet.")
        case "lost":
            Job.objects.filter(pk=job.pk).update(tries=7)
            return kept("made")
    raise ZeroDivisionError("division by zero")


@pytest.fixture(autouse=True)
def trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds for these tests beside the product's."""
    mine = {
        "test.outcome": Kind("Trial", outcome),
        "test.once": Kind("Once", outcome, restarts=False),
    }
    monkeypatch.setattr(kinds, "KINDS", {**kinds.KINDS, **mine})


def done(way: str, by: Actor = TESTER) -> Job:
    job = enqueue("test.outcome", {"way": way}, by=by)
    perform(job.job_id)
    job.refresh_from_db()
    return job


def running(kind: str = "test.outcome", worker: str = "dead", **values: Any) -> Job:
    """A job as a worker that was killed leaves it."""
    job = enqueue(kind, {"way": "kept"}, by=TESTER)
    DBTaskResult.objects.update(status="RUNNING", worker_ids=[worker], started_at=timezone.now())
    about = {"status": "running", "worker": worker, "tries": 1, "heartbeat": timezone.now()}
    Job.objects.update(**about | values)
    return job


def test_what_it_makes_is_written_with_its_end() -> None:
    job = done("kept")
    assert (job.status, job.data, job.object_type) == ("completed", {"tag": "made"}, "extras.tag")
    assert Tag.objects.get().pk == job.object_id
    assert [one["message"] for one in job.log_entries][-1] == "completed"


@pytest.mark.parametrize(
    ("way", "status", "error"),
    [
        ("refused", "failed", "The rack is full. Take another."),
        ("stopped", "failed", "Nothing was found yet."),
        ("broken", "errored", "ZeroDivisionError: division by zero"),
    ],
)
def test_an_end_without_a_result_says_why(way: str, status: str, error: str) -> None:
    job = done(way)
    assert (job.status, job.error, job.data) == (status, error, None)


def test_what_it_writes_is_judged_as_the_user_who_asked() -> None:
    nobody = done("kept", Actor.of(make_user()))
    assert (nobody.status, Tag.objects.count()) == ("failed", 0)
    somebody = done("kept", Actor.of(permit(make_user("budi"), Tag, actions=["add"])))
    assert (somebody.status, somebody.error) == ("completed", "")


def test_a_worker_that_has_lost_the_job_writes_nothing() -> None:
    assert done("lost").status == "running"
    assert not Tag.objects.exists()


def test_jobs_are_no_part_of_the_record_s_log() -> None:
    before = current_serial()
    done("broken")
    assert current_serial() == before


def test_asked_for_twice_while_open_it_is_one() -> None:
    first, second = (enqueue("core.count", {"steps": 1}, by=TESTER) for _ in range(2))
    assert first == second
    perform(first.job_id)
    assert enqueue("core.count", {"steps": 1}, by=TESTER) != first


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"core\.count"):
        enqueue("core.cuont", {}, by=TESTER)


def test_one_that_is_stopped_before_it_begins_is_never_done() -> None:
    job = stop(enqueue("test.outcome", {"way": "kept"}, by=TESTER), by=TESTER)
    perform(job.job_id)
    job.refresh_from_db()
    assert (job.status, Tag.objects.exists()) == ("failed", False)
    with pytest.raises(Refused):
        stop(job, by=TESTER)


def test_a_killed_worker_s_job_is_begun_again_and_done_once() -> None:
    job = running()
    assert recovery.recover(worker="another") == []
    assert recovery.recover(worker="dead") == [job]
    job.refresh_from_db()
    assert (job.status, DBTaskResult.objects.get().status) == ("pending", "READY")
    perform(job.job_id)
    perform(job.job_id)
    assert Tag.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kind": "test.once"}, "errored"),
        ({"tries": recovery.MOST_TRIES}, "errored"),
        ({"stop_requested": True}, "errored"),
        ({}, "pending"),
    ],
)
def test_a_silent_job_is_begun_again_only_where_that_may_be(
    values: dict[str, Any], expected: str
) -> None:
    job = running(heartbeat=timezone.now() - 2 * recovery.STALE_AFTER, **values)
    recovery.recover()
    job.refresh_from_db()
    assert job.status == expected
    assert bool(job.error) is (expected == "errored")


def test_a_job_whose_task_is_gone_is_queued_anew() -> None:
    job = enqueue("core.count", {}, by=TESTER)
    assert recovery.recover(worker="w") == []
    DBTaskResult.objects.all().delete()
    assert recovery.recover(worker="w") == [job]
    assert DBTaskResult.objects.count() == 1


def test_what_is_old_is_cleared_away() -> None:
    old = timezone.now() - timedelta(days=91)
    job, waiting = done("kept"), enqueue("core.count", {}, by=TESTER)
    Job.objects.filter(pk=job.pk).update(completed=old)
    recovery.clear_away()
    assert list(Job.objects.all()) == [waiting]


def moment(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def test_daily_work_comes_once_a_day_and_again_an_hour_after_it_went_wrong() -> None:
    daily = (schedule.Daily("core.count", time(6, 0)),)

    def due(at: str) -> int:
        return len(schedule.enqueue_due(moment(at), daily))

    assert [due("2026-11-29T05:59"), due("2026-11-29T06:00"), due("2026-11-29T06:01")] == [0, 1, 0]
    failed = moment("2026-11-29T06:10")
    Job.objects.update(status="errored", completed=failed)
    assert [due("2026-11-29T07:00"), due("2026-11-29T07:11"), due("2026-11-29T07:12")] == [0, 1, 0]
    assert due("2026-11-30T06:00") == 1


def test_the_queue_commits_with_the_job() -> None:
    assert connection.in_atomic_block
    job = enqueue("core.count", {}, by=TESTER)
    assert DBTaskResult.objects.get().pk == job.task_id
