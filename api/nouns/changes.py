"""Entries of the change log on the wire: the object that changed, and by what they are found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q

from api.fields.wire import Computed
from api.nouns.object_types import id_of
from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf, Moment, Values, whole_number
from api.reading.briefs import Brief, Briefs
from api.records import RecordSerializer
from dcim.catalog import BY_KIND
from dcim.record.log.changes import ObjectChange

KIND_OF_ID: Final[Mapping[int, str]] = {id_of(kind): kind for kind in BY_KIND}


def _changed_objects(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Brief]:
    """The changed objects that are still there, with one query per kind.

    Notes: readers are given entries about objects that they may see only.
    """
    entries = ObjectChange.objects.order_by().filter(pk__in=keys)
    places = list(entries.values_list("pk", "changed_object_type", "changed_object_id"))
    wanted: dict[str, set[int]] = defaultdict(set)
    for _entry, kind, pk in places:
        if kind in BY_KIND:
            wanted[kind].add(pk)
    found = {kind: briefs.by_id(BY_KIND[kind].model, ids) for kind, ids in wanted.items()}
    return {entry: found[kind][pk] for entry, kind, pk in places if pk in found.get(kind, {})}


class KindsById(AnyOf):
    """Entries about objects of kinds that are named by the ids of `core/object-types`."""

    def __init__(self, *, exclude: bool = False) -> None:
        super().__init__("changed_object_type", Values(whole_number()), exclude=exclude)

    def matches(self, values: list[Any]) -> Q:
        return Q(changed_object_type__in=[KIND_OF_ID[one] for one in values if one in KIND_OF_ID])


class ChangeSerializer(RecordSerializer):
    """An entry of the change log."""

    changed_object = Computed(_changed_objects, {"type": "object", "nullable": True})


class ChangeFilterSet(RecordFilterSet):
    """An entry's filters, and by a span of time and the ids of kinds."""

    time_after = AnyOf("time", Values(Moment()), lookup="gte")
    time_before = AnyOf("time", Values(Moment()), lookup="lte")
    changed_object_type_id = KindsById()
    changed_object_type_id__n = KindsById(exclude=True)
