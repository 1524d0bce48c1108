"""What has moved since a preview was approved, said so that one knows what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.plans.making import NOT_PLANNED_FROM, document_of, planning_serial
from dcim.actions.rights import may
from dcim.catalog.roles import APPROVE
from dcim.planning.document import digest_of
from dcim.record.log.changes import ObjectChange
from dcim.record.planner.plans import PlanApproval, ProvisioningRun
from dcim.vocabulary.choices import RunKind, RunOutcome
from dcim.vocabulary.errors import BadDocument

HOLDS_FOR: Final = timedelta(days=7)
PREVIEW_HOLDS_FOR: Final = timedelta(days=21)
"""Saved engine plans are kept for longer."""

MOST_NAMED: Final = 5


def what_moved(approval: PlanApproval) -> list[str]:
    """What is no longer as it was approved, in words; empty while the approval holds.

    Notes: the stack itself is compared by the run, under the lock of its target.
    """
    parts = (_document, _engine_plans, _applied, _record, _age, _approver)
    return [what for part in parts for what in part(approval)]


def _document(approval: PlanApproval) -> Iterator[str]:
    try:
        found = digest_of(document_of(approval.plan))
    except BadDocument as err:
        yield _("the plan document was altered (%(reason)s)") % {"reason": err}
        return
    if not approval.digest == approval.plan.digest == found:
        yield _("the plan document is another one (%(now)s, approved was %(then)s)") % {
            "now": found[:19],
            "then": approval.digest[:19],
        }


def _engine_plans(approval: PlanApproval) -> Iterator[str]:
    if approval.preview is not None and approval.preview.bases != approval.bases:
        yield _("the saved engine plans are others than those approved")


def _applied(approval: PlanApproval) -> Iterator[str]:
    """What was applied is over: the stacks are no longer what it was made for."""
    applied = ProvisioningRun.objects.filter(
        kind=RunKind.UP, outcome=RunOutcome.DONE, approval__preview=approval.preview_id
    )
    for number in applied.order_by("pk").values_list("pk", flat=True)[:1]:
        yield _("run %(number)s has applied it") % {"number": number}


def _record(approval: PlanApproval) -> Iterator[str]:
    serial = planning_serial()
    if serial == approval.base_serial:
        return
    since = ObjectChange.objects.filter(link__number__gt=approval.base_serial)
    changed = since.exclude(changed_object_type__in=NOT_PLANNED_FROM).order_by("-pk")
    names = list(dict.fromkeys(changed.values_list("object_repr", flat=True)[:100]))
    more = "…" if len(names) > MOST_NAMED else ""
    yield _("the record moved from serial %(then)s to %(now)s (%(names)s%(more)s)") % {
        "then": approval.base_serial,
        "now": serial,
        "names": ", ".join(names[:MOST_NAMED]),
        "more": more,
    }


def _age(approval: PlanApproval) -> Iterator[str]:
    age = timezone.now() - approval.created
    if age > HOLDS_FOR:
        yield _("it is %(days)s days old, and holds for %(most)s") % {
            "days": age.days,
            "most": HOLDS_FOR.days,
        }
    if approval.preview is None:
        return
    age = timezone.now() - approval.preview.created
    if age > PREVIEW_HOLDS_FOR:
        yield _("its preview is %(days)s days old, and holds for %(most)s") % {
            "days": age.days,
            "most": PREVIEW_HOLDS_FOR.days,
        }


def _approver(approval: PlanApproval) -> Iterator[str]:
    if not may(approval.user, APPROVE, ProvisioningRun, approval.preview):
        yield _("%(user)s may no longer approve") % {"user": approval.user}
