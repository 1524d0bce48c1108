"""The life of a request: every step from every status, by whom, and what each writes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from dcim.actions import record
from dcim.actions.requests.deeds import DEEDS
from dcim.actions.requests.given import Given
from dcim.actions.requests.path import PATH, open_deeds
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest, RequestLine, RequestStep
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus
from dcim.vocabulary.errors import (
    ApprovalLapsed,
    InvalidInput,
    NotPermitted,
    Refused,
    WrongStep,
)
from tests.factories import TESTER, make
from tests.requests import (
    ANSWER,
    LETTER,
    actor,
    bring,
    fresh,
    new_request,
    planner,
    take,
)

pytestmark = pytest.mark.django_db

# Written out by hand: from, by, to. What is not here is refused.
LEGAL = {
    ("draft", "sign"): "signed",
    ("draft", "withdraw"): "withdrawn",
    ("signed", "submit"): "submitted",
    ("signed", "withdraw"): "withdrawn",
    ("submitted", "assess"): "under_assessment",
    ("submitted", "withdraw"): "withdrawn",
    ("under_assessment", "counter"): "countered",
    ("under_assessment", "approve"): "approved",
    ("under_assessment", "reject"): "rejected",
    ("under_assessment", "withdraw"): "withdrawn",
    ("countered", "accept"): "partly_approved",
    ("countered", "refuse"): "under_assessment",
    ("countered", "revise"): "draft",
    ("countered", "withdraw"): "withdrawn",
}
REACHED = [one for one in RequestStatus if one is not RequestStatus.PARTLY_APPROVED]


@pytest.mark.parametrize("status", REACHED)
def test_a_request_takes_its_steps_in_order_and_no_others(status: RequestStatus) -> None:
    request = bring(new_request(), status)
    reached = {deed.value: reached_by(deed, request) for deed in RequestDeed}
    legal = {deed: to for (origin, deed), to in LEGAL.items() if origin == status}
    assert {deed: to for deed, to in reached.items() if to is not None} == legal


def reached_by(deed: RequestDeed, request: AllocationRequest) -> str | None:
    """Where the step leads, None where it is refused; it is undone then."""
    with transaction.atomic():
        try:
            return take(request, deed).status
        except WrongStep:
            return None
        finally:
            transaction.set_rollback(True)


def test_a_refusal_says_where_it_stands_and_what_may_come_next() -> None:
    with pytest.raises(WrongStep) as refused:
        take(bring(new_request(), RequestStatus.SIGNED), RequestDeed.APPROVE)
    assert "Signed" in refused.value.reason
    assert "Submit, Withdraw" in refused.value.hint


def test_each_step_is_kept_with_letter_and_sums_and_stands_in_the_log() -> None:
    request = take(new_request(Amounts(4, 8192, 100)), *PATH_TO_COUNTERED, RequestDeed.ACCEPT)
    told = [(one.deed, one.to_status, one.letter_number, one.vcpus) for one in request.steps.all()]
    assert told == [
        ("sign", "signed", LETTER.letter_number, 4),
        ("submit", "submitted", LETTER.letter_number, 4),
        ("assess", "under_assessment", LETTER.letter_number, 4),
        ("counter", "countered", ANSWER.letter_number, 2),
        ("accept", "partly_approved", LETTER.letter_number, 2),
    ]
    assert str(request.steps.last()) == f"{request}: Partly approved"
    newest = ObjectChange.objects.filter(changed_object_type="planner.allocationrequest").first()
    assert newest is not None
    assert newest.message == f"letter {LETTER.letter_number} of 2025-11-03"
    assert newest.user_name == "penyetuju"


PATH_TO_COUNTERED = (
    RequestDeed.SIGN,
    RequestDeed.SUBMIT,
    RequestDeed.ASSESS,
    RequestDeed.COUNTER,
)


@pytest.mark.parametrize(
    ("deed", "given", "field"),
    [
        (RequestDeed.COUNTER, Given(letter_date=date(2025, 11, 20)), "letter_number"),
        (RequestDeed.APPROVE, Given(letter_number="B-1"), "letter_date"),
        (RequestDeed.REJECT, Given("B-1", date(2999, 1, 1)), "letter_date"),
        (RequestDeed.APPROVE, Given("B-1", date(2025, 11, 1)), "letter_date"),  # before ours
        (
            RequestDeed.APPROVE,
            Given("B-1", date(2025, 11, 20), amounts={999999999: Amounts(1)}),
            "lines",
        ),
        (RequestDeed.COUNTER, ANSWER, "lines"),  # offers what was asked
    ],
)
def test_what_a_step_needs_is_asked_for(deed: RequestDeed, given: Given, field: str) -> None:
    request = bring(new_request(), RequestStatus.UNDER_ASSESSMENT)
    with pytest.raises(InvalidInput) as refused:
        DEEDS[deed](request, given, by=planner())
    assert refused.value.field == field
    assert fresh(request).status == "under_assessment"


def test_nothing_is_signed_that_asks_for_nothing() -> None:
    request = new_request()
    request.lines.all().delete()
    with pytest.raises(InvalidInput, match="asks for nothing yet"):
        take(request, RequestDeed.SIGN)


def test_none_of_its_authors_signs() -> None:
    request = new_request()
    both = actor("perencana", "planner", "approver")
    with pytest.raises(NotPermitted, match="Whoever wrote"):
        DEEDS[RequestDeed.SIGN](request, Given(), by=both)
    editor = actor("penyunting", "planner", "approver")
    record.update(request.lines.get(), {"vcpus": 5}, by=editor)
    with pytest.raises(NotPermitted, match="Whoever wrote"):
        DEEDS[RequestDeed.SIGN](request, Given(), by=editor)
    DEEDS[RequestDeed.SIGN](request, Given(), by=actor("ketiga", "planner", "approver"))


# By another provider's letter, and of our own data centre: who may take which step.
MAY = {
    ("pdn", "planner"): "submit assess counter refuse revise approve reject withdraw",
    ("pdn", "approver"): "sign accept",
    ("pdn", "opd"): "",
    ("pdn", "viewer"): "",
    ("pdn", "engineer"): "",
    ("pdn", "auditor"): "",
    ("regency", "planner"): "submit assess counter refuse revise withdraw",
    ("regency", "approver"): "sign accept approve reject",
    ("regency", "opd"): "sign submit accept refuse revise withdraw",
    ("regency", "viewer"): "",
}


@pytest.mark.parametrize(("kind", "role"), MAY)
def test_who_may_take_which_step(kind: str, role: str) -> None:
    office = make(Tenant)
    request = new_request(to=kind, tenant=office)
    by = actor("lain", role, tenant=office if role == "opd" else None)
    taken = set()
    for deed in RequestDeed:
        AllocationRequest.objects.filter(pk=request.pk).update(status=PATH[deed][0].value)
        try:
            DEEDS[deed](fresh(request), Given(), by=by)
        except NotPermitted:
            continue
        except (InvalidInput, Refused):
            pass  # let in, and asked for a letter
        taken.add(deed.value)
        AllocationRequest.objects.filter(pk=request.pk).update(status="draft")
    assert taken == set(MAY[kind, role].split())


def test_an_office_takes_no_step_with_the_request_of_another() -> None:
    request = new_request(to="regency")
    stranger = actor("tetangga", "opd", tenant=make(Tenant))
    assert stranger.user is not None
    assert open_deeds(request, stranger.user) == []
    with pytest.raises(NotPermitted):
        DEEDS[RequestDeed.WITHDRAW](request, Given(), by=stranger)


def test_an_approval_lapses_with_the_content_and_is_given_again() -> None:
    request = bring(new_request(), RequestStatus.SIGNED)
    with pytest.raises(WrongStep, match="nothing has changed"):
        take(request, RequestDeed.SIGN)
    record.update(request.lines.get(), {"memory_mib": 16384}, by=planner())
    with pytest.raises(ApprovalLapsed, match="what it asks"):
        take(request, RequestDeed.SUBMIT)
    assert take(request, RequestDeed.SIGN, RequestDeed.SUBMIT).status == "submitted"


def test_an_approval_lapses_with_what_it_rests_on_and_only_that() -> None:
    app = make(ServiceApp, code="SIMPEG", data_class="open")
    request = new_request()
    make(RequestLine, request=request, app=app)
    bring(request, RequestStatus.SIGNED)
    record.update(make(ServiceApp, code="LAIN"), {"data_class": "closed"}, by=TESTER)
    make(VirtualMachine)
    record.update(app, {"data_class": "closed"}, by=TESTER)
    with pytest.raises(ApprovalLapsed, match=r": SIMPEG\."):
        take(request, RequestDeed.SUBMIT)


def test_what_was_handed_in_is_not_rewritten_but_noted_on() -> None:
    request = bring(new_request(), RequestStatus.SUBMITTED)
    line = request.lines.get()
    writes = (
        lambda: record.update(request, {"subject": "lain"}, by=planner()),
        lambda: record.update(line, {"vcpus": 64}, by=planner()),
        lambda: record.create(RequestLine, {"request": request, "vcpus": 1}, by=planner()),
        lambda: record.delete(line, by=planner()),
        lambda: record.update(request, {"bundles": [new_request()]}, by=planner()),
    )
    for write in writes:
        with pytest.raises(Refused, match="has been handed in"):
            write()
    assert record.update(request, {"comments": "ditelepon"}, by=planner()).comments == "ditelepon"
    assert Allocation.objects.count() == 0
    assert RequestStep.objects.filter(request=request).count() == 2
