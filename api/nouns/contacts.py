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


class ContactAssignmentFilterSet(RecordFilterSet):
    """Contact assignments; Ansible asks for the contact by its id under the field's own name."""

    contact = AnyOf("contact", Known(Contact, "pk"))
