"""Lists of whole numbers as people write them: “1-4, 7”."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dcim.record.numbers import ranges_of

PART: Final = re.compile(r"(?P<first>\d{1,9})(?:\s*[-–]\s*(?P<last>\d{1,9}))?")
MOST_NUMBERS: Final = 1000


class NumberListFormField(forms.CharField):
    """Numbers and ranges of numbers, separated by commas."""

    def __init__(self, **options: Any) -> None:
        # What a form field for JSON takes and one for text does not.
        options.pop("encoder", None)
        options.pop("decoder", None)
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """The numbers as text; what was typed stays as it is."""
        return ranges_of(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        """The numbers in order, each once."""
        return numbers_in(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other numbers are meant, however they are written."""
        try:
            return numbers_in(str(data or "")) != list(initial or ())
        except ValidationError:
            return True


def numbers_in(text: str) -> list[int]:
    """The numbers that `text` means, in order.

    Raises: ValidationError for a part that is neither a number nor a range of a sane length.

    >>> numbers_in("7, 1-3")
    [1, 2, 3, 7]
    """
    numbers: set[int] = set()
    for part in filter(None, (one.strip() for one in text.split(","))):
        found = PART.fullmatch(part)
        first, last = (
            (int(found["first"]), int(found["last"] or found["first"])) if found else (1, 0)
        )
        if not 0 <= last - first < MOST_NUMBERS:
            raise ValidationError(
                _("“%(part)s” is neither a number nor a range such as 1-4.") % {"part": part}
            )
        numbers.update(range(first, last + 1))
    return sorted(numbers)
