"""Brings a hypervisor back to how the record has it: by a run that a second person approves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.drift.deeds import record_as_is, standing_row
from dcim.actions.plans.making import store_plan
from dcim.actions.provisioning.asking import ask_run
from dcim.actions.refusals import writing
from dcim.record.planner.drift import DriftFinding
from dcim.record.planner.plans import ProvisioningRun
from dcim.vocabulary.choices import RunKind
from dcim.vocabulary.drift import DriftField, DriftKind, DriftStatus, DriftSubject
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
    here = DriftFinding.objects.filter(
        target=row.target,
        subject=DriftSubject.MACHINE,  # a network holds no data, and none goes that is in use
        closed_at__isnull=True,
    )
    _check_spelling(here)
    _check_elsewhere(here, row.target)
    strays = here.filter(kind=DriftKind.UNRECORDED)
    names = list(strays.order_by("name").values_list("name", flat=True))
    if names:
        raise Refused(
            _("A run would take away what the record lacks: %(names)s.")
            % {"names": ", ".join(names)},
            hint=_("Accept it into the record; if nobody needs it, then reclaim it by a plan."),
        )


def _check_spelling(here: QuerySet[DriftFinding]) -> None:
    """Raises: Refused where a machine is spelled otherwise: a run makes what it does not find."""
    spelled = here.filter(field=DriftField.NAME).order_by("name").values_list("hypervisor", "name")
    if pairs := list(spelled):
        raise Refused(
            _("A run would make machines anew that stand by another spelling: %(names)s.")
            % {"names": ", ".join(f"{found} ({name})" for found, name in pairs)},
            hint=_("Rename them on the hypervisor, or accept their names into the record."),
        )


def _check_elsewhere(here: QuerySet[DriftFinding], target: str) -> None:
    """Raises: Refused where a machine stands on another target, which a run would make again."""
    missing = here.filter(kind__in=(DriftKind.MOVED, DriftKind.MISSING), field="")
    strange = DriftFinding.objects.exclude(target=target).filter(
        subject=DriftSubject.MACHINE,
        kind__in=(DriftKind.UNKNOWN, DriftKind.UNRECORDED),
        status=DriftStatus.OPEN,
    )
    twins = dict(strange.values_list("name", "target"))
    found = [
        (one.name, one.found_on or twins[one.name])
        for one in missing.order_by("name")
        if one.found_on or one.name in twins
    ]
    if found:
        raise Refused(
            _("A run would make second, empty machines of what is elsewhere: %(names)s.")
            % {"names": ", ".join(f"{name} → {place}" for name, place in found)},
            hint=_("Accept where it is, or move it back with the hypervisors' own means."),
        )


def may_repair(finding: DriftFinding) -> bool:
    """Whether a run could bring it back at all."""
    return finding.kind not in NOT_BY_RUN and finding.field != DriftField.NAME
