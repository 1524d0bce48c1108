"""What comes of a request that is granted, and grants that are given back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from dcim.actions import record
from dcim.actions.requests.deeds import DEEDS
from dcim.actions.requests.drafting import draft_bundle, draft_renewal, draft_request
from dcim.actions.requests.given import Given
from dcim.actions.requests.giving_back import loss_of, return_allocation
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus
from dcim.vocabulary.errors import (
    DoesNotFit,
    DrawnOn,
    InvalidInput,
    MayNotHold,
    NotPermitted,
    Refused,
)
from tests.factories import TESTER, make
from tests.requests import ANSWER, LETTER, actor, approver, bring, fresh, new_request, planner, take

pytestmark = pytest.mark.django_db
TO_ASSESSMENT = (RequestDeed.SIGN, RequestDeed.SUBMIT, RequestDeed.ASSESS)


def approve(request: AllocationRequest, *granted: Amounts, **given: object) -> Allocation:
    """What comes of the request, under assessment, with what is granted of each line."""
    lines = [one.pk for one in request.lines.order_by("pk")]
    amounts = dict(zip(lines, granted, strict=True)) if granted else {}
    answer = Given(
        ANSWER.letter_number,
        ANSWER.letter_date,
        amounts=amounts,
        **given,  # type: ignore[arg-type]
    )
    DEEDS[RequestDeed.APPROVE](request, answer, by=planner())
    allocation = fresh(request).allocation
    assert allocation is not None
    return allocation


def grant_of(provider: str = "pdn", **values: object) -> Allocation:
    """A grant of 8 vCPUs, 16 GiB and 200 GiB, until the end of 2026 where nothing else is said."""
    return make(
        Allocation,
        provider=make(Provider, kind=provider),
        vcpus=8,
        memory_mib=16384,
        storage_gib=200,
        **{"valid_until": date(2026, 12, 31), **values},
    )


def about(grant: Allocation, kind: str, *asked: Amounts, **values: Any) -> AllocationRequest:
    """A request of `kind` about `grant`, under assessment."""
    request = new_request(*asked, kind=kind, provider=grant.provider, predecessor=grant, **values)
    return take(request, *TO_ASSESSMENT)


def test_what_is_granted_in_part_makes_a_grant_of_that_and_keeps_what_was_asked() -> None:
    request = bring(
        new_request(Amounts(4, 8192, 100), Amounts(2, 4096, 50), valid_until=date(2027, 6, 30)),
        RequestStatus.UNDER_ASSESSMENT,
    )
    grant = approve(request, Amounts(4, 8192, 60), Amounts(0, 0, 0), reference="PDN-PASER-2")
    assert grant.granted == Amounts(4, 8192, 60)
    assert (grant.reference, grant.valid_until) == ("PDN-PASER-2", date(2027, 6, 30))
    assert (grant.letter_number, grant.letter_date) == (ANSWER.letter_number, ANSWER.letter_date)
    assert fresh(request).status == "partly_approved"
    lines = [(one.asked, one.countered, one.granted) for one in request.lines.order_by("pk")]
    assert lines == [
        (Amounts(4, 8192, 100), None, Amounts(4, 8192, 60)),
        (Amounts(2, 4096, 50), None, Amounts()),
    ]


def test_without_amounts_what_was_asked_is_granted_whole() -> None:
    grant = approve(bring(new_request(Amounts(4, 8192, 100)), RequestStatus.UNDER_ASSESSMENT))
    assert (grant.granted, grant.reference) == (Amounts(4, 8192, 100), ANSWER.letter_number)


@pytest.mark.parametrize("granted", [Amounts(5, 8192, 100), Amounts()])
def test_more_than_was_asked_or_nothing_is_not_granted(granted: Amounts) -> None:
    request = bring(new_request(Amounts(4, 8192, 100)), RequestStatus.UNDER_ASSESSMENT)
    with pytest.raises(InvalidInput) as refused:
        approve(request, granted)
    assert refused.value.field == "lines"
    assert Allocation.objects.count() == 0


def test_a_counter_offer_is_accepted_with_its_amounts() -> None:
    request = bring(new_request(Amounts(4, 8192, 100)), RequestStatus.COUNTERED)
    assert take(request, RequestDeed.ACCEPT).status == "partly_approved"
    assert Allocation.objects.get().granted == Amounts(2, 4096, 50)
    assert Allocation.objects.get().letter_number == ANSWER.letter_number


def test_a_counter_offer_that_was_revised_grants_nothing_any_more() -> None:
    request = take(new_request(Amounts(8, 8192, 100)), *TO_ASSESSMENT)
    line = request.lines.get()
    offer = Given(ANSWER.letter_number, ANSWER.letter_date, amounts={line.pk: Amounts(64, 8192, 1)})
    DEEDS[RequestDeed.COUNTER](request, offer, by=planner())
    request = take(request, RequestDeed.REVISE)
    assert (request.answer_number, request.answer_date) == ("", None)
    record.update(line, {"vcpus": 2}, by=planner())
    request = take(request, *TO_ASSESSMENT)
    with pytest.raises(InvalidInput, match="64 VCPU would be granted, but 2 were asked"):
        approve(request, Amounts(64, 8192, 100))
    assert request.lines.get().countered is None
    assert request.steps.get(deed="counter").vcpus == 64
    assert approve(request).vcpus == 2


def test_a_renewal_goes_on_with_the_same_grant_and_leaves_its_history() -> None:
    grant = grant_of()
    with override("en"):
        draft = draft_renewal(
            grant, tenant=make(Tenant), valid_until=date(2099, 12, 31), by=planner()
        )
    assert draft.subject.startswith("Permohonan perpanjangan")
    renewed = approve(take(draft, *TO_ASSESSMENT))
    assert (renewed.pk, renewed.granted) == (grant.pk, grant.granted)
    assert renewed.valid_until == date(2099, 12, 31)
    entry = ObjectChange.objects.filter(changed_object_type="planner.allocation").first()
    assert entry is not None
    assert entry.message == f"letter {ANSWER.letter_number} of 2025-11-20"
    assert (entry.prechange_data or {})["valid_until"] == "2026-12-31"


@pytest.mark.parametrize("until", [None, date(2026, 12, 31), date(2026, 1, 1)])
def test_a_renewal_is_for_longer(until: date | None) -> None:
    with pytest.raises(InvalidInput, match="valid_until"):
        about(grant_of(), "renewal", valid_until=until)


def test_a_grant_without_a_last_day_is_not_shortened_by_a_renewal() -> None:
    until = timezone.localdate() + timedelta(days=400)
    endless, ending = grant_of(valid_until=None), grant_of()
    with pytest.raises(Refused, match="has no last day"):
        about(endless, "renewal", valid_until=until)
    request = about(ending, "renewal", valid_until=until)
    record.update(ending, {"valid_until": None}, by=TESTER)
    with pytest.raises(Refused, match="has no last day"):
        approve(request, valid_until=date(2020, 1, 1))
    assert Allocation.objects.get(pk=ending.pk).valid_until is None


def test_a_renewal_does_not_end_in_the_past() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    lapsed = grant_of(valid_until=date(2020, 1, 1))
    with pytest.raises(InvalidInput, match="has gone by already"):
        about(lapsed, "renewal", valid_until=yesterday)
    request = about(lapsed, "renewal", valid_until=yesterday + timedelta(days=9))
    with pytest.raises(InvalidInput, match="has gone by already"):
        approve(request, valid_until=yesterday)
    assert approve(request, valid_until=yesterday + timedelta(days=1)).status == "active"


@pytest.mark.parametrize("kind", ["renewal", "change", "termination"])
def test_nothing_is_granted_of_a_grant_that_was_returned_meanwhile(kind: str) -> None:
    grant = grant_of()
    until = date(2099, 12, 31)
    asked = [Amounts(12, 16384, 200)] if kind == "change" else []
    request = about(grant, kind, *asked, valid_until=None if kind == "termination" else until)
    return_allocation(grant, LETTER, by=planner())
    with pytest.raises(Refused, match="has been returned"):
        approve(request)
    grant.refresh_from_db()
    assert (grant.vcpus, grant.valid_until) == (8, date(2026, 12, 31))
    assert (fresh(request).status, fresh(request).allocation) == ("under_assessment", None)


@pytest.mark.parametrize("deed", [RequestDeed.APPROVE, RequestDeed.ACCEPT])
def test_nothing_is_granted_for_an_app_that_the_provider_may_not_hold_by_now(
    deed: RequestDeed,
) -> None:
    request = new_request(Amounts(4, 8192, 100))
    app = make(ServiceApp, code="SIMPEG", data_class="closed")
    line = make(RequestLine, request=request, app=app, vcpus=2)
    take(request, *TO_ASSESSMENT, *((RequestDeed.COUNTER,) if deed == "accept" else ()))
    record.update(request.provider, {"data_classes": ["open"]}, by=TESTER)
    with pytest.raises(MayNotHold, match="may not hold SIMPEG"):
        take(request, deed)
    assert (fresh(request).allocation, Allocation.objects.count()) == (None, 0)
    if deed == "approve":
        rest = {line.pk: Amounts()}
        given = Given(ANSWER.letter_number, ANSWER.letter_date, amounts=rest)
        DEEDS[deed](request, given, by=planner())
        assert fresh(request).status == "partly_approved"


def test_a_termination_is_not_held_up_by_what_the_provider_may_hold() -> None:
    app = make(ServiceApp, data_class="closed")
    grant = grant_of()
    request = new_request(kind="termination", provider=grant.provider, predecessor=grant)
    make(RequestLine, request=request, app=app, vcpus=2)
    take(request, *TO_ASSESSMENT)
    record.update(grant.provider, {"data_classes": ["open"]}, by=TESTER)
    assert approve(request).status == "returned"


def test_a_change_makes_the_same_grant_larger_or_smaller_but_not_than_what_draws_on_it() -> None:
    grant = grant_of()
    make(VirtualMachine, allocation=grant, vcpus=6, memory_mib=1024, disk_mb=1000)
    assert approve(about(grant, "change", Amounts(12, 16384, 200))).granted.vcpus == 12
    request = about(grant, "change", Amounts(5, 16384, 200))
    with pytest.raises(DoesNotFit):
        approve(request)
    assert fresh(request).status == "under_assessment"


def test_a_termination_names_who_is_hit_and_ends_the_grant_once_confirmed() -> None:
    grant = grant_of(reference="PDN-1")
    tier = make(Workload, app=make(ServiceApp, code="SIMPEG", owner=make(Tenant, slug="bkpsdm")))
    make(VirtualMachine, name="simpeg-1", allocation=grant)
    record.update(tier, {"virtual_machines": [VirtualMachine.objects.get()]}, by=TESTER)
    request = about(grant, "termination")
    with pytest.raises(DrawnOn) as refused:
        approve(request)
    assert "machines: simpeg-1; apps that stop: SIMPEG" in refused.value.reason
    assert "offices: bkpsdm" in refused.value.reason
    assert approve(request, confirm=refused.value.confirm).status == "returned"
    assert fresh(request).status == "approved"


def test_a_grant_goes_back_by_letter_and_only_with_what_was_seen_on_it() -> None:
    grant = grant_of()
    make(VirtualMachine, allocation=grant)
    seen = loss_of(grant).confirm
    make(VirtualMachine, allocation=grant)
    by = planner()
    for given, error in ((Given(), InvalidInput), (LETTER, DrawnOn)):
        with pytest.raises(error):
            return_allocation(grant, given, by=by)
    with pytest.raises(DrawnOn):
        return_allocation(
            grant, Given(LETTER.letter_number, LETTER.letter_date, confirm=seen), by=by
        )
    with pytest.raises(NotPermitted):
        return_allocation(grant, LETTER, by=approver())
    now = Given(LETTER.letter_number, LETTER.letter_date, confirm=loss_of(grant).confirm)
    assert return_allocation(grant, now, by=by).status == "returned"
    with pytest.raises(Refused, match="has been returned"):
        return_allocation(grant, now, by=by)
    assert (
        ObjectChange.objects.latest("id").message == f"letter {LETTER.letter_number} of 2025-11-03"
    )


def test_an_office_asks_us_and_a_second_person_of_ours_gives_it_a_share() -> None:
    office = make(Tenant)
    desk, head = (actor(one, "opd", tenant=office) for one in ("staf", "kepala"))
    ours = make(Provider, kind="regency")
    values = {"tenant": office, "provider": ours, "subject": "Server baru"}
    request = draft_request(values, [{"machine_name": "web-1", "vcpus": 2}], by=desk)
    assert request.number == f"PK-{timezone.localdate().year}-001"
    with pytest.raises(NotPermitted):
        DEEDS[RequestDeed.SIGN](request, Given(), by=desk)
    DEEDS[RequestDeed.SIGN](request, Given(), by=head)
    DEEDS[RequestDeed.SUBMIT](request, LETTER, by=desk)
    DEEDS[RequestDeed.ASSESS](request, Given(), by=planner())
    with pytest.raises(NotPermitted):
        DEEDS[RequestDeed.APPROVE](request, ANSWER, by=planner())
    DEEDS[RequestDeed.APPROVE](request, ANSWER, by=approver())
    assert Allocation.objects.get(provider=ours).granted == Amounts(2, 0, 0)


def test_an_office_asks_nobody_else() -> None:
    office = make(Tenant)
    values = {"tenant": office, "provider": make(Provider, kind="pdn"), "subject": "Server"}
    with pytest.raises(NotPermitted):
        draft_request(values, [], by=actor("staf", "opd", tenant=office))
    assert AllocationRequest.objects.count() == 0


def test_what_offices_ask_is_passed_on_line_by_line_and_only_once() -> None:
    asked = [bring(new_request(to="regency"), RequestStatus.SIGNED) for _ in range(2)]
    pdn = {"tenant": make(Tenant), "provider": make(Provider, kind="pdn"), "subject": "Gabungan"}
    bundle = draft_bundle(asked, pdn, by=planner())
    assert {one.origin for one in bundle.lines.all()} == set(
        RequestLine.objects.filter(request__in=asked)
    )
    with pytest.raises(Refused, match="has not been handed in"):
        take(bundle, RequestDeed.SIGN)
    for one in asked:
        take(one, RequestDeed.SUBMIT)
    assert take(bundle, RequestDeed.SIGN).status == "signed"
    with pytest.raises(Refused, match="is passed on by"):
        take(draft_bundle(asked[:1], pdn, by=planner()), RequestDeed.SIGN)
