"""From which status a request may take which step, and who may take it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.requests.authors import is_author
from dcim.actions.rights import may
from dcim.catalog.roles import APPROVE, CHANGE
from dcim.record.people.account import User
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices import ProviderKind
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus
from dcim.vocabulary.errors import NotPermitted, WrongStep

DRAFT, SIGNED, SUBMITTED = RequestStatus.DRAFT, RequestStatus.SIGNED, RequestStatus.SUBMITTED
ASSESSED, COUNTERED = RequestStatus.UNDER_ASSESSMENT, RequestStatus.COUNTERED
PATH: Final[Mapping[RequestDeed, tuple[RequestStatus, ...]]] = {
    # Signed again where the approval has lapsed, or where another one signs.
    RequestDeed.SIGN: (DRAFT, SIGNED),
    RequestDeed.SUBMIT: (SIGNED,),
    RequestDeed.ASSESS: (SUBMITTED,),
    RequestDeed.COUNTER: (ASSESSED,),
    RequestDeed.ACCEPT: (COUNTERED,),
    RequestDeed.REFUSE: (COUNTERED,),
    RequestDeed.REVISE: (COUNTERED,),
    RequestDeed.APPROVE: (ASSESSED,),
    RequestDeed.REJECT: (ASSESSED,),
    RequestDeed.WITHDRAW: (DRAFT, SIGNED, SUBMITTED, ASSESSED, COUNTERED),
}


class Side(Enum):
    """In what capacity someone takes a step."""

    APPLICANT = "applicant"  # who may write the request
    SECOND = "second"  # who may approve it, or its own office, but none of its authors
    HANDLER = "handler"  # who keeps grants, and so writes down what providers say
    DECIDER = "decider"  # of our own data centre a second person; else the letter decides


SIDES: Final[Mapping[RequestDeed, Side]] = {
    RequestDeed.SIGN: Side.SECOND,
    RequestDeed.SUBMIT: Side.APPLICANT,
    RequestDeed.ASSESS: Side.HANDLER,
    RequestDeed.COUNTER: Side.HANDLER,
    RequestDeed.ACCEPT: Side.SECOND,
    RequestDeed.REFUSE: Side.APPLICANT,
    RequestDeed.REVISE: Side.APPLICANT,
    RequestDeed.APPROVE: Side.DECIDER,
    RequestDeed.REJECT: Side.DECIDER,
    RequestDeed.WITHDRAW: Side.APPLICANT,
}


def open_deeds(request: AllocationRequest, user: User) -> list[RequestDeed]:
    """The steps that `user` may take with `request` now, in the order of its life."""
    return [
        deed
        for deed in RequestDeed
        if request.status in PATH[deed] and may_take(user, deed, request)
    ]


def may_take(user: User, deed: RequestDeed, request: AllocationRequest) -> bool:
    """Whether `user` may take the step, whatever the status of the request."""
    side = SIDES[deed]
    if side is Side.DECIDER:
        side = Side.SECOND if is_ours(request) else Side.HANDLER
        if side is Side.SECOND:
            return may(user, APPROVE, AllocationRequest, request) and not is_author(user, request)
    if side is Side.SECOND:
        return _may_approve(user, request) and not is_author(user, request)
    if not may(user, CHANGE, AllocationRequest, request):
        return False
    return side is Side.APPLICANT or may(user, CHANGE, Allocation)


def is_ours(request: AllocationRequest) -> bool:
    """Whether it asks the regency's own data centre."""
    return request.provider.kind == ProviderKind.REGENCY


def check_may_take(user: User | None, deed: RequestDeed, request: AllocationRequest) -> None:
    """Let pass who may take the step; commands act for whoever operates the server.

    Raises: NotPermitted, saying what is missing.
    """
    needs_someone = SIDES[deed] is Side.SECOND or (SIDES[deed] is Side.DECIDER and is_ours(request))
    if user is None:
        if needs_someone:
            raise NotPermitted(
                _("Only someone who has signed in can do this: %(step)s.")
                % {"step": _(deed.label)},
                hint=_("Use the page or a token."),
            )
        return
    if may_take(user, deed, request):
        return
    if needs_someone and is_author(user, request):
        raise NotPermitted(
            _("Whoever wrote the request can't do this: %(step)s.") % {"step": _(deed.label)},
            hint=_("Ask a second person with the right."),
        )
    raise NotPermitted(
        _("Your account may not do this with the request: %(step)s.") % {"step": _(deed.label)},
        hint=_("Ask an administrator for the right."),
    )


def check_step(request: AllocationRequest, deed: RequestDeed) -> None:
    """Refuse a step out of its order.

    Raises: WrongStep, naming where the request stands and what may come next.
    """
    if request.status in PATH[deed]:
        return
    nexts = [_(one.label) for one in RequestDeed if request.status in PATH[one]]
    raise WrongStep(
        _("The request %(request)s is: %(status)s. It can't take this step: %(step)s.")
        % {
            "request": request,
            "status": _(dict(RequestStatus.pairs())[request.status]),
            "step": _(deed.label),
        },
        field="status",
        hint=_("What may come next: %(steps)s.") % {"steps": ", ".join(nexts)}
        if nexts
        else _("It has been answered or withdrawn; draft another one."),
    )


def _may_approve(user: User, request: AllocationRequest) -> bool:
    """Whoever may approve; for what an office asks of our own data centre, that office too."""
    if may(user, APPROVE, AllocationRequest, request):
        return True
    own = user.tenant_id is not None and user.tenant_id == request.tenant_id
    return own and is_ours(request) and may(user, CHANGE, AllocationRequest, request)
