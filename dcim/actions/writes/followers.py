"""Objects whose values follow from others: written and logged along with what they follow.

Rules that judge an object by what it was before, its links included, stand here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.db.models import Model

from dcim.actions.categories.rules import assessed
from dcim.actions.changes import Actor, Change
from dcim.actions.rules.disks import check_sum, sums_of
from dcim.actions.rules.drift import judge_again
from dcim.actions.rules.planner.intakes import keep_intakes
from dcim.actions.rules.planner.requests import keep_lines, keep_requests
from dcim.actions.writes.along import change_along
from dcim.actions.writes.values import states_of
from dcim.record.networks.machine_parts import VirtualDisk
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.drift import DriftRule
from dcim.record.planner.intakes import AppIntake
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.service_apps import ServiceApp

Follower = Callable[[Sequence[Change], Actor], None]


def follow_disks(changes: Sequence[Change], by: Actor) -> None:
    """Let machines be as large as their disks after `changes` of disks; of no size without any.

    Raises: DoesNotFit, InvalidInput: as for a write of the machines.

    Notes: a few statements whatever the number of disks. Machines are locked before their disks
    are summed, so that of two writers the second one sees what the first one wrote.
    """
    states = [state for one in changes for state in (one.before, one.after) if state is not None]
    keys = {state["virtual_machine"] for state in states}
    rows = VirtualMachine.objects.select_for_update(of=("self",), no_key=True)
    machines = list(rows.filter(pk__in=keys).order_by("pk"))
    sums = sums_of(keys)
    resized = [one for one in machines if one.disk_mb != sums.get(one.pk)]
    if not resized:
        return
    before = states_of(VirtualMachine, resized)
    for machine in resized:
        check_sum(machine, sums.get(machine.pk, 0))
        machine.disk_mb = sums.get(machine.pk)
    change_along(VirtualMachine, resized, before, ["disk_mb"], by=by)


def follow_answers(changes: Sequence[Change], by: Actor) -> None:
    """Let apps have the category that their answers come to after `changes` of these.

    An app whose answers went keeps its category, as if it had been declared.

    Raises: InvalidInput: as for a write of the apps.

    Notes: a few statements whatever their number; apps are locked before their answers are read,
    as in `follow_disks`.
    """
    keys = {one.after["app"] for one in changes if one.after is not None}
    rows = ServiceApp.objects.select_for_update(of=("self",), no_key=True)
    apps = list(rows.filter(pk__in=keys).order_by("pk")) if keys else []
    forms = assessed(keys)
    moved = [one for one in apps if one.pk in forms and one.category != forms[one.pk].category]
    before = states_of(ServiceApp, moved)
    for app in moved:
        app.category = forms[app.pk].category.value
    change_along(ServiceApp, moved, before, ["category"], by=by)


FOLLOWERS: Final[dict[type[Model], Follower]] = {
    AllocationRequest: keep_requests,
    AppIntake: keep_intakes,
    CategoryAssessment: follow_answers,
    DriftRule: judge_again,
    RequestLine: keep_lines,
    VirtualDisk: follow_disks,
}


def follow(changes: Iterable[Change], *, by: Actor) -> None:
    """Write what follows from `changes`, once they are logged.

    Raises: Refused, InvalidInput: as the rules of the followers say.
    """
    led: dict[type[Model], list[Change]] = {}
    for one in changes:
        if type(one.obj) in FOLLOWERS:
            led.setdefault(type(one.obj), []).append(one)
    for model, some in led.items():
        FOLLOWERS[model](some, by)
