"""What reclaims freed on other people's grants, as drafts of requests that give it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.plans.making import document_of
from dcim.actions.refusals import writing
from dcim.actions.requests.completeness import HANDED_IN
from dcim.actions.requests.drafting import LANGUAGE, draft_request
from dcim.actions.rights import require
from dcim.catalog.roles import ADD
from dcim.planning.document import Change
from dcim.planning.reclaim.giving_back import Returned, returned
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.plans import Plan
from dcim.record.planner.reclaims import ReclaimedMachine
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import AllocationStatus, ProviderKind
from dcim.vocabulary.choices_requests import RequestKind, RequestStatus

UNANSWERED: Final = frozenset({RequestStatus.SIGNED, *HANDED_IN})


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What came of one grant on which machines were reclaimed.

    Attributes:
        grant: The grant.
        machines: What was freed on it and is not asked about yet, or in this draft.
        draft: The request; None where nothing can be given back, or nobody is known to apply.
        lacks_applicant: Whether somebody has to say who applies.
    """

    grant: Allocation
    machines: tuple[ReclaimedMachine, ...]
    draft: AllocationRequest | None = None
    lacks_applicant: bool = False


def draft_give_backs(
    plan: Plan, *, tenant: Tenant | None = None, by: Actor
) -> tuple[GivenBack, ...]:
    """A draft for each grant of another provider on which `plan` freed something.

    Args:
        plan: A stored plan.
        tenant: Who applies; else who applied for the grant, or last applied to its provider, or
            the office of the user of `by`.
        by: Who drafts it, and so may not sign it.

    Raises: NotPermitted: who drafts it may not write requests.

    Notes: one draft per grant: what is freed later is added to it as long as it is a draft. Asked
        again, it writes nothing. What a request that was handed in asks for is not asked again.
    """
    if by.limited_to is not None:
        require(by.limited_to, ADD, AllocationRequest)
    with writing():
        found: dict[int, list[ReclaimedMachine]] = defaultdict(list)
        for one in _unasked().filter(allocation__reclaimed__plan=plan).distinct():
            found[one.allocation_id or 0].append(one)
        grants = Allocation.objects.select_for_update(of=("self",)).select_related("provider")
        chosen = grants.filter(pk__in=found, status=AllocationStatus.ACTIVE).exclude(
            provider__kind=ProviderKind.REGENCY
        )
        return tuple(
            _give_back(plan, grant, found[grant.pk], tenant, by.for_deed())
            for grant in chosen.order_by("pk")
        )


def _unasked() -> Any:
    """Reclaimed machines that no request speaks of, or a draft only."""
    open_still = Q(request=None) | Q(request__status=RequestStatus.DRAFT)
    return ReclaimedMachine.objects.filter(open_still).select_related("request").order_by("pk")


def _give_back(
    plan: Plan,
    grant: Allocation,
    machines: Sequence[ReclaimedMachine],
    tenant: Tenant | None,
    by: Actor,
) -> GivenBack:
    asked = grant.reclaimed.filter(request__status__in=UNANSWERED)
    freed = total(one.amounts for one in (*machines, *asked))
    coming = _coming(plan, grant)
    is_empty = not (coming or grant.virtual_machines.exists() or grant.commitments.exists())
    drawn = grant.used + grant.committed + total(coming)
    found = returned(grant.granted, freed, drawn, is_empty=is_empty)
    draft = next((one.request for one in machines if one.request is not None), None)
    if found is None:
        return GivenBack(grant, tuple(machines), draft)
    if draft is None:
        applicant = tenant or _applicant(grant, by)
        if applicant is None:
            return GivenBack(grant, tuple(machines), lacks_applicant=True)
        values = {
            "tenant": applicant,
            "provider": grant.provider,
            **_values(grant, machines, found),
        }
        draft = draft_request(values, _lines(found), by=by)
    else:
        draft = record.update(draft, _values(grant, machines, found), by=by)
        _rewrite_line(draft, found, by)
    linked = [record.update(one, {"request": draft}, by=by) for one in machines]
    return GivenBack(grant, tuple(linked), draft)


def _coming(plan: Plan, grant: Allocation) -> list[Amounts]:
    """What the plan makes on the grant and the record does not have yet."""
    recorded = {str(pk) for pk in grant.virtual_machines.values_list("pk", flat=True)}
    names = set(grant.virtual_machines.values_list("name", flat=True))
    return [
        vm.amounts
        for target in document_of(plan).targets
        for vm in target.vms
        if vm.change is Change.CREATE and vm.allocation == grant.reference
        if vm.id not in recorded and vm.name not in names
    ]


def _applicant(grant: Allocation, by: Actor) -> Tenant | None:
    asked = AllocationRequest.objects.select_related("tenant").order_by("-pk")
    of_grant = asked.filter(Q(allocation=grant) | Q(predecessor=grant)).first()
    known = of_grant or asked.filter(provider=grant.provider).first()
    if known is not None:
        return known.tenant
    return by.user.tenant if by.user is not None else None


def _values(
    grant: Allocation, machines: Sequence[ReclaimedMachine], found: Returned
) -> Mapping[str, Any]:
    with override(LANGUAGE):
        told = [
            _("%(name)s (%(vcpus)s vCPU, %(memory)s MiB, %(storage)s GiB)")
            % {
                "name": one.name,
                "vcpus": one.vcpus,
                "memory": one.memory_mib,
                "storage": one.storage_gib,
            }
            for one in machines
        ]
        return {
            "kind": found.kind.value,
            "predecessor": grant,
            "subject": _("Giving back what is free of %(grant)s") % {"grant": grant},
            "purpose": _("Machines that have been deleted: %(machines)s.")
            % {"machines": ", ".join(told)},
        }


def _lines(found: Returned) -> list[Mapping[str, Any]]:
    """One line with what the grant is to have then; what ends it needs none."""
    if found.kind is RequestKind.TERMINATION or found.remains == Amounts():
        return []
    remains = found.remains
    return [
        {
            "vcpus": remains.vcpus,
            "memory_mib": remains.memory_mib,
            "storage_gib": remains.storage_gib,
        }
    ]


def _rewrite_line(draft: AllocationRequest, found: Returned, by: Actor) -> None:
    """The draft's one line says what is to remain; lines that people added stay."""
    wanted = _lines(found)
    own = draft.lines.filter(machine_name="", app=None).order_by("pk").first()
    if own is not None and wanted:
        record.update(own, wanted[0], by=by)
    elif own is not None:
        record.delete(own, by=by)
    elif wanted:
        record.create(RequestLine, {**wanted[0], "request": draft}, by=by)
