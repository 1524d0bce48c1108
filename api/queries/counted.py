"""Filters by how many objects refer to an object, of the kinds that have them in NetBox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any, Final

from django.db.models import Count, Q
from django_filters import Filter

from api.fields.counts import way_back
from api.queries.lookups import OF_ORDER, AnyOf, Empty, Rows, Values, whole_number
from dcim.actions.rights import visible
from dcim.catalog.resource import Resource

Lookups = Mapping[str, tuple[str, bool]]
FROM_TO: Final[Lookups] = {"_min": ("gte", False), "_max": ("lte", False)}
LOOKUPS_OF: Final[Mapping[str, Lookups]] = {
    **dict.fromkeys(
        (
            "dcim.device", "dcim.devicetype", "dcim.moduletype", "dcim.virtualchassis",
            "virtualization.virtualmachine",
        ),
        OF_ORDER,
    ),
    "dcim.rackreservation": FROM_TO,
}  # fmt: skip
HOLDS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "in": eq, "gt": gt, "gte": ge, "lt": lt, "lte": le,
}  # fmt: skip


class ByCount(AnyOf):
    """Objects by how many others refer to them, of those that the reader may see.

    Args:
        counted: What refers to the objects.
        back: Its path of fields that leads to them.
        options: As of `AnyOf`.

    Notes: groups by the reference once, whatever the number of objects; an object that nothing
    refers to is in no group, so where none is enough, those in other groups are left out.
    """

    def __init__(self, counted: Rows, back: str, **options: Any) -> None:
        super().__init__("", Values(whole_number()), **options)
        self.counted, self.back = counted.order_by(), back

    def seen_by(self, reader: Any) -> None:
        self.counted = visible(self.counted, reader)

    def matches(self, values: list[Any]) -> Q:
        stated = [one for one in values if one is not None]
        how = "exact" if self.lookup_expr == "in" else self.lookup_expr
        holds = Q(*(Q(**{f"number__{how}": one}) for one in stated), _connector=Q.OR)
        groups = (
            self.counted.filter(**{f"{self.back}__isnull": False})
            .values(self.back)
            .annotate(number=Count("pk"))
        )
        if any(HOLDS[self.lookup_expr](0, one) for one in stated):
            return ~Q(pk__in=groups.exclude(holds).values(self.back))
        return Q(pk__in=groups.filter(holds).values(self.back) if stated else [])


def count_filters(resource: Resource) -> dict[str, Filter]:
    """The filters by the counts of the resource's objects."""
    filters: dict[str, Filter] = {}
    lookups = LOOKUPS_OF.get(resource.kind, {})
    for name, path in resource.counts.items() if lookups else ():
        counted, back, _is_many = way_back(resource.model, path)
        rows: Rows = counted._default_manager.all()
        for ending, (lookup, exclude) in lookups.items():
            filters[f"{name}{ending}"] = ByCount(rows, back, lookup=lookup, exclude=exclude)
        if lookups is OF_ORDER:
            filters[f"{name}__empty"] = Empty("pk", blank=False)  # a number is never unset
    return filters
