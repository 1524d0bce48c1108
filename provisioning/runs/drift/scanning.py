"""Compares targets with their hypervisors and their stacks; neither is ever changed by it.

Each target is told apart: one whose hypervisor can't be reached is a line of its own, and the
others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from django.utils import timezone
from pulumi.automation import PulumiCommand

from dcim.actions.drift.scans import Scanned
from dcim.planning.document import PlanDocument, Target
from dcim.planning.drift.comparison import compare
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.errors import LumbungError, Refused
from dcim.vocabulary.hypervisors import is_disposable, is_rehearsal
from provisioning.engine.command import Say, find_engine
from provisioning.engine.exported import state_of
from provisioning.engine.state.workspace import is_at_work
from provisioning.program.build import target_of
from provisioning.program.standing import State, standing_of
from provisioning.provider.opening import driver_for
from provisioning.runs.drift.sides import kept_machines, sides_of

COMPARED: Final = "libvirt"


def scan(
    document: PlanDocument,
    *,
    targets: Sequence[str] = (),
    watch: Watch = UNWATCHED,
    say: Say = lambda _text: None,
) -> list[Scanned]:
    """What differs on the named targets of an as-is `document`, on all where none is named.

    Raises: UnknownThing for an unknown target. What goes wrong on one target stands in what is told
    of it, that there is no engine too.

    Notes: a rehearsal is compared only where it is named, for nothing real stands behind it.
    """
    chosen = [target_of(document, name) for name in targets] or list(document.targets)
    engine = cache(find_engine)
    scanned: list[Scanned] = []
    for number, target in enumerate(chosen):
        if watch.is_stopped():
            break
        watch.report(number, len(chosen), target.name)
        say(f"{target.name}: comparing …")
        beside = [one for one in document.targets if _is_beside(target, one)]
        scanned.append(_scanned(target, beside, engine, is_named=bool(targets)))
    return scanned


def _is_beside(target: Target, other: Target) -> bool:
    """Whether they share a hypervisor, as grants of one provider do."""
    return other.uri == target.uri and other.name != target.name


def _scanned(
    target: Target,
    beside: Sequence[Target],
    engine: Callable[[], PulumiCommand],
    *,
    is_named: bool,
) -> Scanned:
    told = Scanned(target=target.name, hypervisor_uri=target.uri, started=timezone.now())
    try:
        reason = _reason_to_skip(target, is_named=is_named)
        state = None if reason else _state(target, engine())
        if state is None and is_rehearsal(target.uri):
            reason = reason or "a rehearsal on which nothing stands"
        if reason:
            return replace(told, message=reason, skipped=True)
        theirs = {name for other in beside for name in _machines_of(other, engine())}
        sides = sides_of(target, state, driver_for(target.uri), theirs)
        if is_at_work(target.name):  # it may have changed one side after that was read
            return replace(told, message="a run began on it as it was compared", skipped=True)
    except LumbungError as err:
        return replace(told, message=str(err), refused=isinstance(err, Refused))
    return replace(told, found=compare(sides), machines=len(target.standing))


def _machines_of(other: Target, command: PulumiCommand) -> set[str]:
    """What stands of the other target, by the record and by its stack."""
    recorded = {vm.name for vm in other.standing}
    try:
        return recorded | kept_machines(_state(other, command))
    except Refused:  # its stack speaks of another hypervisor
        return recorded


def _reason_to_skip(target: Target, *, is_named: bool) -> str:
    """Why there is nothing to compare; empty where there is."""
    if target.driver != COMPARED:
        return f"machines on {target.driver} are compared by refresh alone"
    if is_rehearsal(target.uri) and not is_named:
        return "a rehearsal, compared where it is named"
    return "a run is at work on it" if is_at_work(target.name) else ""


def _state(target: Target, command: PulumiCommand) -> State | None:
    """What is kept of the target; nothing where its stack holds nothing or speaks of a rehearsal.

    Raises: Refused when its stack was made on another real hypervisor.
    """
    state = state_of(command, target.name)
    made_on = standing_of(state).uri if state else ""
    if not state or not made_on:
        return None
    if made_on != target.uri and not is_disposable(made_on):
        raise Refused(
            f"the stack was made on {made_on}, and the record names {target.uri}.",
            hint="Reclaim by a plan what stands there first, or give the cluster its address back.",
        )
    return state if made_on == target.uri else None
