"""What an object was at a time, read from the change log; objects that are gone have been, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dcim.actions.changes import State
from dcim.actions.rights import visible
from dcim.catalog import BY_KIND
from dcim.record.log.changes import ChangeLink, ObjectChange
from dcim.record.people.account import User
from dcim.vocabulary.errors import InvalidInput, UnknownThing


@dataclass(frozen=True, slots=True)
class PastState:
    """An object at a time.

    Attributes:
        state: Its stored values as the log holds them, by field; None where it did not exist.
        entry: The change that made it so; None before the first one.
        serial: The record's serial at that time.
    """

    state: State | None
    entry: ObjectChange | None
    serial: int


def state_at(
    kind: str, pk: int, at: datetime, entries: QuerySet[ObjectChange] | None = None
) -> PastState:
    """The object `pk` of `kind` as it was at the time `at`, with two queries.

    Args:
        kind: The type of the object, as in dcim.device.
        pk: Its id.
        at: The moment; what was written at it counts.
        entries: What of the log may be read; all of it when left out.

    Raises: InvalidInput for a kind that there is not.
    """
    rows = _of_object(ObjectChange.objects.all() if entries is None else entries, kind, pk)
    entry = rows.filter(time__lte=at).select_related("link").order_by("-id").first()
    links = ChangeLink.objects.filter(time__lte=at).order_by("-number")
    serial = links.values_list("number", flat=True).first() or 0
    if entry is None:
        return PastState(None, None, serial)
    # An entry is older than its link by what its writer waited for the head.
    return PastState(entry.postchange_data, entry, max(serial, entry.link.number))


def seen_state_at(kind: str, pk: int, at: datetime, reader: User) -> PastState:
    """`state_at` for a reader, who is told what the log tells him.

    Raises:
        InvalidInput: there is no such kind.
        UnknownThing: of this object the log tells the reader nothing.
    """
    entries = visible(ObjectChange.objects.all(), reader)
    found = state_at(kind, pk, at, entries)
    if found.entry is None and not _of_object(entries, kind, pk).exists():
        raise UnknownThing(
            _("The change log tells you of no %(kind)s %(id)s.") % {"kind": kind, "id": pk},
            field="object_id",
            hint=_("Look for the object in the change log."),
        )
    return found


def public_state(kind: str, state: State) -> State:
    """A state by the names that programs know, without what never leaves the record."""
    resource = BY_KIND[kind]
    return {
        resource.wire_name(name): value
        for name, value in state.items()
        if name not in resource.hidden
    }


def _of_object(entries: QuerySet[ObjectChange], kind: str, pk: int) -> QuerySet[ObjectChange]:
    if kind not in BY_KIND:
        raise InvalidInput(
            _("“%(kind)s” is no type of object.") % {"kind": kind},
            field="object_type",
            hint=_("Write it as in dcim.device."),
        )
    return entries.filter(changed_object_type=kind, changed_object_id=pk)
