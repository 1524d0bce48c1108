"""What a change changed: field by field, before and after, with the names of what ids meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from dcim.catalog import BY_KIND
from dcim.catalog.resource import AnyField
from dcim.record.log.chain import settled
from dcim.record.log.changes import ObjectChange
from dcim.web.values import formats
from dcim.web.values.rows import named

Ids = dict[type[models.Model], set[int]]
Names = Mapping[tuple[type[models.Model], int], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that a change touched."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownChange:
    """An entry of the change log with its differences; `is_whole` for objects that came or went."""

    entry: ObjectChange
    differences: list[Difference]
    is_whole: bool


def shown_changes(entries: Iterable[ObjectChange]) -> list[ShownChange]:
    """The entries with their differences; names are looked up once per kind of object."""
    listed = list(entries)
    names = _names_of(_ids_in(listed))
    return [_shown(entry, names) for entry in listed]


def _shown(entry: ObjectChange, names: Names) -> ShownChange:
    before, after = entry.prechange_data or {}, entry.postchange_data or {}
    touched = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    differences = [
        Difference(
            _label(entry, name),
            _text(entry, name, before.get(name), names),
            _text(entry, name, after.get(name), names),
        )
        for name in touched
        if name != "id"
    ]
    told = [one for one in differences if one.before != one.after]
    return ShownChange(entry, told, is_whole=not before or not after)


def changed_since(
    kind: str, obj: models.Model, seen: int, mine: Mapping[str, Any]
) -> list[Difference]:
    """What others changed of `obj` after the entry `seen`, where `mine` differs: theirs, mine."""
    entries = list(
        ObjectChange.objects.filter(
            changed_object_type=kind, changed_object_id=obj.pk, id__gt=seen
        ).order_by("id")
    )
    if not entries:
        return []
    before, now = entries[0].prechange_data or {}, entries[-1].postchange_data or {}
    touched = [name for name in mine if not before or before.get(name) != now.get(name)]
    theirs = {name: now.get(name) for name in touched}
    typed = settled({name: mine[name] for name in touched})
    both = ObjectChange(changed_object_type=kind, prechange_data=theirs, postchange_data=typed)
    (shown,) = shown_changes([both])
    return shown.differences


def field_of(entry: ObjectChange, name: str) -> AnyField | None:
    """The field that an entry's value belongs to; None when it is no more."""
    resource = BY_KIND.get(entry.changed_object_type)
    if resource is None or name in resource.hidden:
        return None
    try:
        field = resource.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _label(entry: ObjectChange, name: str) -> str:
    field = field_of(entry, name)
    return formats.label_of(field) if field is not None else name


def _text(entry: ObjectChange, name: str, value: Any, names: Names) -> str:
    field = field_of(entry, name)
    if value in (None, "", []):
        return formats.NOTHING
    if field is None:
        return str(value)
    if isinstance(field, (models.ForeignKey, models.ManyToManyField)):
        ids = value if isinstance(value, list) else [value]
        return ", ".join(names.get((field.related_model, one), f"#{one}") for one in ids)
    if field.choices:
        return formats.choice_label(field, value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return formats.plain_text(field, value)


def _ids_in(entries: list[ObjectChange]) -> Ids:
    found: Ids = defaultdict(set)
    for entry in entries:
        for data in (entry.prechange_data or {}, entry.postchange_data or {}):
            for name, value in data.items():
                field = field_of(entry, name)
                if isinstance(field, (models.ForeignKey, models.ManyToManyField)):
                    ids = value if isinstance(value, list) else [value]
                    found[field.related_model].update(one for one in ids if one is not None)
    return found


def _names_of(ids: Ids) -> Names:
    return {
        (model, obj.pk): formats.full_name(obj)
        for model, wanted in ids.items()
        if wanted
        for obj in named(model).filter(pk__in=wanted)
    }
