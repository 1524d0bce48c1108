"""Filters of the templates: how values are written, and where objects are shown."""

from __future__ import annotations

from django.db.models import Model
from django.template import Library
from django.utils.translation import gettext

from dcim.web.values import addresses, formats

register = Library()
for written in (
    formats.number,
    formats.share,
    formats.memory,
    formats.moment,
    formats.day,
    formats.full_name,
    addresses.page_of,
):
    register.filter(written.__name__, written)


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
