"""One action on one stack: what it holds, how things stand first where that is due, then the
engine.

A stack is opened once, because every question to the engine starts its program anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import pulumi
from pulumi.automation import (
    CommandError,
    ConcurrentUpdateError,
    Deployment,
    PulumiCommand,
    Stack,
)

from dcim.planning.document import DocumentKind, PlanDocument, Target, as_is
from dcim.vocabulary.errors import LumbungError, Refused
from provisioning.engine.command import Say
from provisioning.engine.events import Listener
from provisioning.engine.report import Action
from provisioning.engine.workspace import PROJECT, QUICK, open_stack, state_folder, state_is_ours
from provisioning.program.build import build
from provisioning.program.order import owners_of
from provisioning.program.standing import AS_IS, Standing, State, as_is_digest, standing_of
from provisioning.provider.driver import is_disposable, is_rehearsal
from provisioning.provider.rehearsal import forget

_MET: Final[set[str]] = set()
"""Targets on test hypervisors met in this process: they begin empty, whatever a stack says."""

_STATE_VERSION: Final = 3


class EngineFailed(LumbungError):
    """The Pulumi engine ended with an error; the reason is its own."""

    code = "engine.failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One action on one target of a plan."""

    document: PlanDocument
    target: Target
    action: Action
    command: PulumiCommand
    say: Say

    @property
    def as_is(self) -> str:
        """Tells apart how the target stands before the plan."""
        return as_is_digest(self.target, owners_of(self.document))

    def program(self, document: PlanDocument, standing: Standing) -> Callable[[], None]:
        """The Pulumi program of the target as `document` has it; notes what it started from."""

        def register() -> None:
            build(document, self.target.name, standing)
            if is_disposable(self.target.uri):
                pulumi.export(AS_IS, self.as_is)

        return register


@dataclass(frozen=True, slots=True)
class Done:
    """What was heard, and whether how things stand had to be applied first."""

    listener: Listener
    based_on_as_is: bool


def execute(job: Job, provider_port: int) -> Done:
    """Runs the job with the provider that listens on the port.

    Raises: Refused when a check or a former hypervisor forbids it, EngineFailed with the engine's
    words.
    """
    try:
        stack = open_stack(job.command, job.target.name, provider_port=provider_port)
        standing = _standing(job, stack)
    except CommandError as err:
        raise _failure(err, Listener()) from err
    needs_as_is = _needs_as_is(job, standing)
    if needs_as_is:
        _apply_as_is(job, stack, standing)
        standing = Standing()
    job.say(f"{job.target.name}: {job.action} …")
    listener = Listener(of_refresh=job.action is Action.REFRESH)
    _call(stack, job.action, listener, job.program(job.document, standing))
    return Done(listener, needs_as_is)


def _needs_as_is(job: Job, standing: Standing) -> bool:
    """Whether something disposable stands for another state of the record than the plan's.

    Real hypervisors are never made to look like the record without being asked.
    """
    may_be_set_up = job.document.kind is DocumentKind.PLAN and is_disposable(job.target.uri)
    if not may_be_set_up or job.action is Action.DESTROY:
        return False
    return standing.as_is != job.as_is


def _standing(job: Job, stack: Stack) -> Standing:
    """What the stack holds; nothing where it was made on something disposable that is gone."""
    state = cast("State", stack.export_stack().deployment or {})  # the engine's own format
    standing = standing_of(state)
    if _is_gone(job, standing.uri or job.target.uri):
        _forget_all(stack)
        return Standing()
    return standing


def _forget_all(stack: Stack) -> None:
    _unlocked(stack, lambda: stack.import_stack(Deployment(_STATE_VERSION, {})))


def _is_gone(job: Job, uri: str) -> bool:
    """Whether the state speaks of a test hypervisor of another process, or of a former rehearsal.

    Raises: Refused when it speaks of another real hypervisor: what runs there must stay in sight.
    """
    is_first = _meets_first(job.target.name)
    if uri == job.target.uri:
        return uri.startswith("test://") and is_first
    if not is_disposable(uri):
        raise Refused(
            f"the stack was made on {uri}, and the plan now names {job.target.uri}.",
            hint="Destroy the stack on the old one first, or give the target a new name.",
        )
    job.say(f"{job.target.name}: dropping what was tried on {uri} before.")
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
    job.say(f"{job.target.name}: applying how things stand first …")
    if standing.urns and not is_rehearsal(job.target.uri):
        _call(stack, Action.DESTROY, Listener(), job.program(job.document, standing))
    _forget_all(stack)
    if is_rehearsal(job.target.uri):
        forget(job.target.uri)
    settings = stack.workspace.env_vars
    stack.workspace.env_vars = {**settings, **QUICK}
    _call(stack, Action.UP, Listener(), job.program(as_is(job.document), Standing()))
    stack.workspace.env_vars = settings


def _call(stack: Stack, action: Action, listener: Listener, program: Callable[[], None]) -> None:
    """Asks the engine, and tells its fault as one of ours."""
    try:
        _unlocked(stack, lambda: _ask(stack, action, listener, program))
    except CommandError as err:
        raise _failure(err, listener) from err


def _unlocked(stack: Stack, ask: Callable[[], None]) -> None:
    """Asks; a lock that a killed run of ours left behind is taken away once.

    Raises: Refused where the state is kept elsewhere: the lock may be that of a living run.
    """
    try:
        ask()
    except ConcurrentUpdateError as err:
        if not state_is_ours():
            raise Refused(
                f"another run holds the stack {stack.name}, or one was killed while it did.",
                field="PULUMI_BACKEND_URL",
                hint=f"Wait until it ends. Was it killed: pulumi cancel {PROJECT}/{stack.name}.",
            ) from err
        stack.cancel()
        ask()


def _ask(stack: Stack, action: Action, listener: Listener, program: Callable[[], None]) -> None:
    match action:
        case Action.PREVIEW:
            stack.preview(
                program=program, on_event=listener, suppress_outputs=True, suppress_progress=True
            )
        case Action.UP:
            stack.up(
                program=program,
                on_event=listener,
                refresh=True,
                suppress_outputs=True,
                suppress_progress=True,
            )
        case Action.REFRESH:
            stack.preview_refresh(on_event=listener, suppress_outputs=True, suppress_progress=True)
        case Action.DESTROY:
            stack.destroy(on_event=listener, suppress_outputs=True, suppress_progress=True)


def _failure(err: CommandError, listener: Listener) -> LumbungError:
    """The engine's error as one of ours, in one line."""
    said = str(err)
    if "incorrect passphrase" in said:
        return EngineFailed(
            "the passphrase does not open the stack.",
            field="PULUMI_CONFIG_PASSPHRASE",
            hint="Set the one it was made with, or remove its state from LUMBUNG_DATA/pulumi.",
        )
    reason = listener.error or _last_error(said)
    if " has a problem: " in reason:  # the provider's check said no
        return Refused(reason, field="plan")
    return EngineFailed(reason, field="engine")


def _last_error(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error:")]
    return next(reversed(errors or lines), "it ended without a word.")
