"""What is asked about pools, read from text: by whom, on which day, of which size."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from dcim.planning.capacity.fitting import Size
from dcim.planning.capacity.holdings import By
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import InvalidInput

AMOUNTS: Final = ("vcpus", "memory_mib", "storage_gib")
MOST_DIGITS: Final = 9
YES: Final = frozenset({"1", "true", "on", "yes"})


def by_of(text: str) -> By:
    """What holdings are told by; owners unless said.

    Raises: InvalidInput.
    """
    if text and text not in set(By):
        raise InvalidInput(
            _("“%(text)s” is nothing to tell holdings by.") % {"text": text},
            field="by",
            hint=_("Known: %(names)s.") % {"names": ", ".join(By)},
        )
    return By(text or By.OWNER)


def day_of(text: str) -> date | None:
    """The day that is named; None where none is.

    Raises: InvalidInput.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as err:
        raise InvalidInput(
            _("“%(text)s” is not a day.") % {"text": text},
            field="on",
            hint=_("Write it like 2027-03-01."),
        ) from err


def size_of(given: Mapping[str, str]) -> Size:
    """The size of a machine, in whole vCPUs, MiB and GiB; what is not named is 0.

    Raises: InvalidInput for what is no whole number, or when all are 0.
    """
    amounts = Amounts(*(_whole(given.get(name, ""), name) for name in AMOUNTS))
    if amounts == Amounts():
        raise InvalidInput(
            _("A machine of no size fits without end."),
            field="vcpus",
            hint=_("Ask for at least one of vCPUs, memory and storage."),
        )
    return Size(amounts, given.get("apart", "").lower() in YES)


def _whole(text: str, field: str) -> int:
    if text and not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise InvalidInput(
            _("“%(text)s” is not a whole number.") % {"text": text},
            field=field,
            hint=_("Write a whole number of at most nine digits."),
        )
    return int(text or 0)
