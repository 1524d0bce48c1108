"""What comes of a request that is granted: a new grant, or another shape of the one it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.requests.completeness import check_renewal, check_stands
from dcim.actions.requests.given import Given
from dcim.actions.requests.giving_back import give_back
from dcim.actions.requests.taking import Taking
from dcim.actions.rules.planner.holding import check_lines_held
from dcim.actions.writes.values import known
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import OF_A_GRANT
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices_requests import RequestKind, RequestStatus
from dcim.vocabulary.errors import InvalidInput

Outcome = Callable[[Taking, Amounts, Given], Allocation]


def grant(step: Taking, granted: Mapping[int, Amounts], given: Given) -> None:
    """Let `granted`, by line, come to be, and the request be approved or partly approved.

    Raises:
        InvalidInput: nothing of what was asked is granted, or a renewal is for no longer.
        Refused: the grant it is about has been returned, or has no end to be put off.
        MayNotHold: by now the provider may not hold an app of a line that is granted.
    """
    asked = total(one.asked for one in step.lines)
    step.put("granted", granted)
    if asked != Amounts() and step.sums == Amounts():
        raise InvalidInput(
            _("Nothing would be granted."), field="lines", hint=_("Reject the request instead.")
        )
    # What provider and app state may have moved since it was handed in; a line that gets nothing
    # of what it asks brings nothing there.
    nothing = Amounts()
    check_lines_held(
        [one for one in step.lines if granted[one.pk] != nothing or one.asked == nothing]
    )
    whole = all(one.asked.fits_in(granted[one.pk]) for one in step.lines)
    allocation = OUTCOMES.get(step.request.kind, _new)(step, step.sums, given)
    step.reach(
        RequestStatus.APPROVED if whole else RequestStatus.PARTLY_APPROVED, allocation=allocation
    )


def _new(step: Taking, amounts: Amounts, given: Given) -> Allocation:
    values = {
        "reference": given.reference or _free_reference(step, given),
        "provider": step.request.provider,
        **_sizes(amounts),
        **_letter(step, given),
        "valid_from": given.valid_from or step.request.valid_from,
        "valid_until": given.valid_until or step.request.valid_until,
        "description": step.request.subject,
    }
    return record.create(Allocation, values, by=step.by)


def _renewed(step: Taking, amounts: Amounts, given: Given) -> Allocation:
    """The same grant for longer; with lines, of the amounts they grant."""
    about = _standing(step)
    until = given.valid_until or step.request.valid_until
    check_renewal(about, until)
    sizes = _sizes(amounts) if step.lines else {}
    values = {**sizes, **_letter(step, given), "valid_until": until}
    return record.update(about, values, by=step.by)


def _changed(step: Taking, amounts: Amounts, given: Given) -> Allocation:
    """The same grant of another size, never smaller than what draws on it."""
    about = _standing(step)
    dates: dict[str, date | None] = {
        "valid_from": given.valid_from or step.request.valid_from,
        "valid_until": given.valid_until or step.request.valid_until,
    }
    values = {
        **_sizes(amounts),
        **_letter(step, given),
        **{name: one for name, one in dates.items() if one is not None},
    }
    return record.update(about, values, by=step.by)


def _ended(step: Taking, amounts: Amounts, given: Given) -> Allocation:
    return give_back(_about(step), confirm=given.confirm, by=step.by)


OUTCOMES: Final[Mapping[str, Outcome]] = {
    RequestKind.RENEWAL: _renewed,
    RequestKind.CHANGE: _changed,
    RequestKind.TERMINATION: _ended,
}


def _about(step: Taking) -> Allocation:
    about = step.request.predecessor
    if about is None:
        raise ValueError(f"{step.request} names no grant, though its kind is in {OF_A_GRANT}")
    return about


def _standing(step: Taking) -> Allocation:
    """The grant that the request is about, locked: it may have been returned since it was asked.

    Raises: Refused: it has been returned.
    """
    about = _about(step)
    rows = Allocation.objects.select_for_update(of=("self",))
    locked = known(rows.filter(pk=about.pk).first(), about)
    check_stands(locked)
    return locked


def _free_reference(step: Taking, given: Given) -> str:
    """The number of the provider's letter; our own where that letter has granted another one."""
    number = _letter_number(step, given)
    taken = not number or Allocation.objects.filter(reference=number).exists()
    return step.request.number if taken else number


def _letter_number(step: Taking, given: Given) -> str:
    """The provider's letter: the one at hand, or that of the counter-offer that is accepted."""
    answer = step.values.get("answer_number") or step.request.answer_number
    return answer or given.letter_number


def _letter(step: Taking, given: Given) -> dict[str, Any]:
    answered = step.values.get("answer_date") or step.request.answer_date
    return {
        "letter_number": _letter_number(step, given),
        "letter_date": answered or given.letter_date,
    }


def _sizes(amounts: Amounts) -> dict[str, int]:
    return {
        "vcpus": amounts.vcpus,
        "memory_mib": amounts.memory_mib,
        "storage_gib": amounts.storage_gib,
    }
