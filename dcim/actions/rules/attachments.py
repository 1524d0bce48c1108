"""What names its object by type and id: the object is there, and takes it along when it goes.

A key of the database can't see to it, so a writer locks the named row until its commit, as whoever
deletes an object locks it first: of the two, the later one sees what the earlier one did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from dcim.catalog import BY_KIND, BY_MODEL
from dcim.record.base import Record
from dcim.record.extras.journal import JournalEntry
from dcim.record.people.account import User
from dcim.record.people.contacts import ContactAssignment
from dcim.record.planner.drift import DriftRule
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.errors import InvalidInput

# Models with `object_type` and `object_id`.
ATTACHED: Final[tuple[type[Model], ...]] = (ContactAssignment, JournalEntry)


def sign(objects: Iterable[Model], author: User | None) -> None:
    """Let new journal entries, requests and rules of drift be by who writes them."""
    for one in objects:
        if isinstance(one, JournalEntry | AllocationRequest | DriftRule):
            one.created_by = author


def check_objects(attached: Sequence[Any]) -> None:
    """See that the objects that `attached` name are there, and keep them until the commit.

    Raises: InvalidInput: a kind can't have such a thing, or there is no such object.
    """
    keys: defaultdict[str, set[int]] = defaultdict(set)
    for one in attached:
        keys[one.object_type].add(one.object_id)
    for kind in sorted(keys):
        rows = _model_of(kind)._default_manager.select_for_update(of=("self",), no_key=True)
        wanted = rows.filter(pk__in=keys[kind]).order_by("pk")
        missing = keys[kind] - set(wanted.values_list("pk", flat=True))
        if missing:
            raise InvalidInput(
                _("There is no %(kind)s with the id %(id)s.") % {"kind": kind, "id": min(missing)},
                field="object_id",
                hint=_("Look it up in the list."),
            )


def attached_to(objects: Iterable[Model]) -> Iterator[QuerySet[Model]]:
    """What names any of `objects`, of each model that can."""
    keys: defaultdict[str, list[int]] = defaultdict(list)
    for one in objects:
        if isinstance(one, Record) and type(one) in BY_MODEL:
            keys[BY_MODEL[type(one)].kind].append(one.pk)
    named = [Q(object_type=kind, object_id__in=some) for kind, some in keys.items()]
    if named:
        for model in ATTACHED:
            yield model._default_manager.filter(Q(*named, _connector=Q.OR))


def _model_of(kind: str) -> type[Record]:
    resource = BY_KIND.get(kind)
    if resource is None or not issubclass(resource.model, Record) or resource.model in ATTACHED:
        raise InvalidInput(
            _("“%(kind)s” is no type of object that this can be assigned to.") % {"kind": kind},
            field="object_type",
            hint=_("Write a type such as dcim.site."),
        )
    return resource.model
