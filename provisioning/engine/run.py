"""Runs one action over targets of a plan: rules first, then the engine, and a report of each
target.

Targets are run one after another, and one that fails does not stop the next: the report tells them
apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final, cast

from pulumi.automation import (
    CommandError,
    ConcurrentUpdateError,
    Deployment,
    PulumiCommand,
    Stack,
)

from dcim.planning.document import DocumentKind, PlanDocument, Target, as_is
from dcim.planning.rules import violations
from dcim.vocabulary.errors import LumbungError, Refused
from provisioning.engine.command import Say, find_engine
from provisioning.engine.events import Listener
from provisioning.engine.report import (
    Action,
    Report,
    Result,
    TargetReport,
    counts_of,
    report_of,
    target_report,
)
from provisioning.engine.workspace import alone, open_stack, state_folder
from provisioning.program.build import PlanRefused, build, target_of
from provisioning.program.standing import Standing, State, standing_of
from provisioning.provider.driver import is_disposable, is_rehearsal
from provisioning.provider.rehearsal import forget
from provisioning.provider.serving import serving

_MET: Final[set[str]] = set()
"""Targets on test hypervisors met in this process: they begin empty, whatever a stack says."""


_STATE_VERSION: Final = 3


class EngineFailed(LumbungError):
    """The Pulumi engine ended with an error; the reason is its own."""

    code = "engine.failed"


def run(
    document: PlanDocument,
    action: Action,
    *,
    targets: Sequence[str] = (),
    say: Say = lambda _text: None,
    disposable_only: bool = True,
) -> Report:
    """Does `action` on the named targets (all by default) and reports on each.

    Args: with `disposable_only`, `up` and `destroy` are refused on real hypervisors.

    Raises: UnknownThing for an unknown target, PlanRefused when the plan breaks rules,
    MissingComponent when there is no engine. What goes wrong on one target stands in the report.
    """
    chosen = [target_of(document, name) for name in targets] or list(document.targets)
    broken = violations(document)
    if broken and action is not Action.DESTROY:
        raise PlanRefused(broken)
    command = find_engine()
    reports = [
        _report(_Run(document, target, action, command, say), disposable_only=disposable_only)
        for target in chosen
    ]
    return report_of(action, document, reports)


@dataclass(frozen=True, slots=True)
class _Run:
    """One action on one target."""

    document: PlanDocument
    target: Target
    action: Action
    command: PulumiCommand
    say: Say


def _report(one: _Run, *, disposable_only: bool) -> TargetReport:
    started = monotonic()
    try:
        if disposable_only:
            _refuse_real(one)
        with alone(one.target.name, one.say), serving() as port:
            listener, based_on_as_is = _execute(one, port)
    except Refused as err:
        return target_report(one.target, Result.REFUSED, message=str(err))
    except LumbungError as err:
        return target_report(one.target, Result.FAILED, message=str(err))
    counts = counts_of(listener.steps)
    changed = Result.DONE if one.action.changes_things else Result.CHANGES
    same = Result.DONE if one.action.changes_things else Result.NO_CHANGE
    return target_report(
        one.target,
        changed if counts.changed else same,
        counts=counts,
        steps=listener.steps,
        based_on_as_is=based_on_as_is,
        seconds=round(monotonic() - started, 1),
    )


def _refuse_real(one: _Run) -> None:
    if one.action.changes_things and not is_disposable(one.target.uri):
        raise Refused(
            f"{one.action} on the real hypervisor {one.target.uri} is not done from here.",
            hint="Apply an approved plan with ./manage.py, or rehearse it: rehearsal:NAME.",
        )


def _execute(one: _Run, port: int) -> tuple[Listener, bool]:
    """Runs the action; also whether how things stand had to be applied first."""
    standing = _standing(one, port)
    is_new = not standing.urns and one.action is not Action.DESTROY
    if is_new and is_disposable(one.target.uri) and one.document.kind is DocumentKind.PLAN:
        standing = _apply_as_is(one, port)
    else:
        is_new = False
    one.say(f"{one.target.name}: {one.action} …")
    listener = Listener(of_refresh=one.action is Action.REFRESH)
    _call(_stack(one, port, one.document, standing), one.action, listener)
    return listener, is_new


def _stack(
    one: _Run, port: int, document: PlanDocument, standing: Standing, *, is_quick: bool = False
) -> Stack:
    def program() -> None:
        build(document, one.target.name, standing)

    name = one.target.name
    try:
        return open_stack(one.command, name, program, provider_port=port, is_quick=is_quick)
    except CommandError as err:
        raise _failure(err, Listener()) from err


def _standing(one: _Run, port: int) -> Standing:
    """What the stack holds; nothing where it was made on something disposable that is gone."""
    stack = _stack(one, port, one.document, Standing())
    try:
        state = cast("State", stack.export_stack().deployment or {})  # the engine's own format
        standing = standing_of(state)
        if _is_gone(one, standing.uri or one.target.uri):
            stack.import_stack(Deployment(_STATE_VERSION, {}))
            return Standing()
    except CommandError as err:
        raise _failure(err, Listener()) from err
    return standing


def _is_gone(one: _Run, uri: str) -> bool:
    """Whether the state speaks of a test hypervisor of another process, or of a former rehearsal.

    Raises: Refused when it speaks of another real hypervisor: what runs there must stay in sight.
    """
    is_first = _meets_first(one.target.name)
    if uri == one.target.uri:
        return uri.startswith("test://") and is_first
    if not is_disposable(uri):
        raise Refused(
            f"the stack was made on {uri}, and the plan now names {one.target.uri}.",
            hint="Destroy the stack on the old one first, or give the target a new name.",
        )
    one.say(f"{one.target.name}: dropping what was tried on {uri} before.")
    return True


def _meets_first(target: str) -> bool:
    stack = str(state_folder() / target)
    is_first = stack not in _MET
    _MET.add(stack)
    return is_first


def _apply_as_is(one: _Run, port: int) -> Standing:
    """Makes a disposable hypervisor look as things stand, so that a preview shows changes only."""
    one.say(f"{one.target.name}: the stack is empty; applying how things stand first …")
    if is_rehearsal(one.target.uri):
        forget(one.target.uri)
    stack = _stack(one, port, as_is(one.document), Standing(), is_quick=True)
    _call(stack, Action.UP, Listener())
    return _standing(one, port)


def _call(stack: Stack, action: Action, listener: Listener) -> None:
    """Asks the engine; a lock that a killed run left behind is taken away once."""
    try:
        _ask(stack, action, listener)
    except ConcurrentUpdateError:
        stack.cancel()  # nobody else of this machine works on it: `alone` holds its lock
        _ask_or_fail(stack, action, listener)
    except CommandError as err:
        raise _failure(err, listener) from err


def _ask_or_fail(stack: Stack, action: Action, listener: Listener) -> None:
    try:
        _ask(stack, action, listener)
    except CommandError as err:
        raise _failure(err, listener) from err


def _ask(stack: Stack, action: Action, listener: Listener) -> None:
    match action:
        case Action.PREVIEW:
            stack.preview(on_event=listener, suppress_outputs=True, suppress_progress=True)
        case Action.REFRESH:
            stack.preview_refresh(on_event=listener, suppress_outputs=True, suppress_progress=True)
        case Action.UP:
            stack.up(on_event=listener, refresh=True, suppress_outputs=True, suppress_progress=True)
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
