"""Whom to call for objects: the contacts that are assigned to them, first those called first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Q

from dcim.planning.people import Person
from dcim.record.people.contacts import ContactAssignment
from dcim.vocabulary.choices_places import ContactPriority


def people_called(
    objects: Mapping[str, Collection[int] | None],
) -> dict[tuple[str, int], tuple[Person, ...]]:
    """The people of objects, by kind and key; contacts that are inactive are left out.

    Args:
        objects: The keys of the objects of each kind; None for all of the kind.

    Notes: one query.
    """
    wanted = Q(pk__in=())
    for kind, keys in objects.items():
        of_kind = Q(object_type=kind)
        wanted |= of_kind if keys is None else of_kind & Q(object_id__in=keys)
    rows = (
        ContactAssignment.objects.filter(wanted)
        .exclude(priority=ContactPriority.INACTIVE)
        .select_related("contact", "role")
    )
    found: dict[tuple[str, int], list[Person]] = defaultdict(list)
    for row in sorted(rows, key=_rank):
        role = row.role.name if row.role else ""
        contact = row.contact
        found[row.object_type, row.object_id].append(
            Person(contact.name, role, row.priority, contact.phone, contact.email)
        )
    return {key: tuple(people) for key, people in found.items()}


def _rank(row: ContactAssignment) -> tuple[int, str, int]:
    known = [one.value for one in ContactPriority]
    place = known.index(row.priority) if row.priority in known else len(known)
    return place, row.contact.name, row.pk
