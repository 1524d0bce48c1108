"""Objects that stand under one another: regions, groups, locations, roles, platforms.

How deep an object stands is stored beside it, so that it can be shown of any object at no cost;
`dcim.actions.rules.trees` keeps it true and keeps circles out. Questions about a whole tree load
who stands under whom, with one query however deep the tree is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record


def once_per_parent(name: str) -> tuple[models.UniqueConstraint, ...]:
    """Constraints for a tree in which the children of one parent differ in name and in slug.

    Args:
        name: What the constraints' names begin with.
    """
    at_the_top = models.Q(parent__isnull=True)
    taken = _("Another one beside it has this name or slug.")
    return tuple(
        constraint
        for field in ("name", "slug")
        for constraint in (
            models.UniqueConstraint(fields=("parent", field), name=f"{name}_{field}"),
            models.UniqueConstraint(
                fields=(field,),
                condition=at_the_top,
                name=f"{name}_top_{field}",
                violation_error_message=taken,
            ),
        )
    )


class TreeRecord(Record):
    """An object that may stand under another one of its kind, and never under itself."""

    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    parent_id: int | None
    # The field that all objects of one tree share, where there are many small trees.
    within: ClassVar[str] = ""
    depth = models.PositiveSmallIntegerField(_("depth"), default=0, editable=False)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """The depth follows from the parent's; circles are found once the object is saved."""
        self.depth = 0 if self.parent is None else self.parent.depth + 1


@dataclass(frozen=True, slots=True)
class Tree:
    """Who stands under whom: the parent's key, or None, by each object's key."""

    parents: Mapping[int, int | None]

    @classmethod
    def of(cls, model: type[TreeRecord]) -> Self:
        """The tree of all objects of `model`, with one query."""
        return cls.among(model._default_manager.all())

    @classmethod
    def among(cls, rows: models.QuerySet[Any]) -> Self:
        """The tree of `rows`, which are whole trees, with one query."""
        return cls(dict(rows.order_by().values_list("pk", "parent_id")))

    def under(self, keys: Iterable[int]) -> set[int]:
        """The objects `keys` and all that stands under them.

        >>> sorted(Tree({1: None, 2: 1, 3: 2, 4: None}).under([2, 4]))
        [2, 3, 4]
        """
        return {key for level in self._levels(keys) for key in level}

    def depths(self) -> dict[int, int]:
        """How many objects stand above each one; what stands in a circle has no depth.

        >>> Tree({1: None, 2: 1, 3: 4, 4: 3}).depths()
        {1: 0, 2: 1}
        """
        roots = [key for key, parent in self.parents.items() if parent is None]
        return {key: depth for depth, level in enumerate(self._levels(roots)) for key in level}

    def totals(self, amounts: Mapping[int, int]) -> dict[int, int]:
        """The sum of each object's own amount and the amounts of all that stands under it.

        >>> Tree({1: None, 2: 1, 3: 2}).totals({1: 1, 3: 5})
        {1: 6, 2: 5, 3: 5}
        """
        totals = {key: amounts.get(key, 0) for key in self.parents}
        for key in reversed(self.depths()):
            parent = self.parents[key]
            if parent is not None:
                totals[parent] += totals[key]
        return totals

    def _levels(self, keys: Iterable[int]) -> Iterator[list[int]]:
        children = defaultdict(list)
        for key, parent in self.parents.items():
            children[parent].append(key)
        level, seen = list(dict.fromkeys(keys)), set[int]()
        while level:
            yield level
            seen.update(level)
            below = (child for key in level for child in children[key])
            level = [child for child in dict.fromkeys(below) if child not in seen]
