"""What names its object by type and id: contact assignments and journal entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Model

from api.fields.wire import Computed, Kind, Schema, column_of
from api.reading.briefs import Briefs
from api.reading.page import Reader
from api.reading.readers import Values
from api.records import RecordSerializer
from dcim.catalog import BY_KIND
from dcim.record.extras.journal import JournalEntry
from dcim.record.people.contacts import ContactAssignment

BRIEF: Final = {"type": "object", "additionalProperties": {}, "nullable": True}


def named_by(model: type[Model]) -> Callable[[Sequence[int], Briefs], Mapping[int, Any]]:
    """The brief of each object that rows of `model` name, with one query per kind of object."""

    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
        rows = model._default_manager.filter(pk__in=keys)
        named: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for pk, kind, object_id in rows.values_list("pk", "object_type", "object_id"):
            named[kind][pk] = object_id
        made: dict[int, Any] = {}
        for kind, ids in named.items():
            shown = briefs.by_id(BY_KIND[kind].model, set(ids.values()))
            made |= {pk: shown.get(object_id) for pk, object_id in ids.items()}
        return made

    return make


class ContactAssignmentSerializer(RecordSerializer):
    """A contact's assignment, with the object it is for."""

    object = Computed(named_by(ContactAssignment), BRIEF)


class Key(Kind):
    """Another object by its id alone; only read."""

    def __init__(self) -> None:
        super().__init__(read_only=True)

    def to_representation(self, value: Model) -> int:
        return int(value.pk)

    def reader(self, model: type[Model]) -> Reader:
        return Values(column_of(model, self))

    def schema(self, direction: str) -> Schema:
        return {"type": "integer", "nullable": True}


class JournalEntrySerializer(RecordSerializer):
    """A journal entry, with the object it is about; its author is whoever wrote it."""

    created_by = Key()
    assigned_object = Computed(named_by(JournalEntry), BRIEF)
