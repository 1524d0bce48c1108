"""Trees: nothing stands under itself, and every object knows how deep it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from zlib import crc32

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dcim.record.tree import Tree, TreeRecord
from dcim.vocabulary.errors import InvalidInput

TREE_LOCKS: Final = int.from_bytes(b"tree", "big")  # the family of these locks
BIGGEST_KEY: Final = 2**31 - 1


def settle(objects: Sequence[TreeRecord]) -> None:
    """Judge where `objects` stand now, and tell each object of their tree its depth.

    Two writers could close a circle together of which each sees one half, so the trees of a kind
    have one writer at a time from here to its commit.

    Raises: InvalidInput: an object would stand under itself.
    """
    model = type(objects[0])
    _lock(model)
    rows: QuerySet[Any] = model._default_manager.all()
    if model.within:
        keys = {getattr(one, f"{model.within}_id") for one in objects}
        rows = rows.filter(**{f"{model.within}__in": keys})
    children = rows.filter(parent__in=objects)
    if all(one.parent_id is None for one in objects) and not children.exists():
        return
    depths = Tree.among(rows).depths()
    for obj in objects:
        if obj.pk not in depths:
            raise InvalidInput(
                _("%(object)s can't stand under itself.") % {"object": obj},
                field="parent",
                hint=_("Choose another parent, or none."),
            )
        obj.depth = depths[obj.pk]
    _store(rows, depths)


def _lock(model: type[TreeRecord]) -> None:
    """On SQLite a transaction has been the only writer since it began."""
    if connection.vendor == "postgresql":
        key = crc32(model._meta.db_table.encode()) & BIGGEST_KEY
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TREE_LOCKS, key])


def _store(rows: QuerySet[Any], depths: dict[int, int]) -> None:
    """Write the depths that differ from those stored, with one statement per depth."""
    stored = rows.order_by().values_list("pk", "depth")
    wrong: defaultdict[int, list[int]] = defaultdict(list)
    for pk, depth in stored:
        if depths[pk] != depth:
            wrong[depths[pk]].append(pk)
    for depth, keys in wrong.items():
        rows.filter(pk__in=keys).update(depth=depth)
