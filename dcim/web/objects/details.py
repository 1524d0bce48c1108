"""The page of one object: its fields, what refers to it, and what was changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dcim.catalog import BY_MODEL
from dcim.catalog.resource import Resource
from dcim.record.extras.journal import JournalEntry
from dcim.record.log.changes import ObjectChange
from dcim.record.people.contacts import ContactAssignment
from dcim.web.forms.custom_values import shown_values
from dcim.web.frame.access import ResourcePage, may
from dcim.web.objects.config_contexts import context_of
from dcim.web.objects.contacts import contacts_of
from dcim.web.objects.journal import journal_of
from dcim.web.values import formats
from dcim.web.values.addresses import deed_page_of, list_of
from dcim.web.values.differences import ShownChange, shown_changes
from dcim.web.values.formats import Shown, shown
from dcim.web.values.rows import Seen, named, names_object, objects_called, rows_of

MOST_RELATED: Final = 12
MOST_CHANGES: Final = 10


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of the object: its label and values."""

    name: str
    label: str
    values: list[Shown]
    is_long: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """Objects of one kind that refer to this one: the first, how many, where all of them are."""

    label: str
    first: list[Shown]
    count: int
    url: str


class DetailPage(ResourcePage):
    """One object; pages with more to show derive from this one."""

    template_name = "objects/detail.html"
    told_elsewhere: ClassVar[frozenset[type[Model]]] = frozenset()
    facts_elsewhere: ClassVar[frozenset[str]] = frozenset()

    def object(self) -> Model:
        """The object of the address, with what its fields name."""
        rows = self.seen(rows_of(self.resource, self.resource.fields))
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": self.singular})
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Fields, relations and changes of the object."""
        obj = self.object()
        facts = facts_of(self.resource, obj, self.seen)
        return super().get_context_data(
            object=obj,
            title=formats.full_name(obj),
            facts=[one for one in facts if one.name not in self.facts_elsewhere],
            unset=[one.label for one in facts if not one.values],
            custom_fields=shown_values(obj, self.seen),
            config_context=context_of(obj, self.seen),
            contacts=contacts_of(obj, self.seen, *self._may(ContactAssignment, "add", "delete")),
            journal=journal_of(obj, self.seen, *self._may(JournalEntry, "view", "add")),
            relations=relations_of(obj, self.told_elsewhere, self.seen),
            changes=(changes := self.changes(obj)),
            history_url=deed_page_of(obj, "history") if changes else "",
            **self.deeds(obj),
            **self.more(obj),
            **kwargs,
        )

    def _may(self, model: type[Model], *deeds: str) -> list[bool]:
        return [may(self.user, one, model) for one in deeds]

    def changes(self, obj: Model) -> list[ShownChange] | None:
        """The newest changes; None for who may not see the log."""
        if not self.may_view(ObjectChange):
            return None
        return changes_of(self.resource, obj, self.seen(ObjectChange.objects.all()))

    def deeds(self, obj: Model) -> dict[str, str]:
        """Where the object is edited and deleted."""
        if not self.resource.writable:
            return {}
        return {f"{deed}_url": deed_page_of(obj, deed) for deed in ("edit", "delete")}

    def more(self, obj: Any) -> dict[str, Any]:
        """What a page of its own adds."""
        return {}


def facts_of(resource: Resource, obj: Model, seen: Seen) -> list[Fact]:
    """The object's public fields, all of them, in the resource's order."""
    return [
        Fact(field.name, formats.label_of(field), shown(obj, field), _is_long(field))
        if not names_object(field)
        else Fact(field.name, capfirst(_("object")), _attached_to(obj, seen), is_long=False)
        for field in resource.fields
    ]


def _attached_to(obj: Any, seen: Seen) -> list[Shown]:
    key = obj.object_type, obj.object_id
    return [objects_called([key], seen).get(key, Shown(f"#{obj.object_id}"))]


def _is_long(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, (models.TextField, models.JSONField))


def relations_of(obj: Model, told: Collection[type[Model]], seen: Seen) -> list[Relation]:
    """What refers to `obj` and may be seen, but for models `told` of elsewhere on the page."""
    found = (
        _relation(obj, one, seen)
        for one in obj._meta.related_objects
        if one.related_model in BY_MODEL and one.related_model not in told
    )
    return [one for one in found if one is not None]


def _relation(obj: Model, relation: Any, seen: Seen) -> Relation | None:
    resource = BY_MODEL[relation.related_model]
    rows = seen(named(relation.related_model)).filter(**{relation.field.name: obj})
    first = list(islice(rows[: MOST_RELATED + 1], MOST_RELATED + 1))
    if not first:
        return None
    count = len(first) if len(first) <= MOST_RELATED else rows.count()
    label = str(capfirst(resource.model._meta.verbose_name_plural))
    if _refers_twice(obj, relation):
        label = f"{label} ({relation.field.verbose_name})"
    url = f"{list_of(resource)}?{relation.field.name}_id={obj.pk}"
    return Relation(label, [_shown_part(one, relation) for one in first[:MOST_RELATED]], count, url)


def _shown_part(one: Model, relation: Any) -> Shown:
    """A part is named alone on the page of its whole."""
    known = formats.shown_object(one)
    is_part = formats.WHOLE_OF_PART.get(type(one)) == relation.field.name
    return replace(known, text=str(one)) if is_part else known


def _refers_twice(obj: Model, relation: Any) -> bool:
    same = [one for one in obj._meta.related_objects if one.related_model is relation.related_model]
    return len(same) > 1


def changes_of(
    resource: Resource, obj: Model, entries: QuerySet[ObjectChange]
) -> list[ShownChange]:
    """The newest changes of `obj`, each with what was before and after."""
    of_object = entries.filter(changed_object_type=resource.kind, changed_object_id=obj.pk)
    return shown_changes(of_object[:MOST_CHANGES])
