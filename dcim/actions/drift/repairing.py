"""Brings a hypervisor back to how the record has it: by a run that a second person approves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.drift.deeds import record_as_is, standing_row
from dcim.actions.plans.making import store_plan
from dcim.actions.provisioning.asking import ask_run
from dcim.actions.refusals import writing
from dcim.record.planner.drift import DriftFinding
from dcim.record.planner.plans import ProvisioningRun
from dcim.vocabulary.choices import RunKind
from dcim.vocabulary.drift import DriftKind, DriftSubject
from dcim.vocabulary.errors import Refused

NOT_BY_RUN: Final = (DriftKind.UNKNOWN, DriftKind.MOVED, DriftKind.UNRECORDED)


def ask_as_is(targets: Sequence[str] = (), *, by: Actor) -> ProvisioningRun:
    """The queued preview of the named targets (none: all) as the record has them, without a plan.

    Applied, it takes over machines that run and the stack does not know, and brings back the rest.

    Raises:
        NotPermitted: the user may not ask for runs.
        UnknownThing: the record has no such target.
        BadDocument: the record contradicts itself.
    """
    with writing():
        return ask_run(store_plan(record_as_is(), by=by.for_deed()), targets=targets, by=by)


def ask_repair(finding: DriftFinding, *, by: Actor) -> ProvisioningRun:
    """The preview that shows how the finding's target is brought back to how the record has it.

    It is the preview of the as-is document of the whole target: a second person approves it, and
    then it is applied, as any other.

    Raises:
        NotPermitted: the user may not change findings, make plans or ask for runs.
        Refused: no run can bring that back, or it would take away a machine that is not recorded.
    """
    with writing():
        row = standing_row(finding, by=by)
        _check_repairable(row)
        plan = store_plan(record_as_is(), by=by.for_deed())
        return ask_run(plan, RunKind.PREVIEW, [row.target], by=by)


def _check_repairable(row: DriftFinding) -> None:
    if row.kind == DriftKind.UNKNOWN:
        raise Refused(
            _("No run removes a machine that was not made from here."),
            hint=_("Accept it into the record, ignore it by rule, or remove it on the hypervisor."),
        )
    if row.kind == DriftKind.MOVED:
        raise Refused(
            _("No run moves a machine back: it would make a second, empty one."),
            hint=_("Accept where it is, or move it back with the hypervisors' own means."),
        )
    strays = DriftFinding.objects.filter(
        target=row.target,
        subject=DriftSubject.MACHINE,  # a network holds no data, and none goes that is in use
        kind=DriftKind.UNRECORDED,
        closed_at__isnull=True,
    )
    names = list(strays.order_by("name").values_list("name", flat=True))
    if names:
        raise Refused(
            _("A run would take away what the record lacks: %(names)s.")
            % {"names": ", ".join(names)},
            hint=_("Accept it into the record; if nobody needs it, then reclaim it by a plan."),
        )


def may_repair(finding: DriftFinding) -> bool:
    """Whether a run could bring it back at all."""
    return finding.kind not in NOT_BY_RUN
