"""How values are written for people: numbers, amounts, dates, states and names.

Knows fields by their type and by the unit in their name (`memory_mib`), so a new field is shown
well without being told how. Where pages are is for `addresses`, looks are the style sheet's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dcim.catalog import BY_KIND
from dcim.catalog.components import COMPONENTS
from dcim.planning.sentences import retold
from dcim.record.equipment.power import PowerFeed
from dcim.record.extras.journal import JournalEntry
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.machine_parts import VirtualDisk, VMInterface
from dcim.record.numbers import NumberListField, ranges_of
from dcim.record.people.account import ObjectPermission
from dcim.record.places.reservations import RackReservation
from dcim.record.planner.allocations import Provider
from dcim.record.planner.drift import DriftScan
from dcim.vocabulary.choices import DataClass
from dcim.vocabulary.units import MIB_PER_GIB, disk_mb_to_gib
from dcim.web.values.addresses import page_of

if TYPE_CHECKING:
    from dcim.catalog.resource import AnyField

NOTHING: Final = "–"
# Parts are named with what they belong to: “eth0” alone says nothing.
WHOLE_OF_PART: Final[dict[type[models.Model], str]] = {
    **dict.fromkeys(COMPONENTS, "device"),
    PowerFeed: "power_panel",
    RackReservation: "rack",
    VMInterface: "virtual_machine",
    VirtualDisk: "virtual_machine",
}
TONES: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("active", "available", "connected", "done", "no_change", "same", "create"), "good"
    ),
    **dict.fromkeys(("inactive", "offline", "failed", "refused", "delete", "danger"), "bad"),
    "completed": "good",
    "stopped": "quiet",
    "errored": "bad",
    "running": "plan",
    **dict.fromkeys(
        ("planned", "staging", "staged", "reserved", "changes", "drift", "open", "warning"), "plan"
    ),
    **dict.fromkeys(("success", "approved", "signed"), "good"),
    **dict.fromkeys(("submitted", "under_assessment", "countered", "partly_approved"), "plan"),
    "rejected": "bad",
    **dict.fromkeys(("decommissioning", "deprecated", "retired", "returned", "update"), "quiet"),
}
TONED_FIELDS: Final = frozenset({"status", "outcome", "action"})
NUMBERS_AS_NAMES: Final = frozenset(
    {"vid", "base_serial", "signed_serial", "changed_object_id", "object_id"}
)


# Columns of JSON that hold numbers, or the ends of ranges of them.
NUMBER_LISTS: Final = frozenset({"ports", "vid_ranges"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a page shows it: text, where it leads, what it says exactly, how it is meant."""

    text: str
    url: str = ""
    title: str = ""
    tone: str = ""
    color: str = ""


def number(value: float | Decimal, places: int | None = None) -> str:
    """The number with grouped thousands and without idle zeros: 1.250,5."""
    exact = Decimal(str(value if places is None else round(value, places)))
    plain = exact.to_integral_value() if exact == exact.to_integral_value() else exact.normalize()
    return number_format(f"{plain:f}", force_grouping=True)


def share(part: float) -> str:
    """A part of one in per cent, as exact as a gap is told: 1,25 %."""
    return f"{number(part * 100, 2)} %"


def memory(mib: int) -> str:
    """MiB as people say it: GiB from one GiB on, with one decimal at most."""
    if 0 < abs(mib) < MIB_PER_GIB:
        return f"{number(mib)} MiB"
    return f"{number(mib / MIB_PER_GIB, 1)} GiB"


def disk(megabytes: int) -> str:
    """NetBox megabytes as GiB, rounded up as ledgers do."""
    return f"{number(disk_mb_to_gib(megabytes))} GiB"


def moment(value: datetime) -> str:
    """Date and time where the data centre is."""
    return date_format(timezone.localtime(value), _("j F Y, H:i"))


def day(value: date) -> str:
    """A date with its month in words."""
    return date_format(value, "j F Y")


# By the unit at the end of a field's name: how an amount is written.
WRITTEN_BY_UNIT: Final[dict[str, Callable[[Any], str]]] = {
    "_mib": memory,
    "_mb": disk,
    "_gib": lambda amount: f"{number(amount)} GiB",
    "_kg": lambda amount: f"{number(amount)} kg",
    "_w": lambda amount: f"{number(amount)} W",
    "_v": lambda amount: f"{number(amount)} V",
    "_a": lambda amount: f"{number(amount)} A",
    "_percent": lambda amount: f"{number(amount)} %",
    "_hours": lambda amount: _("%(amount)s h") % {"amount": number(amount)},
}


def unit_of(name: str) -> str:
    """The unit that a field's name ends in, as a key of WRITTEN_BY_UNIT, or ""."""
    return next((unit for unit in WRITTEN_BY_UNIT if name.endswith(unit)), "")


def label_of(field: AnyField) -> str:
    """The field's heading; the unit is left to the values where these carry it."""
    label = str(field.verbose_name)
    if unit_of(field.name):
        label = re.sub(r"\s*\([^)]*\)$", "", label)
    return _capitalised(label)


def capitalised_label(field: AnyField) -> str:
    """The field's label with its unit, for forms."""
    return _capitalised(str(field.verbose_name))


def _capitalised(label: str) -> str:
    """The label with a capital at its start, unless it begins with a name such as vCPU."""
    return label if label[1:2].isupper() else str(capfirst(label))


def full_name(obj: models.Model) -> str:
    """The object's name, with that of the whole it is part of."""
    whole = WHOLE_OF_PART.get(type(obj))
    if whole:
        return f"{getattr(obj, whole)} / {obj}"
    told = TOLD_OF.get(type(obj))
    return told(obj) if told else str(obj)


def _change(entry: ObjectChange) -> str:
    label = choice_label(ObjectChange._meta.get_field("action"), entry.action)
    return f"{entry.object_repr}: {label}"


def _note(entry: JournalEntry) -> str:
    label = choice_label(JournalEntry._meta.get_field("kind"), entry.kind)
    return f"{moment(entry.created)}: {label}"


# Entries that have no name of their own, told of in the reader's language.
TOLD_OF: Final[dict[type[models.Model], Callable[[Any], str]]] = {
    ObjectChange: _change,
    JournalEntry: _note,
}


# Texts that are kept in English, with their sentence in the field `said`.
SAID_BESIDE: Final = {(DriftScan, "message")}


def is_number(field: AnyField) -> bool:
    """Whether values of the field are amounts, to be set flush right."""
    numeric = isinstance(field, (models.IntegerField, models.DecimalField, models.FloatField))
    return numeric and field.name not in NUMBERS_AS_NAMES


def shown(obj: models.Model, field: AnyField) -> list[Shown]:
    """What a page shows for a field of `obj`: one entry, or one per object that it names."""
    if isinstance(field, models.ManyToManyField):
        return [shown_object(other) for other in getattr(obj, field.name).all()]
    value = getattr(obj, field.name)
    if value is None or value in ("", [], {}):
        return []
    if (type(obj), field.name) in SAID_BESIDE:
        return [Shown(retold(value, getattr(obj, "said"), _))]  # noqa: B009  # a field of these
    return [_shown_value(field, value)]


def shown_object(obj: models.Model) -> Shown:
    """An object as a page names it, leading to its own page."""
    return Shown(full_name(obj), url=page_of(obj), color=getattr(obj, "color", ""))


def plain_text(field: AnyField, value: Any) -> str:
    """A value of the field as the change log stored it, as one line of text."""
    if isinstance(field, models.DecimalField):
        value = Decimal(value)
    if isinstance(field, models.DateField):
        value = field.to_python(value)
    return value if isinstance(value, str) else _shown_value(field, value).text


def text_of(obj: models.Model, field: AnyField) -> str:
    """A field of `obj` as one line of text."""
    return ", ".join(one.text for one in shown(obj, field)) or NOTHING


def choice_label(field: AnyField, value: object) -> str:
    """The translated label of a stored choice; an unknown value stands for itself."""
    label = dict(field.flatchoices).get(value, value)
    return _(str(label))


def tone_of(field: AnyField, value: object) -> str:
    """How the value of a state field is meant: good, bad, plan, quiet; "" for all other fields."""
    return TONES.get(str(value), "quiet") if field.name in TONED_FIELDS else ""


def _shown_value(field: AnyField, value: Any) -> Shown:
    if isinstance(value, models.Model):
        return shown_object(value)
    if field.choices:
        return Shown(choice_label(field, value), tone=tone_of(field, value))
    if isinstance(value, bool):
        return Shown(_("Yes") if value else _("No"))
    if isinstance(value, (int, float, Decimal)):
        return _shown_number(field, value)
    if isinstance(value, datetime):
        return Shown(moment(value), title=timezone.localtime(value).isoformat(timespec="seconds"))
    if isinstance(value, date):
        return Shown(day(value), title=value.isoformat())
    if isinstance(value, (list, dict)):
        return Shown(_json_text(field, value))
    if isinstance(field, models.URLField):
        return Shown(value, url=value)
    if field.name.endswith("object_type") and value in BY_KIND:
        return Shown(str(capfirst(BY_KIND[value].model._meta.verbose_name)), title=value)
    return Shown(str(value), color=value if field.name == "color" else "")


def _shown_number(field: AnyField, value: float | Decimal) -> Shown:
    if field.name in NUMBERS_AS_NAMES:
        return Shown(str(value))
    unit = unit_of(field.name)
    if not unit:
        return Shown(number(value))
    return Shown(WRITTEN_BY_UNIT[unit](value), title=f"{number(value)} {field.verbose_name}")


def _numbers_text(value: list[Any]) -> str:
    """Ports, or pairs of the first and last number of a range, as people write them."""
    ends = [one if isinstance(one, list) else [one, one] for one in value]
    return ", ".join(f"{first}-{last}" if first != last else f"{first}" for first, last in ends)


def _kind_label(kind: str) -> str:
    """What objects of a kind are called; other words stand for themselves."""
    return str(capfirst(BY_KIND[kind].model._meta.verbose_name)) if kind in BY_KIND else kind


def _json_text(field: AnyField, value: Any) -> str:
    if isinstance(field, NumberListField):
        return ranges_of(value)
    if field.name in NUMBER_LISTS:
        return _numbers_text(value)
    if field.model is ObjectPermission and isinstance(value, list):
        return ", ".join(_kind_label(one) for one in value)
    if field.model is Provider:
        labels = {one.value: one.label for one in DataClass}
        return ", ".join(_(labels.get(one, one)) for one in value)
    return json.dumps(value, ensure_ascii=False, indent=2)
