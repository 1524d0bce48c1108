"""Pages of grants whose end is near, and of what could be given back of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.grants.expiries import ExpiringGrant, expiring_grants
from dcim.actions.grants.idle_room import current_idle_room
from dcim.actions.rights import may
from dcim.planning.grants.giving_back import GiveBack, Proposal
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_grants import GrantState, IdleReason
from dcim.vocabulary.choices_requests import RequestKind
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.frame.access import Page
from dcim.web.planner.failures import impact_page, leaf_of
from dcim.web.values.amounts import WRITTEN
from dcim.web.values.formats import day
from dcim.web.values.things import pages_of_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

URGENT: Final = 30  # days


@dataclass(frozen=True, slots=True)
class ShownEnd:
    """An ending grant as the page shows it."""

    found: ExpiringGrant
    until: str
    label: StrOrPromise
    tone: str
    impact_url: str
    renew_url: str


class ExpiringGrantsPage(Page):
    """Grants that end within 90 days or are over: what draws on each, who is hit, what is asked."""

    template_name = "planner/grants/expiring.html"
    title = gettext_lazy("Expiring grants")
    permission_model = Allocation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The first to end first."""
        rows = leaf_of(expiring_grants(self.user), self.request.GET)
        may_ask = may(self.user, "add", AllocationRequest)
        return super().get_context_data(
            rows=rows, shown=[_shown_end(one, may_ask=may_ask) for one in rows], **kwargs
        )


def _shown_end(one: ExpiringGrant, *, may_ask: bool) -> ShownEnd:
    is_over = one.expiry.state is GrantState.EXPIRED
    left = one.expiry.days_left or 0
    ref = Ref(ThingKind.ALLOCATION, one.grant.reference)
    until = one.grant.valid_until
    return ShownEnd(
        found=one,
        until=day(until) if until else "",
        label=_("%(days)s days over") % {"days": -left}
        if is_over
        else _("%(days)s days left") % {"days": left},
        tone="bad" if is_over or left <= URGENT else "plan",
        impact_url=impact_page(ref) if one.machines else "",
        renew_url=ask_page(one.grant, RequestKind.RENEWAL) if may_ask else "",
    )


def ask_page(grant: Allocation, kind: RequestKind) -> str:
    """The address of a form for a request about a grant, filled in as far as it is known."""
    query: dict[str, str | int] = {
        "kind": kind.value,
        "provider": grant.provider_id,
        "predecessor": grant.pk,
        "subject": f"{_(kind.label)}: {grant.reference}",
    }
    return f"{reverse('planner.allocationrequest_add')}?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class ShownIdle:
    """A grant with what is idle on it as the page shows it."""

    reference: str
    url: str
    found: GiveBack
    granted: str
    goes: str
    waits: str
    unused: str
    proposal: str
    ask_url: str


class IdleRoomPage(Page):
    """What is idle on each grant, and the request that would give it back."""

    template_name = "planner/grants/idle_room.html"
    title = gettext_lazy("Idle room")
    permission_model = Allocation
    whole = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Grants with something to give back first."""
        room = current_idle_room()
        found = sorted(room.grants, key=lambda one: one.proposal is None)
        refs = {one.grant.reference: Ref.parse(one.grant.ref) for one in found}
        urls = pages_of_things(refs.values())
        may_ask = may(self.user, "add", AllocationRequest)
        grants = Allocation.objects.in_bulk(refs, field_name="reference") if may_ask else {}
        return super().get_context_data(
            serial=room.serial,
            reasons=[(one, one.label) for one in IdleReason],
            shown=[
                _shown_idle(one, urls.get(refs[one.grant.reference], ""), grants) for one in found
            ],
            **kwargs,
        )


def _shown_idle(one: GiveBack, url: str, grants: dict[str, Allocation]) -> ShownIdle:
    grant, proposal = grants.get(one.grant.reference), one.proposal
    return ShownIdle(
        reference=one.grant.reference,
        url=url,
        found=one,
        granted=written(one.grant.amounts),
        goes=written(one.goes),
        waits=written(one.waits),
        unused=written(one.unused),
        proposal=_said(proposal) if proposal else "",
        ask_url=ask_page(grant, proposal.kind) if grant and proposal else "",
    )


def _said(proposal: Proposal) -> str:
    if proposal.kind is RequestKind.TERMINATION:
        return _("Give the whole grant back.")
    return _("Ask for %(amounts)s instead.") % {"amounts": written(proposal.remains)}


def written(amounts: Amounts) -> str:
    """The amounts on one line."""
    parts = [write(amounts[one]) for one, write in WRITTEN.items()]
    return f"{parts[0]} vCPU · {parts[1]} · {parts[2]}"
