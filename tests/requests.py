"""Requests for tests, brought to a status by the steps that lead there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dcim.actions.changes import Actor
from dcim.actions.requests.deeds import DEEDS
from dcim.actions.requests.given import Given
from dcim.record.people.account import User
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Provider
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus
from tests.factories import make, make_user, member

LETTER: Final = Given(letter_number="600/12/DKISP/2025", letter_date=date(2025, 11, 3))
ANSWER: Final = Given(letter_number="B-715/DJAI.3/2025", letter_date=date(2025, 11, 20))
# The steps that lead to each status.
WAY: Final[Mapping[RequestStatus, tuple[RequestDeed, ...]]] = {
    RequestStatus.DRAFT: (),
    RequestStatus.SIGNED: (RequestDeed.SIGN,),
    RequestStatus.SUBMITTED: (RequestDeed.SIGN, RequestDeed.SUBMIT),
    RequestStatus.UNDER_ASSESSMENT: (RequestDeed.SIGN, RequestDeed.SUBMIT, RequestDeed.ASSESS),
    RequestStatus.COUNTERED: (
        RequestDeed.SIGN,
        RequestDeed.SUBMIT,
        RequestDeed.ASSESS,
        RequestDeed.COUNTER,
    ),
    RequestStatus.APPROVED: (
        RequestDeed.SIGN,
        RequestDeed.SUBMIT,
        RequestDeed.ASSESS,
        RequestDeed.APPROVE,
    ),
    RequestStatus.REJECTED: (
        RequestDeed.SIGN,
        RequestDeed.SUBMIT,
        RequestDeed.ASSESS,
        RequestDeed.REJECT,
    ),
    RequestStatus.WITHDRAWN: (RequestDeed.WITHDRAW,),
}
THEIRS: Final = {RequestDeed.COUNTER, RequestDeed.APPROVE, RequestDeed.REJECT}


def actor(username: str, *roles: str, tenant: Tenant | None = None) -> Actor:
    """Someone with `roles`, made where there is no such user yet."""
    user = User.objects.filter(username=username).first() or make_user(username)
    return Actor.of(User.objects.get(pk=member(user, *roles, tenant=tenant).pk))


def planner() -> Actor:
    """Who drafts, hands in, and writes down what providers say."""
    return actor("perencana", "planner")


def approver() -> Actor:
    """The second person."""
    return actor("penyetuju", "approver")


def new_request(*asked: Amounts, to: str = "pdn", **values: Any) -> AllocationRequest:
    """A draft of the planner's to a provider of the kind `to`, with a line for each of `asked`."""
    if "provider" not in values:
        values["provider"] = make(Provider, kind=to)
    request = make(AllocationRequest, **values)
    AllocationRequest.objects.filter(pk=request.pk).update(created_by=planner().user)
    small = () if "predecessor" in values else (Amounts(4, 8192, 100),)
    for one in asked or small:
        make(
            RequestLine,
            request=request,
            vcpus=one.vcpus,
            memory_mib=one.memory_mib,
            storage_gib=one.storage_gib,
        )
    return fresh(request)


def fresh(request: AllocationRequest) -> AllocationRequest:
    """The request as it is stored now."""
    return AllocationRequest.objects.get(pk=request.pk)


def who(deed: RequestDeed) -> Actor:
    """Who takes a step of a request to another provider."""
    return approver() if deed in {RequestDeed.SIGN, RequestDeed.ACCEPT} else planner()


def given_with(deed: RequestDeed, request: AllocationRequest) -> Given:
    """What a step needs: a letter; for a counter-offer half of each amount."""
    if deed is not RequestDeed.COUNTER:
        return ANSWER if deed in THEIRS else LETTER
    halves = {
        one.pk: Amounts(one.vcpus // 2, one.memory_mib // 2, one.storage_gib // 2)
        for one in request.lines.all()
    }
    return Given(ANSWER.letter_number, ANSWER.letter_date, amounts=halves)


def take(request: AllocationRequest, *deeds: RequestDeed) -> AllocationRequest:
    """The request after `deeds`, each by who may take it."""
    for deed in deeds:
        DEEDS[deed](request, given_with(deed, request), by=who(deed))
    return fresh(request)


def bring(request: AllocationRequest, status: RequestStatus) -> AllocationRequest:
    """The request in `status`."""
    return take(request, *WAY[status])
