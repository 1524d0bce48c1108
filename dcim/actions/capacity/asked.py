"""What is asked about pools, read from text: by whom, on which day, of which size."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
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
NO: Final = frozenset({"", "0", "false", "off", "no"})


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
    if not text:
        return None
    with suppress(ValueError):  # weeks and days without hyphens are ISO's, and read as slips here
        if (day := date.fromisoformat(text)).isoformat() == text:
            return day
    raise InvalidInput(
        _("“%(text)s” is not a day.") % {"text": text},
        field="on",
        hint=_("Write it like 2027-03-01."),
    )


def size_of(given: Mapping[str, str]) -> Size:
    """The size of a machine, in whole vCPUs, MiB and GiB; what is not named is 0.

    Raises: InvalidInput for what is no whole number, neither yes nor no, or when all are 0.
    """
    amounts = Amounts(*(_whole(given.get(name, ""), name) for name in AMOUNTS))
    if amounts == Amounts():
        raise InvalidInput(
            _("A machine of no size fits without end."),
            field="vcpus",
            hint=_("Ask for at least one of vCPUs, memory and storage."),
        )
    return Size(amounts, _is_apart(given.get("apart", "")))


def _is_apart(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise InvalidInput(
            _("“%(text)s” is neither yes nor no.") % {"text": text},
            field="apart",
            hint=_("Write true or false."),
        )
    return text.lower() in YES


def _whole(text: str, field: str) -> int:
    if text and not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise InvalidInput(
            _("“%(text)s” is not a whole number.") % {"text": text},
            field=field,
            hint=_("Write a whole number of at most nine digits."),
        )
    return int(text or 0)
