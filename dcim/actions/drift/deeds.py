"""What is done about a finding: the record takes what the hypervisor has, or it is let be.

To take it into the record or to bring it back takes the right to change findings, and the rights to
what is written besides: the machine, the plan and its run. A rule takes the right to add rules.
"""

from __future__ import annotations

from datetime import date
from glob import escape

from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.drift.accepting import take
from dcim.actions.drift.scans import close
from dcim.actions.jobs.queue import enqueue
from dcim.actions.plans.making import current_snapshot
from dcim.actions.refusals import writing
from dcim.actions.rights import require
from dcim.actions.writes.values import known
from dcim.catalog.roles import CHANGE
from dcim.planning.document import PlanDocument
from dcim.planning.drift.standing import standing
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.drift import DriftFinding, DriftRule
from dcim.record.planner.jobs import Job
from dcim.vocabulary.drift import DriftStatus
from dcim.vocabulary.errors import Refused, Stale

SCAN = "drift.scan"


def record_as_is() -> PlanDocument:
    """How things stand in the record now, as the document that targets are compared with.

    Raises: BadDocument when the record contradicts itself.
    """
    return standing(current_snapshot())


def ask_scan(*, by: Actor) -> Job:
    """The job that compares every target with its hypervisor; it changes neither.

    Raises: NotPermitted.
    """
    if by.user is not None:
        require(by.user, CHANGE, DriftFinding)
    return enqueue(SCAN, {}, by=by)


def accept(finding: DriftFinding, *, seen: str = "", by: Actor) -> VirtualMachine | None:
    """The machine as the record has it now that it took what the hypervisor has; None: removed.

    Args:
        finding: What is accepted.
        seen: The `mark` of what the user was shown; empty: whatever it is now.
        by: Who accepts.

    Raises:
        Stale: something else is found now than was shown.
        NotPermitted: the user may not change findings, or not write the machine.
        Refused: there is nothing for the record to take, it has changed since, or a rule forbids
            it.
    """
    with writing():
        row = standing_row(finding, by=by)
        if seen not in ("", row.mark):
            raise Stale(
                _("Something else is found now than was shown."),
                hint=_("Look at it again, and accept what still applies."),
            )
        message = _("Accepted from drift: %(finding)s") % {"finding": row}
        snapshot = current_snapshot()
        machine = take(row, standing(snapshot), snapshot.names(), by=by.saying(message))
        close(row, DriftStatus.ACCEPTED)
        row.save()
    return machine


def ignore(
    finding: DriftFinding, *, reason: str, valid_until: date | None = None, by: Actor
) -> DriftRule:
    """The new rule that lets this difference of this machine be.

    Raises:
        NotPermitted: the user may not add rules.
        InvalidInput: the reason is missing.
    """
    values = {
        "target": escape(finding.target),
        "subject": finding.subject,
        "machine": escape(finding.name),  # a name, though the rule has a pattern
        "field": finding.field,
        "reason": reason,
        "valid_until": valid_until,
    }
    return record.create(DriftRule, values, by=by)


def standing_row(finding: DriftFinding, *, by: Actor) -> DriftFinding:
    """The finding, locked, for someone who may change it.

    Raises: NotPermitted; Refused: it is found no longer.
    """
    if by.user is not None:
        require(by.user, CHANGE, DriftFinding, finding)
    rows = DriftFinding.objects.select_for_update(of=("self",))
    row = known(rows.filter(pk=finding.pk).first(), finding)
    if row.closed_at is not None:
        raise Refused(_("This is found no longer, or has been accepted."), hint=_("Compare again."))
    return row
