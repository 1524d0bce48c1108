"""Runs of the engine on plans that the record keeps; each leaves its report behind as a row."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from dcim.actions.changes import Actor
from dcim.actions.plans.making import document_of, make_plan, store_plan
from dcim.actions.provisioning.asking import begin_apply_inline, known_targets
from dcim.actions.provisioning.ending import begin_inline, end_run, ending_told, keep_report
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.sentences import tell
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome, _
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from provisioning.engine.command import Say
from provisioning.engine.remote.source import read_plan
from provisioning.engine.report import Report
from provisioning.runs.performing import Performed, perform

ENDS: Final = (signal.SIGINT, signal.SIGTERM)
SHORTEST_DIGEST: Final = 8
"""As many characters as the record's pages show of one."""


def find_plan(named: str, stance: Stance, *, by: Actor) -> Plan:
    """The plan that `named` means: a file, a digest or its beginning, a name; nothing: a new one.

    Raises: UnknownThing when the record has no such plan, InvalidInput when several digests begin
    so, BadDocument when the file holds none.
    """
    if not named:
        return make_plan(stance, by=by)[0]
    if Path(named).is_file():
        return store_plan(read_plan(Path(named)), by=by)
    found = _with_digest(named) or Plan.objects.filter(name=named, stance=stance).first()
    if found is None:
        raise UnknownThing(
            f"there is no plan “{named}”, neither as a file nor in the record.",
            field="plan",
            hint=f"Make one with ./manage.py plan, or leave --plan out to make it now. Of a digest,"
            f" give at least {SHORTEST_DIGEST} characters.",
        )
    return found


def _with_digest(beginning: str) -> Plan | None:
    digits = beginning.removeprefix("sha256:")
    if len(digits) < SHORTEST_DIGEST:
        return None
    found = Plan.objects.filter(digest__startswith=f"sha256:{digits}")[:2]
    if len(found) > 1:
        raise InvalidInput(
            f"the digests of several plans begin with “{digits}”.",
            field="plan",
            hint="Give more of its characters.",
        )
    return next(iter(found), None)


class Printing:
    """Follows a run that a command does itself: each line is printed, nothing else is kept."""

    def __init__(self, say: Say) -> None:
        self._say, self._stopped = say, False

    def report(self, done: int, total: int, text: str = "") -> None:
        """Lines tell enough."""

    def note(self, text: str) -> None:
        """Print it."""
        self._say(text)

    def is_stopped(self) -> bool:
        """Whether Ctrl-C was pressed, or the command was told to end."""
        return self._stopped

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """End after the steps that the engine is at; told once more, at once."""
        self._stopped = True
        for number in ENDS:
            signal.signal(number, signal.default_int_handler)
        self._say(_("Stopping after the steps that it is at; press Ctrl-C again to end now."))


@contextmanager
def _listening(watch: Printing) -> Iterator[None]:
    """Takes signals as a wish to end; only the main thread is told of any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, watch.stop) for number in ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def run_inline(
    plan: Plan, kind: RunKind, *, targets: Sequence[str], say: Say, by: Actor
) -> tuple[Report, ProvisioningRun]:
    """The report of a run of `kind` on `plan`, done here and now, and the row that keeps it.

    Raises: UnknownThing for an unknown target; what kept the engine from starting, which the row
    keeps too.
    """
    chosen = known_targets(document_of(plan), targets)
    return _done(begin_inline(plan, kind, chosen, by=by), say)


def apply_inline(
    preview: ProvisioningRun, *, say: Say, by: Actor
) -> tuple[Report, ProvisioningRun]:
    """The same of what `preview` showed and a second person has approved.

    Raises: Refused when nobody has, or anything has moved since.
    """
    return _done(begin_apply_inline(preview, by=by), say)


def _done(row: ProvisioningRun, say: Say) -> tuple[Report, ProvisioningRun]:
    watch = Printing(say)
    with _listening(watch):
        performed = _performed(row, watch)
        keep_report(row, performed.ending)
        ended = end_run(row, performed.ending)
    if performed.report is None:
        raise performed.error or AssertionError(row)
    return performed.report, ended


def _performed(row: ProvisioningRun, watch: Printing) -> Performed:
    """What came of `row`, which ends too where the command itself breaks off."""
    try:
        return perform(row, watch)
    except BaseException as err:
        outcome = RunOutcome.STOPPED if watch.is_stopped() else RunOutcome.FAILED
        words = f"{type(err).__name__} {err}".rstrip()
        end_run(row, ending_told(outcome, tell(_("The command broke off: %(words)s"), words=words)))
        raise
