"""Values of custom fields: what a value may be, and the form in which it is stored.

Values are stored so that text order is time order and equal values are equal JSON.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from dcim.record.extras.custom_fields import CustomField
from dcim.record.extras.patterns import NotAPattern, compiled
from dcim.vocabulary.choices_extras import CustomFieldType

BIGGEST: Final = 2**63 - 1


def stored_value(field: CustomField, value: Any) -> Any:
    """`value` in the form in which `field` stores it; None when it is unset.

    Raises: ValidationError when the field can't have the value.
    """
    if value is None or value == [] or (value == "" and field.type not in TEXTS):
        return None
    return STORED[field.type](field, value)


def _text(field: CustomField, value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("Write text."))
    if "\0" in value:
        raise ValidationError(_("Text can't hold the character NUL."))
    if value and field.validation_regex and not _fits(field.validation_regex, value):
        raise ValidationError(
            _("The text must match the pattern %(pattern)s.") % {"pattern": field.validation_regex}
        )
    return value


def _fits(pattern: str, value: str) -> bool:
    try:
        return compiled(pattern).begins(value)
    except NotAPattern as err:  # kept from before such patterns were refused
        raise ValidationError(_("The field's own pattern can't be used.")) from err


def _url(field: CustomField, value: Any) -> str:
    text = _text(field, value)
    if text:
        URLValidator()(text)
    return text


def _integer(field: CustomField, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > BIGGEST:
        raise ValidationError(_("Write a whole number."))
    _check_limits(field, value)
    return value


def _decimal(field: CustomField, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValidationError(_("Write a number."))
    if abs(value) > BIGGEST:
        raise ValidationError(_("The number is too large."))
    _check_limits(field, value)
    return value


def _check_limits(field: CustomField, value: float) -> None:
    low, high = field.validation_minimum, field.validation_maximum
    if low is not None and value < low:
        raise ValidationError(_("The value must be at least %(limit)s.") % {"limit": f"{low:f}"})
    if high is not None and value > high:
        raise ValidationError(_("The value must be at most %(limit)s.") % {"limit": f"{high:f}"})


def _boolean(field: CustomField, value: Any) -> bool:
    if value not in (True, False):  # 1 and 0 among them
        raise ValidationError(_("Write true or false."))
    return bool(value)


def _date(field: CustomField, value: Any) -> str:
    try:
        parsed = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        parsed = None
    if parsed is None:
        raise ValidationError(_("Write a date as YYYY-MM-DD."))
    return parsed.isoformat()


def _datetime(field: CustomField, value: Any) -> str:
    moment = moment_of(value) if isinstance(value, str) else None
    if moment is None:
        raise ValidationError(_("Write a date and time as YYYY-MM-DD HH:MM:SS."))
    return moment


def moment_of(text: str) -> str | None:
    """A date and time in the form in which it is stored, in UTC; None where it is neither."""
    try:
        parsed = parse_datetime(text)
        if parsed is None:
            return None
        aware = make_aware(parsed) if is_naive(parsed) else parsed
        return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None


def _select(field: CustomField, value: Any) -> str:
    labels: Mapping[str, str] = field.choice_set.labels if field.choice_set else {}
    if not isinstance(value, str) or value not in labels:
        raise ValidationError(_("“%(value)s” is not one of the choices.") % {"value": value})
    return value


def _object(field: CustomField, value: Any) -> int:
    if isinstance(value, Mapping):
        value = value.get("id")
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= BIGGEST:
        raise ValidationError(_("Write the id of an object."))
    return value


def _several(one: Callable[[CustomField, Any], Any]) -> Callable[[CustomField, Any], list[Any]]:
    def several(field: CustomField, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError(_("Write a list."))
        return list(dict.fromkeys(one(field, part) for part in value))

    return several


def _json(field: CustomField, value: Any) -> Any:
    return value


TEXTS: Final[frozenset[str]] = frozenset(
    {CustomFieldType.TEXT, CustomFieldType.LONG_TEXT, CustomFieldType.URL}
)
STORED: Final[Mapping[str, Callable[[CustomField, Any], Any]]] = {
    CustomFieldType.TEXT: _text,
    CustomFieldType.LONG_TEXT: _text,
    CustomFieldType.INTEGER: _integer,
    CustomFieldType.DECIMAL: _decimal,
    CustomFieldType.BOOLEAN: _boolean,
    CustomFieldType.DATE: _date,
    CustomFieldType.DATETIME: _datetime,
    CustomFieldType.URL: _url,
    CustomFieldType.JSON: _json,
    CustomFieldType.SELECT: _select,
    CustomFieldType.MULTISELECT: _several(_select),
    CustomFieldType.OBJECT: _object,
    CustomFieldType.MULTIOBJECT: _several(_object),
}
