"""The sums of the letter of a change: what is given up whole, and what the grant held before."""

from __future__ import annotations

import pytest

from dcim.actions import record
from dcim.actions.papers.letter.content import letter_of
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus
from tests.factories import TESTER, make
from tests.requests import bring, fresh, new_request, take

pytestmark = pytest.mark.django_db


def sums_of(request: AllocationRequest) -> list[tuple[object, ...]]:
    """Label, what the grant held where that is told, and what is asked."""
    return [row[1:] for row in letter_of(fresh(request)).sums.rows]


def grant_of_8() -> Allocation:
    return make(
        Allocation, provider=make(Provider, kind="pdn"), vcpus=8, memory_mib=16_384, storage_gib=500
    )


def test_a_change_names_what_is_given_up_and_says_the_same_once_it_is_granted() -> None:
    grant = grant_of_8()
    request = new_request(
        Amounts(12, 16_384, 0), kind="change", provider=grant.provider, predecessor=grant
    )
    said = [("vCPU", 8, 12), ("Memori (GiB)", 16, 16), ("Penyimpanan (GiB)", 500, 0)]
    assert sums_of(request) == said
    bring(request, RequestStatus.APPROVED)
    grant.refresh_from_db()
    assert (grant.vcpus, grant.storage_gib) == (12, 0)
    assert sums_of(request) == said
    record.update(grant, {"vcpus": 20}, by=TESTER)
    assert sums_of(request) == said


def test_what_neither_is_held_nor_asked_is_left_out() -> None:
    grant = grant_of_8()
    record.update(grant, {"storage_gib": 0}, by=TESTER)
    request = new_request(
        Amounts(4, 8192, 0), kind="change", provider=grant.provider, predecessor=grant
    )
    assert sums_of(request) == [("vCPU", 8, 4), ("Memori (GiB)", 16, 8)]
    # What a draft tells moves with the grant, until somebody signs it.
    record.update(grant, {"vcpus": 6}, by=TESTER)
    assert sums_of(request)[0] == ("vCPU", 6, 4)


def test_a_grant_that_ends_as_a_whole_is_told_as_it_was_when_signed() -> None:
    grant = grant_of_8()
    request = new_request(kind="termination", provider=grant.provider, predecessor=grant)
    take(request, RequestDeed.SIGN, RequestDeed.SUBMIT)
    record.update(grant, {"vcpus": 2}, by=TESTER)
    assert sums_of(request) == [("vCPU", 8), ("Memori (GiB)", 16), ("Penyimpanan (GiB)", 500)]
