"""Our own approval of a request: what it was given for, and whether that has moved since."""

from __future__ import annotations

from typing import Final

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from dcim.actions.plans.making import NOT_PLANNED_FROM
from dcim.actions.rules.planner.requests import digest_of_content
from dcim.catalog import kind_of
from dcim.record.log.changes import ObjectChange
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.errors import ApprovalLapsed

NAMED: Final = 5


def moved_since_signing(request: AllocationRequest) -> list[str]:
    """What has moved since `request` was signed, by name; nothing while the approval holds.

    Its content, and what it rests on: the provider, the grant it is about, its apps and their
    tiers. Where it was drafted from a plan, all that plans are made from.
    """
    if request.signed_serial is None:
        return []
    moved = [] if digest_of_content(request) == request.signed_digest else [_("what it asks")]
    later = ObjectChange.objects.filter(link__number__gt=request.signed_serial).order_by("id")
    names = dict.fromkeys(later.filter(_base(request)).values_list("object_repr", flat=True))
    more = [_("and more")] if len(names) > NAMED else []
    return [*moved, *list(names)[:NAMED], *more]


def check_approval(request: AllocationRequest) -> None:
    """Refuse to go on with an approval that has lapsed.

    Raises: ApprovalLapsed, naming what moved.
    """
    moved = moved_since_signing(request)
    if moved:
        raise ApprovalLapsed(
            _("The approval of %(request)s has lapsed, since this has changed: %(moved)s.")
            % {"request": request, "moved": ", ".join(moved)},
            field="signed_serial",
            hint=_("Let a second person look at it and sign it again."),
        )


def _base(request: AllocationRequest) -> Q:
    if request.plan_id is not None:
        return ~Q(changed_object_type__in=NOT_PLANNED_FROM)
    lines = list(request.lines.values_list("app", "workload"))
    rests_on: dict[type[Model], set[int | None]] = {
        Provider: {request.provider_id},
        Allocation: {request.predecessor_id},
        ServiceApp: {app for app, _tier in lines},
        Workload: {tier for _app, tier in lines},
    }
    condition = Q(pk__in=())
    for model, keys in rests_on.items():
        known = [key for key in keys if key is not None]
        condition |= Q(changed_object_type=kind_of(model), changed_object_id__in=known)
    return condition
