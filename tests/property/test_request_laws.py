"""Requests that take random steps, by random people, with random amounts: what always holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dcim.actions.changes import Actor
from dcim.actions.requests.deeds import DEEDS
from dcim.actions.requests.path import PATH
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts, ResourceClass, total
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus
from dcim.vocabulary.errors import LumbungError
from tests.requests import ANSWER, approver, fresh, new_request, planner, who

pytestmark = pytest.mark.django_db
AMOUNTS = st.builds(Amounts, st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
ANSWERED = {RequestStatus.APPROVED, RequestStatus.PARTLY_APPROVED}
STEPS = st.lists(st.tuples(st.integers(0, 59), AMOUNTS, AMOUNTS), min_size=6, max_size=16)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings().max_examples // 5,
)
@given(STEPS)
def test_no_way_leads_to_a_grant_beyond_what_was_granted_or_offered(
    steps: list[tuple[int, Amounts, Amounts]],
) -> None:
    with transaction.atomic():
        request = new_request(Amounts(3, 3, 3), Amounts(2, 0, 4))
        for choice, *amounts in steps:
            before = fresh(request)
            deed, by = chosen(choice, before)
            lines = [one.pk for one in before.lines.order_by("pk")]
            given_now = replace(ANSWER, amounts=dict(zip(lines, amounts, strict=True)))
            try:
                DEEDS[deed](before, given_now, by=by)
            except LumbungError:
                assert fresh(request).status == before.status
            else:
                assert before.status in PATH[deed]
            check(fresh(request))
        transaction.set_rollback(True)


def chosen(choice: int, request: AllocationRequest) -> tuple[RequestDeed, Actor]:
    """Mostly a step that may come next, by who may take it; else any, by anyone."""
    nexts = [
        one
        for one in RequestDeed
        if request.status in PATH[one] and one is not RequestDeed.WITHDRAW
    ]
    if choice % 6 and nexts:
        deed = nexts[choice % len(nexts)]
        return deed, who(deed)
    return list(RequestDeed)[choice % len(RequestDeed)], (planner(), approver())[choice % 2]


def check(request: AllocationRequest) -> None:
    """The grant is the sum of what was granted, and no line has more than was asked or offered."""
    assert (request.allocation is not None) == (request.status in ANSWERED)
    assert Allocation.objects.count() == (request.status in ANSWERED)
    lines = list(request.lines.all())
    granted = total(one.granted or Amounts() for one in lines)
    if request.allocation is not None:
        assert request.allocation.granted == granted
        whole = all(one.granted is not None and one.asked.fits_in(one.granted) for one in lines)
        assert whole == (request.status == RequestStatus.APPROVED)
    for line in lines:
        for one in ResourceClass:
            offered = (line.countered or Amounts())[one]
            assert (line.granted or Amounts())[one] <= max(line.asked[one], offered)
