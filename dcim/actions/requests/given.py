"""What comes with a step: a letter, amounts per line, what the provider grants, a word about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestDeed
from dcim.vocabulary.errors import InvalidInput

# Steps that are taken by a letter, ours or the provider's.
BY_LETTER = frozenset(
    {
        RequestDeed.SUBMIT,
        RequestDeed.COUNTER,
        RequestDeed.REFUSE,
        RequestDeed.APPROVE,
        RequestDeed.REJECT,
    }
)
# Letters that answer ours, and so are not older than it.
ANSWERS = frozenset({RequestDeed.COUNTER, RequestDeed.APPROVE, RequestDeed.REJECT})


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed in with a step; what a step does not take is left alone.

    Attributes:
        letter_number: The letter's number.
        letter_date: The day it was written.
        note: A word for the history.
        amounts: Offered or granted, by the id of the line; lines that are not named keep theirs.
        reference: What the provider calls the grant; empty: by the number of its letter.
        valid_from: First day of the grant; None: as wanted.
        valid_until: Last day of the grant; None: as wanted.
        confirm: For what takes a grant away: the word that names all that draws on it.
    """

    letter_number: str = ""
    letter_date: date | None = None
    note: str = ""
    amounts: Mapping[int, Amounts] = field(default_factory=dict)
    reference: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    confirm: str = ""

    @property
    def letter(self) -> str:
        """The letter in a few words; empty without one."""
        if not self.letter_number:
            return ""
        return _("letter %(number)s of %(date)s") % {
            "number": self.letter_number,
            "date": self.letter_date.isoformat() if self.letter_date else "–",
        }


def check_letter(request: AllocationRequest, deed: RequestDeed, given: Given) -> None:
    """A step that is taken by a letter names it; none is of the future, no answer older than ours.

    Raises: InvalidInput, naming `letter_number` or `letter_date`.
    """
    missing = {
        "letter_number": not given.letter_number.strip(),
        "letter_date": not given.letter_date,
    }
    if deed in BY_LETTER or not all(missing.values()):
        for name, is_missing in missing.items():
            if is_missing:
                raise InvalidInput(_("Say by which letter, with its number and date."), field=name)
    if given.letter_date is None:
        return
    if given.letter_date > timezone.localdate():
        raise InvalidInput(
            _("A letter of the future is none yet."),
            field="letter_date",
            hint=_("Write the date that stands on it."),
        )
    if deed in ANSWERS and request.letter_date and given.letter_date < request.letter_date:
        raise InvalidInput(
            _("The answer would be older than our letter of %(date)s.")
            % {"date": request.letter_date.isoformat()},
            field="letter_date",
            hint=_("Write the date that stands on it."),
        )
