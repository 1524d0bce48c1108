"""Filters of the templates: how values are written, and where objects are shown."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Model
from django.template import Library
from django.utils.translation import gettext

from dcim.web.values import addresses, formats

register = Library()


@register.filter
def number(value: float) -> str:
    """1250.5 as 1.250,5."""
    return formats.number(value)


@register.filter
def memory(mib: int) -> str:
    """MiB as GiB where large."""
    return formats.memory(mib)


@register.filter
def moment(value: datetime) -> str:
    """24 November 2026, 19.30."""
    return formats.moment(value)


@register.filter
def day(value: date) -> str:
    """24 November 2026."""
    return formats.day(value)


@register.filter
def page_of(obj: Model) -> str:
    """The address of the object's page."""
    return addresses.page_of(obj)


@register.filter
def full_name(obj: Model) -> str:
    """The object's name, with that of the whole it is part of."""
    return formats.full_name(obj)


@register.filter
def label(obj: Model, name: str) -> str:
    """The value of a field as one line of text: a choice's label, an amount with its unit."""
    return formats.text_of(obj, obj._meta.get_field(name))  # type: ignore[arg-type]  # stored fields


@register.filter
def tone(value: str) -> str:
    """How a state is meant: good, bad, plan or quiet."""
    return formats.TONES.get(value, "quiet")


@register.filter
def translated(text: str) -> str:
    """A text of the pure rooms in the reader's language."""
    return gettext(str(text)) if text else ""
