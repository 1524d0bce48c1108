"""Steps on the provider's side, as its letters tell them; our own data centre's as we decide."""

from __future__ import annotations

from dcim.actions.changes import Actor
from dcim.actions.requests.given import Given
from dcim.actions.requests.lines import amounts_of_lines, within_asked
from dcim.actions.requests.outcome import grant
from dcim.actions.requests.taking import taking
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestDeed, RequestStatus


def assess(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """The provider looks at `request`."""
    with taking(request, RequestDeed.ASSESS, given, by=by) as step:
        step.reach(RequestStatus.UNDER_ASSESSMENT)


def counter(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """The provider offers other amounts; lines that it does not name are offered as asked.

    Raises: InvalidInput: an amount is of no line, or nothing differs from what was asked.
    """
    with taking(request, RequestDeed.COUNTER, given, by=by) as step:
        offered = amounts_of_lines(step.lines, given.amounts, differing=True)
        step.put("countered", offered)
        step.reach(RequestStatus.COUNTERED, **_answer(given))


def approve(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """The provider grants `request`, or a part of it; lines that it does not name as asked.

    Raises:
        InvalidInput: more is granted than was asked or offered, or nothing at all.
        DoesNotFit: the grant that it is about would be smaller than what draws on it.
        DrawnOn: the grant that it ends is drawn on.
    """
    with taking(request, RequestDeed.APPROVE, given, by=by) as step:
        granted = amounts_of_lines(step.lines, given.amounts)
        within_asked(step.lines, granted)
        step.values |= _answer(given)
        grant(step, granted, given)


def reject(request: AllocationRequest, given: Given, *, by: Actor) -> None:
    """The provider grants nothing."""
    with taking(request, RequestDeed.REJECT, given, by=by) as step:
        step.put("granted", {one.pk: Amounts() for one in step.lines})
        step.reach(RequestStatus.REJECTED, **_answer(given))


def _answer(given: Given) -> dict[str, object]:
    return {"answer_number": given.letter_number, "answer_date": given.letter_date}
