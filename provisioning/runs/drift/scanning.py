"""Compares targets with their hypervisors and their stacks; neither is ever changed by it.

Each target is told apart: one whose hypervisor can't be reached is a line of its own, and the
others go on. What nobody knows on a hypervisor is told once all its targets have been looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils import timezone

from dcim.actions.drift.scans import Scanned
from dcim.planning.document import PlanDocument, Target
from dcim.planning.drift.comparison import compare
from dcim.planning.drift.sides import Sides
from dcim.planning.drift.strays import agreed_strays, has_unknown, without_theirs
from dcim.planning.sentences import tell, tell_error
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import LumbungError, Refused
from dcim.vocabulary.hypervisors import is_rehearsal, is_same_hypervisor
from provisioning.engine.command import Say
from provisioning.engine.state.workspace import is_at_work
from provisioning.program.build import target_of
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind
from provisioning.runs.drift.sides import sides_of
from provisioning.runs.drift.stacks import Stacks

COMPARED: Final = "libvirt"


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen of one target: its sides, unless `told` says why there are none.

    Attributes:
        target: The target.
        beside: The others that share its hypervisor, as grants of one provider do.
        told: What is told of it so far.
        sides: How it was seen.
        there: Names of all machines on its hypervisor then.
    """

    target: Target
    beside: tuple[Target, ...]
    told: Scanned
    sides: Sides | None = None
    there: frozenset[str] = frozenset()


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

    Notes: a rehearsal is compared only where it is named, for nothing real stands behind it. The
        state of each stack is read once.
    """
    chosen = [target_of(document, name) for name in dict.fromkeys(targets)]
    stacks = Stacks()
    looks: list[_Look] = []
    for number, target in enumerate(whole := chosen or list(document.targets)):
        if watch.is_stopped():
            break
        watch.report(number, len(whole), target.name)
        say(tell(_("%(target)s: comparing …"), target=target.name))
        beside = tuple(one for one in document.targets if _is_beside(target, one))
        looks.append(_look(target, beside, stacks, is_named=bool(chosen)))
    return _told(looks, stacks)


def _is_beside(target: Target, other: Target) -> bool:
    return other.name != target.name and is_same_hypervisor(other.uri, target.uri)


def _look(target: Target, beside: tuple[Target, ...], stacks: Stacks, *, is_named: bool) -> _Look:
    told = Scanned(
        target=target.name,
        hypervisor_uri=target.uri,
        started=timezone.now(),
        beside=tuple(one.name for one in beside),
    )
    try:
        reason = _reason_to_skip(target, is_named=is_named)
        state = None if reason else stacks.state_of(target)
        if state is None and is_rehearsal(target.uri):
            reason = reason or _("a rehearsal on which nothing stands")
        if reason:
            return _Look(target, beside, replace(told, message=reason, skipped=True))
        driver = driver_for(target.uri)
        there = driver.names(Kind.DOMAIN)
        theirs = {vm.name for other in beside for vm in other.standing}
        sides = sides_of(target, state, driver, there, theirs)
        if is_at_work(target.name):  # it may have changed one side after that was read
            stacks.forget(target)
            reason = _("a run began on it as it was compared")
            return _Look(target, beside, replace(told, message=reason, skipped=True))
    except LumbungError as err:
        refused = isinstance(err, Refused)
        return _Look(target, beside, replace(told, message=tell_error(err), refused=refused))
    return _Look(target, beside, told, sides, frozenset(there))


def _reason_to_skip(target: Target, *, is_named: bool) -> str:
    """Why there is nothing to compare; empty where there is."""
    if target.driver != COMPARED:
        return tell(_("machines on %(driver)s are compared by refresh alone"), driver=target.driver)
    if is_rehearsal(target.uri) and not is_named:
        return _("a rehearsal, compared where it is named")
    return _("a run is at work on it") if is_at_work(target.name) else ""


def _told(looks: Sequence[_Look], stacks: Stacks) -> list[Scanned]:
    """What differs on each target, once it can be said what on its hypervisor is another's."""
    told = [
        look.told if look.sides is None else _compared(look, look.sides, stacks) for look in looks
    ]
    found = {one.target: one.found for one in told if one.found is not None}
    agreed = agreed_strays(found, {one.target: one.beside for one in told})
    return [replace(one, found=agreed.get(one.target, one.found)) for one in told]


def _compared(look: _Look, sides: Sides, stacks: Stacks) -> Scanned:
    """What differs on one target, skipped where what is unknown there may be another's.

    Notes: a hypervisor is listed before the stacks of its other targets are read, so what a run
        made there is in its stack by now, unless it is still at work.
    """
    theirs = {vm.name for one in look.beside for vm in one.standing}
    if has_unknown(sides, theirs):
        kept = {one.name: stacks.machines_of(one) for one in look.beside}
        if untold := [name for name, machines in kept.items() if machines is None]:
            reason = tell(
                _("what is unknown there may be of %(names)s: at work, or its stack can't be read"),
                names=", ".join(untold),
            )
            return replace(look.told, message=reason, skipped=True)
        theirs.update(*(machines for machines in kept.values() if machines))
    found = compare(without_theirs(sides, theirs, look.there))
    return replace(look.told, found=found, machines=len(look.target.standing))
