"""The order of work: what goes first, what comes up after what, what is asked for, what then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dcim.planning.document import (
    AT_HAND,
    AppLine,
    Ask,
    Change,
    Outcome,
    PlannedVM,
    Target,
)
from dcim.planning.document_work import Deed, WorkStep


def order_of_work(
    targets: Sequence[Target], ask: Ask, apps: Sequence[AppLine]
) -> tuple[WorkStep, ...]:
    """The steps, numbered from 1.

    Notes: reclaim per target, make what was planned before, revive wave by wave, ask, revive on
    the grant. A wave holds the apps of one step of the revival; what they rest on is up by then.
    """
    steps = (
        *_reclaims(targets),
        *_promises(targets, apps),
        *_waves(Deed.REVIVE, [line for line in apps if line.outcome in AT_HAND], targets, ask),
        *_ask(ask),
        *_waves(
            Deed.REVIVE_ON_GRANT,
            [line for line in apps if line.outcome is Outcome.REVIVE_ON_GRANT],
            targets,
            ask,
        ),
    )
    return tuple(
        WorkStep(number=number, deed=deed, apps=tuple(sorted(codes)), machines=tuple(sorted(names)))
        for number, (deed, codes, names) in enumerate(steps, 1)
    )


Part = tuple[Deed, set[str], set[str]]


def _reclaims(targets: Sequence[Target]) -> Iterator[Part]:
    for target in sorted(targets, key=lambda one: one.name):
        if target.reclaim:
            apps = {vm.app for vm in target.reclaim if vm.app}
            yield Deed.RECLAIM, apps, {f"{target.name}/{vm.name}" for vm in target.reclaim}


def _promises(targets: Sequence[Target], apps: Sequence[AppLine]) -> Iterator[Part]:
    """Machines planned before that no app of this plan comes back on."""
    back = {line.code for line in apps if line.order}
    left = [
        (vm.app, f"{target.name}/{vm.name}")
        for target in targets
        for vm in target.vms
        if vm.change is Change.CREATE and vm.app not in back
    ]
    if left:
        yield Deed.CREATE, {app for app, _ in left if app}, {name for _, name in left}


def _waves(
    deed: Deed, lines: Sequence[AppLine], targets: Sequence[Target], ask: Ask
) -> Iterator[Part]:
    made = _made(targets, ask)
    for order in sorted({line.order for line in lines}):
        codes = {line.code for line in lines if line.order == order}
        yield deed, codes, {name for code in codes for name in made.get(code, ())}


def _ask(ask: Ask) -> Iterator[Part]:
    if ask.vms:
        yield Deed.ASK, {vm.app for vm in ask.vms}, {vm.name for vm in ask.vms}


def _made(targets: Sequence[Target], ask: Ask) -> Mapping[str, list[str]]:
    """The machines made or started for each app."""
    made: dict[str, list[str]] = {}
    for target in targets:
        for vm in target.vms:
            if vm.change is Change.CREATE or _starts(vm):
                made.setdefault(vm.app, []).append(f"{target.name}/{vm.name}")
    for vm in ask.vms:
        made.setdefault(vm.app, []).append(vm.name)
    return made


def _starts(vm: PlannedVM) -> bool:
    return vm.running and vm.runs_now is False
