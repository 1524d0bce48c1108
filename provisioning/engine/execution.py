"""One action on one stack: what it holds, how things stand first where due, then the engine.

A stack is opened once, because every question to the engine starts its program anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import pulumi
from pulumi.automation import (
    CommandError,
    PulumiCommand,
    Stack,
)

from dcim.planning.document import DocumentKind, PlanDocument, Target, as_is
from dcim.planning.sentences import tell
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import LumbungError, Refused, Stopped
from dcim.vocabulary.hypervisors import is_disposable, is_rehearsal, is_same_hypervisor
from provisioning.engine.command import Say
from provisioning.engine.events import Listener
from provisioning.engine.failures import failure
from provisioning.engine.report import Action
from provisioning.engine.saved import Basis, Shelf, digest_of_state, digest_of_steps
from provisioning.engine.state.protection import free_to_reclaim, lock, shown_all_that_goes
from provisioning.engine.state.stacks import insist, settled_state, write
from provisioning.engine.state.workspace import (
    QUICK,
    open_stack,
    state_folder,
)
from provisioning.engine.stopping import StoppableEngine
from provisioning.program.build import build
from provisioning.program.order import owners_of
from provisioning.program.standing import (
    AS_IS,
    PLANNED,
    Standing,
    State,
    as_is_digest,
    planned_digest,
    standing_of,
)
from provisioning.program.traces import Program, leave_out_traces
from provisioning.provider.rehearsal import forget

_MET: Final[set[str]] = set()
"""Targets on test hypervisors met in this process: they begin empty, whatever a stack says."""


_BEGUN: Final[Mapping[Action, str]] = {
    Action.PREVIEW: _("%(target)s: preview …"),
    Action.REFRESH: _("%(target)s: refresh …"),
    Action.UP: _("%(target)s: up …"),
    Action.DESTROY: _("%(target)s: destroy …"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One action on one target of a plan.

    A preview saves its engine plan on the `shelf`; an `up` of what was `approved` finds it there.
    """

    document: PlanDocument
    target: Target
    action: Action
    command: PulumiCommand
    say: Say
    watch: Watch = UNWATCHED
    shelf: Shelf | None = None
    approved: Basis | None = None

    @property
    def as_is(self) -> str:
        """Tells apart how the target stands before the plan."""
        return as_is_digest(self.target, owners_of(self.document))

    @property
    def planned(self) -> str:
        """Tells apart how the target stands after the plan."""
        return planned_digest(self.target, owners_of(self.document))

    def program(self, document: PlanDocument, standing: Standing) -> Program:
        """The Pulumi program of the target as `document` has it; notes what it started from."""

        leave_out_traces()  # the stack itself is made before the program begins

        def register() -> None:
            build(document, self.target.name, standing)
            if is_disposable(self.target.uri):
                pulumi.export(AS_IS, self.as_is)
                if document.kind is DocumentKind.PLAN:
                    pulumi.export(PLANNED, self.planned)

        return Program(register)


@dataclass(frozen=True, slots=True)
class Done:
    """What was heard, whether how things stand had to be applied first, and what went wrong.

    Only where something was really changed a fault is kept here, beside the steps that were done.
    """

    listener: Listener
    based_on_as_is: bool
    fault: LumbungError | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A job whose stack is open and stands where the job begins; nothing of it is done yet."""

    job: Job
    stack: Stack
    standing: Standing
    held: State
    based_on_as_is: bool = False

    @property
    def digest(self) -> str:
        """Tells apart what the stack holds."""
        return digest_of_state(self.held if self.standing.urns else {})


def execute(job: Job, provider_port: int) -> Done:
    """Runs the job with the provider that listens on the port.

    Raises: what `open_job` and `perform` raise.
    """
    return perform(open_job(job, provider_port))


def open_job(job: Job, provider_port: int) -> Opened:
    """The job with its stack open.

    Raises: Refused when a former hypervisor forbids it, or the stack is not what was approved;
    EngineFailed with the engine's words.
    """
    if job.watch.is_stopped():
        raise stopped()
    try:
        command = StoppableEngine(job.command, job.watch)
        stack = open_stack(command, job.target.name, provider_port=provider_port)
        state = settled_state(stack)
        standing = _standing(job, stack, state)
        if standing.urns and not is_disposable(job.target.uri):
            state = lock(stack, state)
    except CommandError as err:
        raise failure(str(err), Listener(), job.target) from err
    opened = Opened(job, stack, standing, state)
    if job.approved is not None:
        _check_state(opened, job.approved)
        return opened
    if not _needs_as_is(job, standing):
        return opened
    _apply_as_is(job, stack, standing)
    state = settled_state(stack)
    # What stands is read anew: an engine plan names aliases too, and those of the apply follow it.
    return Opened(job, stack, standing_of(state), state, based_on_as_is=True)


def perform(opened: Opened) -> Done:
    """Does what was opened.

    Raises: Refused when a check forbids it, Stopped, EngineFailed with the engine's words; where
    something was changed by then, that is the fault of what is given back.
    """
    job = opened.job
    job.say(tell(_BEGUN[job.action], target=job.target.name))
    listener = Listener(job.action, _steps_of(job.target), job.watch, job.say)
    try:
        program = job.program(job.document, opened.standing)
        with _past_protection(opened):
            _call(job, opened.stack, _Asked.by(job), listener, program)
    except (CommandError, LumbungError) as err:
        told = failure(str(err), listener, job.target) if isinstance(err, CommandError) else err
        fault = stopped() if job.watch.is_stopped() else told
        if job.action.changes_things and listener.steps:
            return Done(listener, opened.based_on_as_is, fault)
        raise fault from err
    if job.shelf is not None and job.action is Action.PREVIEW:
        job.shelf.keep(job.target.name, state=opened.digest, steps=listener.steps)
    return Done(listener, opened.based_on_as_is)


def _past_protection(opened: Opened) -> AbstractContextManager[None]:
    """Lets the engine show all that would go, or do what the plan reclaims."""
    job = opened.job
    match job.action:
        case Action.PREVIEW:
            return shown_all_that_goes(opened.stack, opened.held, job.target)
        case Action.UP:
            return free_to_reclaim(opened.stack, opened.held, job.target, job.say)
        case _:
            return nullcontext()


def check_seen(opened: Opened) -> None:
    """Previews once more what is to be applied, for the hypervisor may have been changed by hand.

    Raises: Refused when what would be done is no longer what was approved.
    """
    job, listener = opened.job, Listener(Action.PREVIEW)
    job.say(tell(_("%(target)s: comparing with what was approved …"), target=job.target.name))
    program = job.program(job.document, opened.standing)
    with shown_all_that_goes(opened.stack, opened.held, job.target):
        _call(job, opened.stack, _Asked(Action.PREVIEW, refresh=True), listener, program)
    if job.approved is not None and digest_of_steps(listener.steps) != job.approved.steps:
        raise Refused(
            tell(
                _(
                    "%(target)s: what would be done is no longer what was approved: %(address)s"
                    " or its machines have changed since."
                ),
                target=job.target.name,
                address=job.target.uri,
            ),
            field="approval",
            hint=_("Preview the plan again, and have that approved."),
        )


def stopped() -> Stopped:
    """What a run says that somebody ended."""
    return Stopped(
        _("The run was stopped; the engine finished the steps that it was at."),
        hint=_("What was done stands in the state: preview again to go on."),
    )


def _check_state(opened: Opened, approved: Basis) -> None:
    if opened.digest != approved.state:
        raise Refused(
            tell(
                _("%(target)s: the stack has changed since the preview that was approved."),
                target=opened.job.target.name,
            ),
            field="approval",
            hint=_("Preview the plan again, and have that approved."),
        )


def _steps_of(target: Target) -> int:
    """About how many steps a run has: a network each, a volume and a domain for each machine."""
    return len(target.networks) + 2 * (len(target.vms) + len(target.reclaim))


def _needs_as_is(job: Job, standing: Standing) -> bool:
    """Whether something disposable stands for another state of the record than the plan's.

    Or for what another plan made of it: of a rehearsal the record learns nothing.
    Real hypervisors are never made to look like the record without being asked.
    """
    may_be_set_up = job.document.kind is DocumentKind.PLAN and is_disposable(job.target.uri)
    if not may_be_set_up or job.action is Action.DESTROY:
        return False
    return standing.as_is != job.as_is or standing.planned not in {"", job.planned}


def _standing(job: Job, stack: Stack, state: State) -> Standing:
    """What the stack holds; nothing where it was made on something disposable that is gone."""
    standing = standing_of(state)
    _refuse_another_cloud(job, standing)
    if _is_gone(job, standing.uri or job.target.uri):
        write(stack, {})
        return Standing()
    return standing


def _refuse_another_cloud(job: Job, standing: Standing) -> None:
    """Raises: Refused when the stack was made on another cloud than the plan names."""
    there = urlsplit(standing.cloud).netloc
    if there and there != urlsplit(job.target.uri).netloc:
        raise _moved(there, job.target.uri)


def _moved(made_on: str, named: str) -> Refused:
    return Refused(
        tell(
            _("the stack was made on %(made_on)s, and the plan now names %(named)s."),
            made_on=made_on,
            named=named,
        ),
        hint=_("Reclaim by a plan what stands there first, or give the target a new name."),
    )


def _is_gone(job: Job, uri: str) -> bool:
    """Whether the state speaks of a test hypervisor of another process, or of a former rehearsal.

    Raises: Refused when it speaks of another real hypervisor: what runs there must stay in sight.
    """
    is_first = _meets_first(job.target.name)
    if is_same_hypervisor(uri, job.target.uri):
        return uri.startswith("test://") and is_first
    if not is_disposable(uri):
        raise _moved(uri, job.target.uri)
    job.say(
        tell(
            _("%(target)s: dropping what was tried on %(uri)s before."),
            target=job.target.name,
            uri=uri,
        )
    )
    return True


def _meets_first(target: str) -> bool:
    stack = str(state_folder() / target)
    is_first = stack not in _MET
    _MET.add(stack)
    return is_first


def _apply_as_is(job: Job, stack: Stack, standing: Standing) -> None:
    """Makes a disposable hypervisor look as things stand, so that a preview shows changes only.

    It begins from nothing, since what the record corrected (a smaller disk) may be no change that a
    machine allows. State is written once at the end: should it be killed, nothing of worth is lost.
    """
    job.say(tell(_("%(target)s: applying how things stand first …"), target=job.target.name))
    if standing.urns and not is_rehearsal(job.target.uri):
        _call(job, stack, _Asked(Action.DESTROY), Listener(), job.program(job.document, standing))
    write(stack, {})
    if is_rehearsal(job.target.uri):
        forget(job.target.uri)
    settings = stack.workspace.env_vars
    stack.workspace.env_vars = {**settings, **QUICK}
    _call(job, stack, _Asked(Action.UP), Listener(), job.program(as_is(job.document), Standing()))
    stack.workspace.env_vars = settings


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the engine is asked for: `plan` is where a preview saves and what an `up` keeps to."""

    action: Action
    plan: str | None = None
    refresh: bool = False

    @classmethod
    def by(cls, job: Job) -> _Asked:
        """What `job` asks: previews that are kept look at the hypervisor, as `up` always does."""
        kept = job.shelf is not None and job.action is Action.PREVIEW
        if job.shelf is None or not (kept or job.approved):
            return cls(job.action)
        name = job.target.name
        path = job.shelf.fresh(name) if kept else job.shelf.path(name)
        return cls(job.action, plan=str(path), refresh=True)


def _call(job: Job, stack: Stack, asked: _Asked, listener: Listener, program: Program) -> None:
    """Asks the engine, and tells its fault as one of ours."""
    try:
        insist(stack, lambda: _ask(stack, asked, listener, program))
    except CommandError as err:
        raise program.fault or failure(str(err), listener, job.target) from err


def _ask(stack: Stack, asked: _Asked, listener: Listener, program: Callable[[], None]) -> None:
    match asked.action:
        case Action.PREVIEW:
            stack.preview(
                program=program,
                on_event=listener,
                plan=asked.plan,
                refresh=asked.refresh or None,
                suppress_outputs=True,
                suppress_progress=True,
            )
        case Action.UP:
            stack.up(
                program=program,
                on_event=listener,
                plan=asked.plan,
                refresh=True,
                suppress_outputs=True,
                suppress_progress=True,
            )
        case Action.REFRESH:
            stack.preview_refresh(on_event=listener, suppress_outputs=True, suppress_progress=True)
        case Action.DESTROY:
            stack.destroy(on_event=listener, suppress_outputs=True, suppress_progress=True)
