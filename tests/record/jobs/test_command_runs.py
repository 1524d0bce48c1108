"""Runs that commands do themselves: ended by signals, and closed where a command was killed."""

from __future__ import annotations

import signal
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from dcim.actions.changes import Actor
from dcim.actions.plans.making import planning_serial, store_plan
from dcim.actions.provisioning.asking import stop_run
from dcim.actions.provisioning.ending import Ending, begin_inline
from dcim.planning.watch import LoggedWatch
from dcim.record.people.account import User
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome
from dcim.vocabulary.errors import Refused
from dcim.web.values.sentences import retelling
from provisioning.engine.report import Action, report_of
from provisioning.runs import performing, stored
from tests.factories import TESTER, make_user, member
from tests.plan_documents import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker() -> User:
    return member(make_user("teknisi"), "engineer")


@pytest.fixture
def plan() -> Plan:
    return store_plan(document(base_serial=planning_serial()), by=TESTER)


@pytest.mark.parametrize("times", [1, 2])
def test_a_command_s_run_ends_with_ctrl_c_and_its_report_is_kept(
    plan: Plan, asker: User, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    report = report_of(Action.PREVIEW, document(), [])

    def interrupted(_row: ProvisioningRun, watch: LoggedWatch) -> performing.Performed:
        for _time in range(times):
            signal.raise_signal(signal.SIGINT)
        assert watch.is_stopped()
        return performing.Performed(Ending(outcome=RunOutcome.STOPPED, report={}), report)

    monkeypatch.setattr(stored, "perform", interrupted)
    ends = nullcontext() if times == 1 else pytest.raises(KeyboardInterrupt)
    before = signal.getsignal(signal.SIGINT)
    with ends:
        stored.run_inline(plan, RunKind.PREVIEW, targets=(), say=print, by=Actor.of(asker))
    run = ProvisioningRun.objects.get()
    assert (run.status, run.outcome) == ("ended", "stopped")
    assert (run.report, "broke off" in run.message) == (({}, False), (None, True))[times - 1]
    assert signal.getsignal(signal.SIGINT) is before
    with override("id"):
        told = retelling(run.log)(run.message)
    assert told.startswith("Perintah terputus: ") is (times == 2)


def test_a_run_that_a_killed_command_left_open_can_be_closed(plan: Plan, asker: User) -> None:
    run = begin_inline(plan, RunKind.PREVIEW, (), by=Actor.of(asker))
    with pytest.raises(Refused, match="A command does this run"):
        stop_run(run, by=Actor.of(asker))
    ProvisioningRun.objects.update(started=timezone.now() - timedelta(hours=2))
    run.refresh_from_db()
    with override("id"):
        ended = stop_run(run, by=Actor.of(asker))
        told = retelling(ended.log)(ended.message)
    assert (ended.status, ended.outcome) == ("ended", "stopped")
    assert ended.message == "Closed by teknisi: nobody was at it any more."  # as the API speaks
    assert told == "Ditutup oleh teknisi: tidak ada lagi yang mengerjakannya."
