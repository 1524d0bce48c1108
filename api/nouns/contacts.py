"""Contact assignments: the object that is named by type and id, as its brief."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from api.fields.wire import Computed
from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf, Known
from api.reading.briefs import Briefs
from api.records import RecordSerializer
from dcim.catalog import BY_KIND
from dcim.record.people.contacts import Contact, ContactAssignment


def _objects(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    """The brief of each assignment's object, with one query per kind of object."""
    rows = ContactAssignment.objects.filter(pk__in=keys)
    named: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for pk, kind, object_id in rows.values_list("pk", "object_type", "object_id"):
        named[kind][pk] = object_id
    made: dict[int, Any] = {}
    for kind, ids in named.items():
        shown = briefs.by_id(BY_KIND[kind].model, set(ids.values()))
        made |= {pk: shown.get(object_id) for pk, object_id in ids.items()}
    return made


class ContactAssignmentSerializer(RecordSerializer):
    """A contact's assignment, with the object it is for."""

    object = Computed(_objects, {"type": "object", "additionalProperties": {}, "nullable": True})


class ContactsAsked(Known):
    """Contacts by their names; Ansible writes their ids under the same parameter."""

    def __init__(self) -> None:
        super().__init__(Contact, "name")

    def clean(self, value: list[str] | None) -> list[Any]:
        ids = [text for text in value or [] if text.isdecimal()]
        names = dict(self.rows.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
        return super().clean(
            [names.get(int(text), text) if text in ids else text for text in value or []]
        )


class ContactAssignmentFilterSet(RecordFilterSet):
    """Contact assignments."""

    contact = AnyOf("contact__name", ContactsAsked())
