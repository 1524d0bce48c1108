"""What a list can show: its fields, how many objects belong to each row, and its custom fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dcim.catalog.resource import AnyField, Resource
from dcim.record.extras.custom_fields import CustomField
from dcim.record.tree import TreeRecord
from dcim.web.forms.custom_values import PREFIX, called_on_pages
from dcim.web.lists import counts
from dcim.web.lists.counts import CountColumn
from dcim.web.lists.custom_columns import CustomColumn
from dcim.web.lists.tables import FieldColumn, ObjectColumn
from dcim.web.values import formats
from dcim.web.values.rows import Seen, is_relation, names_object


@dataclass(frozen=True, slots=True)
class Offered:
    """A column that can be chosen; `make` builds it, as the one that leads on or not."""

    name: str
    label: str
    make: Callable[[bool], Any]
    field: AnyField | None = None


def offered_columns(
    resource: Resource,
    custom: Sequence[CustomField],
    seen: Seen,
    may_view: Callable[[type[Model]], bool],
) -> dict[str, Offered]:
    """All columns of the resource's list by name, but for counts of what may not be seen."""
    model = resource.model
    fields = [_of_field(one, seen) for one in resource.fields]
    amounts = [
        Offered(name, counts.label_of(model, path), _counting(model, path, seen))
        for name, path in resource.counts.items()
        if may_view(counts.target_of(model, path))
    ]
    more = [
        Offered(f"{PREFIX}{one.name}", called_on_pages(one), _showing(one, seen)) for one in custom
    ]
    return {one.name: one for one in (*fields, *amounts, *more)}


def chosen_columns(
    resource: Resource, offered: dict[str, Offered], names: Sequence[str]
) -> list[Offered]:
    """The columns called `names`; the default ones where none is known, in trees with counts."""
    known = [offered[name] for name in dict.fromkeys(names) if name in offered]
    counted = resource.counts if issubclass(resource.model, TreeRecord) else ()
    default = (*resource.columns, *counted)
    return known or [offered[name] for name in default if name in offered]


def columns_of(chosen: Sequence[Offered]) -> list[tuple[str, Any]]:
    """The table's columns; the first that is no reference leads to the row's page."""
    fields = [one for one in chosen if one.field is not None]
    leads = [one for one in fields if one.field is not None and not is_relation(one.field)]
    lead = next(iter((*leads, *fields)), None)
    return [(one.name, one.make(one is lead)) for one in chosen]


def _of_field(field: AnyField, seen: Seen) -> Offered:
    if names_object(field):
        label = str(capfirst(_("object")))
        return Offered(field.name, label, lambda _leads: ObjectColumn(seen), field)
    label = formats.label_of(field)
    return Offered(field.name, label, lambda leads: FieldColumn(field, leads_to_row=leads), field)


def _counting(model: type[Model], path: str, seen: Seen) -> Callable[[bool], Any]:
    return lambda _leads: CountColumn(model, path, seen)


def _showing(field: CustomField, seen: Seen) -> Callable[[bool], Any]:
    return lambda _leads: CustomColumn(field, seen)
