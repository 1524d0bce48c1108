"""Lists of whole numbers in one column."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    JSONColumn = models.JSONField[list[int], list[int]]
else:  # generic to the type checker only
    JSONColumn = models.JSONField


class NumberListField(JSONColumn):
    """Whole numbers without repetition, in ascending order."""

    def to_python(self, value: Any) -> Any:
        """The numbers in order, each once.

        Raises: ValidationError for anything but a list of numbers.
        """
        if not isinstance(value, list) or not all(type(one) is int for one in value):
            raise ValidationError(_("Write a list of whole numbers."))
        return sorted(set(value))


def ranges_of(numbers: Iterable[int]) -> str:
    """Ascending numbers as people write them.

    >>> ranges_of([1, 2, 3, 7])
    '1-3, 7'
    """
    runs = (
        [number for _place, number in run]
        for _start, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    )
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
