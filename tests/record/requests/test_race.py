"""Two who take a step of one request at the same moment: one does, the other comes too late."""

from __future__ import annotations

import pytest

from dcim.actions.requests.deeds import DEEDS
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus
from dcim.vocabulary.errors import WrongStep
from tests.record.test_races import race
from tests.requests import ANSWER, bring, fresh, new_request, planner

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_approvals_at_once_one_makes_a_grant() -> None:
    request = bring(new_request(), RequestStatus.UNDER_ASSESSMENT)
    by = planner()
    approve = DEEDS[RequestDeed.APPROVE]
    assert race(*[lambda: approve(request, ANSWER, by=by)] * 3) == [WrongStep] * 2
    assert Allocation.objects.count() == 1
    assert request.steps.count() == 4
    assert fresh(request).status == "approved"
