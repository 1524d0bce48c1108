"""The ask of a plan, as the draft of a request: one line per machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from dcim.actions.changes import Actor
from dcim.actions.plans.approvals import has_lapsed
from dcim.actions.plans.making import document_of
from dcim.actions.refusals import writing
from dcim.actions.requests.drafting import LANGUAGE, draft_request
from dcim.planning.document import PlanDocument
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Provider
from dcim.record.planner.plans import Plan
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.choices_requests import RequestStatus
from dcim.vocabulary.errors import InvalidInput, Refused


def draft_plan_ask(plan: Plan, *, tenant: Tenant, by: Actor) -> tuple[AllocationRequest, bool]:
    """The draft request for what `plan` asks, and whether it is new: a plan's draft is made once.

    Args:
        plan: A stored plan.
        tenant: Who applies.
        by: Who drafts it, and so may not sign it.

    Raises:
        InvalidInput: The plan asks for nothing.
        Refused: The record has changed since it was made, so it may ask for too much or too little.
        NotPermitted: As for a write of requests.
    """
    document = document_of(plan)
    if not document.ask.vms:
        raise InvalidInput(
            _("This plan asks for nothing: there is nothing to apply for."),
            field="plan",
            hint=_("Choose a plan whose apps wait for a grant."),
        )
    with writing():
        known = plan.requests.filter(status=RequestStatus.DRAFT.value).order_by("pk").first()
        if known is not None:
            return known, False
        if has_lapsed(plan.base_serial):
            raise Refused(
                _("The record has changed since this plan was made."),
                field="plan",
                hint=_("Make a new plan, and draft the request from that."),
            )
        apps = len({vm.app for vm in document.ask.vms})
        with override(LANGUAGE):
            subject = _("Capacity for %(count)d applications to be revived") % {"count": apps}
        values = {
            "tenant": tenant,
            "provider": _provider(document),
            "plan": plan,
            "subject": subject,
        }
        return draft_request(values, list(_lines(document)), by=by), True


def is_draftable(plan: Plan, document: PlanDocument) -> bool:
    """Whether the ask of `plan` can be drafted, or has been."""
    return bool(document.ask.vms) and (
        not has_lapsed(plan.base_serial)
        or plan.requests.filter(status=RequestStatus.DRAFT.value).exists()
    )


def _provider(document: PlanDocument) -> Provider:
    found = Provider.objects.filter(slug=document.ask.provider).first()
    if found is None:
        raise Refused(
            _("The record has no provider “%(slug)s”.") % {"slug": document.ask.provider},
            field="provider",
            hint=_("Record it, or make a new plan."),
        )
    return found


def _lines(document: PlanDocument) -> Iterator[Mapping[str, Any]]:
    """A line per machine, with what the record says of its app."""
    codes = {vm.app for vm in document.ask.vms}
    apps = {
        app.code: app
        for app in ServiceApp.objects.filter(code__in=codes).prefetch_related("workloads")
    }
    for vm in document.ask.vms:
        app = apps.get(vm.app)
        tiers = {tier.name: tier for tier in app.workloads.all()} if app else {}
        yield {
            "app": app,
            "workload": next((tiers[one] for one in vm.workloads if one in tiers), None),
            "machine_name": vm.name,
            "vcpus": vm.vcpus,
            "memory_mib": vm.memory_mib,
            "storage_gib": vm.storage_gib,
            "operating_system": vm.image,
            "data_class": (app.data_class if app else "") or "",
            "category": (app.category if app else "") or "",
        }
