"""Amounts that are stored in the unit in which people gave them, as NetBox's clients expect."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def weight_field(label: StrOrPromise) -> models.DecimalField[Decimal | None, Decimal | None]:
    """A column for a weight; its unit stands in a column of its own."""
    return models.DecimalField(
        label,
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )


def length_field(
    label: StrOrPromise, *, help_text: StrOrPromise = ""
) -> models.PositiveSmallIntegerField[int | None, int | None]:
    """A column for a whole length of something that fits into a room."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True, help_text=help_text)


def has_unit(unit: str, *amounts: str) -> models.Q:
    """The condition that `unit` is set where any of `amounts` is."""
    unset = models.Q(**{f"{name}__isnull": True for name in amounts})
    return unset | ~models.Q(**{unit: ""})


def clean_unit(obj: models.Model, unit: str, *amounts: str) -> None:
    """Ask for the unit of amounts that are set; a unit of nothing is dropped.

    Raises: ValidationError when an amount has no unit.
    """
    stated = any(getattr(obj, name) is not None for name in amounts)
    if stated and not getattr(obj, unit):
        raise ValidationError({unit: _("Say in which unit it is.")})
    if not stated:
        setattr(obj, unit, "")


def amount_field(
    label: StrOrPromise, help_text: StrOrPromise
) -> models.PositiveBigIntegerField[int | None, int | None]:
    """A column for a large amount that need not be stated."""
    return models.PositiveBigIntegerField(label, null=True, blank=True, help_text=help_text)


def day_field(
    label: StrOrPromise, help_text: StrOrPromise
) -> models.DateField[date | None, date | None]:
    """A column for a day that need not be stated."""
    return models.DateField(label, null=True, blank=True, help_text=help_text)


def check_days(first: date | None, last: date | None, field: str) -> None:
    """Refuse a last day before the first.

    Raises: ValidationError, naming `field`.
    """
    if first and last and last < first:
        raise ValidationError({field: _("It would end before it begins.")})
