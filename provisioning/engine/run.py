"""Runs one action over targets of a plan: rules first, then each target, and a report of them all.

Targets are run one after another, and the report tells them apart. One that fails does not stop the
next, but in an apply: what later targets reclaim may be what it should have replaced.
"""

from __future__ import annotations

import gc
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from time import monotonic

from dcim.planning.document import PlanDocument
from dcim.planning.rules import Violation, violations
from dcim.planning.sentences import tell, tell_error
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import LumbungError, Refused
from dcim.vocabulary.hypervisors import is_disposable
from provisioning.engine.command import Say, find_engine
from provisioning.engine.execution import (
    Done,
    Job,
    Opened,
    check_seen,
    execute,
    open_job,
    perform,
    stopped,
)
from provisioning.engine.report import (
    Action,
    Report,
    Result,
    TargetReport,
    counts_of,
    report_of,
    target_report,
)
from provisioning.engine.saved import Basis, Shelf, digest_of_file
from provisioning.engine.state.workspace import alone
from provisioning.program.build import PlanRefused, driver_of, target_of
from provisioning.provider.serving import serving


def run(
    document: PlanDocument,
    action: Action,
    *,
    targets: Sequence[str] = (),
    say: Say = lambda _text: None,
    disposable_only: bool = True,
    watch: Watch = UNWATCHED,
    shelf: Shelf | None = None,
    headroom_percent: int = 0,
) -> Report:
    """Does `action` on the named targets (all by default) and reports on each.

    Args: with `disposable_only`, `up` and `destroy` are refused on real hypervisors; `watch` is
    told of each step and may end the run; a preview saves its engine plans on the `shelf`; of each
    pool that the plan adds to, `headroom_percent` must stay free.

    Raises: UnknownThing for an unknown target, PlanRefused when the plan breaks rules,
    MissingComponent when there is no engine. What goes wrong on one target stands in the report.
    """
    named = dict.fromkeys(targets)  # whoever names one twice means it once
    chosen = [target_of(document, name) for name in named] or list(document.targets)
    found = violations(document, headroom_percent=headroom_percent)
    broken = [one for one in found if _concerns(one, action)]
    if broken:
        raise PlanRefused(broken)
    for target in chosen:
        driver_of(target)
    command = find_engine()
    jobs = [Job(document, target, action, command, say, watch, shelf) for target in chosen]
    reports = [_report(job, disposable_only=disposable_only) for job in jobs]
    return report_of(action, document, reports)


def apply(
    document: PlanDocument,
    approved: Sequence[Basis],
    shelf: Shelf,
    *,
    say: Say = lambda _text: None,
    watch: Watch = UNWATCHED,
    before: Callable[[], object] = lambda: None,
) -> Report:
    """Makes what was `approved` so, and nothing else, on real hypervisors too.

    An update plan is not applied as a whole or not at all, so everything is compared before the
    first target is touched, and all targets are held until the last one is done. Once one was not
    done, those after it are refused and nothing of them is touched.

    Args: `approved` in the order in which targets are done; `before` is called once they are held
    and compared, which may have taken long; what it raises keeps everything as it is.

    Raises: Refused when anything is not as it was approved; then nothing has been changed. Else as
    `run`.
    """
    targets = [target_of(document, one.target) for one in approved]
    broken = violations(document)
    if broken:
        raise PlanRefused(broken)
    for one in approved:
        if digest_of_file(shelf.path(one.target)) != one.engine_plan:
            raise Refused(
                tell(
                    _(
                        "%(target)s: the saved engine plan is not the one that was approved, or"
                        " is not on this machine."
                    ),
                    target=one.target,
                ),
                field="approval",
                hint=_(
                    "Workers on several machines share LUMBUNG_DATA/pulumi/plans. Where it is"
                    " lost, preview the plan again, and have that approved."
                ),
            )
    command = find_engine()
    jobs = [
        Job(document, target, Action.UP, command, say, watch, shelf, basis)
        for target, basis in zip(targets, approved, strict=True)
    ]
    with ExitStack() as held:
        for name in sorted(target.name for target in targets):
            held.enter_context(alone(name, say, f"{Action.UP} of {document.name}", watch))
        held.enter_context(_tidy())
        # A provider each: one that has met a hypervisor knows no other.
        opened = [open_job(job, held.enter_context(serving())) for job in jobs]
        for begun in opened:
            check_seen(begun)
        before()
        reports = _until_one_fails(opened)
    return report_of(Action.UP, document, reports)


def _until_one_fails(opened: Sequence[Opened]) -> list[TargetReport]:
    reports: list[TargetReport] = []
    for begun in opened:
        undone = reports and reports[-1].result is not Result.DONE
        do = partial(_not_begun, reports) if undone else partial(perform, begun)
        reports.append(_report_of(begun.job, do))
    return reports


def _not_begun(before: Sequence[TargetReport]) -> Done:
    first = next(one.name for one in before if one.result is not Result.DONE)
    raise Refused(
        tell(_("not begun, since %(target)s was not done."), target=first),
        hint=_("Preview the plan again once that is mended, and have that approved."),
    )


def _concerns(violation: Violation, action: Action) -> bool:
    """What is no plan to follow can still be torn down, where its addresses are in order."""
    return action is not Action.DESTROY or violation.rule.startswith("hypervisor.")


def _report(job: Job, *, disposable_only: bool) -> TargetReport:
    def alone_with_provider() -> Done:
        if disposable_only:
            _refuse_real(job)
        run_name = f"{job.action} of {job.document.name}"
        with alone(job.target.name, job.say, run_name, job.watch), _tidy(), serving() as port:
            return execute(job, port)

    return _report_of(job, alone_with_provider)


def _report_of(job: Job, do: Callable[[], Done]) -> TargetReport:
    started = monotonic()
    try:
        if job.watch.is_stopped():
            raise stopped()
        done = do()
    except LumbungError as err:
        result = Result.REFUSED if isinstance(err, Refused) else Result.FAILED
        return target_report(job.target, result, message=tell_error(err))
    return _report_done(job, done, seconds=round(monotonic() - started, 1))


def _report_done(job: Job, done: Done, *, seconds: float) -> TargetReport:
    steps = done.listener.steps
    counts = counts_of(steps)
    seen = Result.CHANGES if counts.changed else Result.NO_CHANGE
    result = Result.DONE if job.action.changes_things else seen
    if done.fault is not None:
        result = Result.REFUSED if isinstance(done.fault, Refused) else Result.FAILED
    return target_report(
        job.target,
        result,
        message="" if done.fault is None else tell_error(done.fault),
        counts=counts,
        steps=steps,
        based_on_as_is=done.based_on_as_is,
        seconds=seconds,
    )


def _refuse_real(job: Job) -> None:
    if job.action.changes_things and not is_disposable(job.target.uri):
        raise Refused(
            tell(
                _("%(action)s on the real hypervisor %(address)s is not done from here."),
                action=job.action,
                address=job.target.uri,
            ),
            hint=_("Preview it, or rehearse the plan: a target without hypervisor is a rehearsal."),
        )


@contextmanager
def _tidy() -> Iterator[None]:
    """Hides and frees what the SDK leaves where an engine stops at an error.

    gRPC would log a stack trace of the program that was left behind, whose event loop stays open.
    """
    log = logging.getLogger("grpc._server")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            # Said of an engine that was killed.
            warnings.filterwarnings("ignore", "Error in event stream")
            yield
    finally:
        log.setLevel(level)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
