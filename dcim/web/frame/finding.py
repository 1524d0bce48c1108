"""What contains a text, over all kinds of objects: one statement, however many kinds there are.

Of each kind the first rows that are met are asked for, in no order, since looking at all rows for
the sake of an order is what takes time. A second statement looks, among kinds of which there are
more, for what bears the text as a whole. For readers without limits statements are written once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any, Final

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Collate, Concat, Upper

from dcim.actions.rights import EVERY_OBJECT, reach, visible
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import Resource
from dcim.record.people.account import User
from dcim.web.values.rows import matching

MARK: Final = "TEXTSOUGHT"  # stands for the text in the statements that are kept
PROSE: Final = frozenset({"description", "comments"})
Rows = QuerySet[Any]
Narrow = Callable[[Resource, Rows, str], Rows]
Term = tuple[str, Sequence[Any]]


def found_by(
    text: str, resources: Sequence[Resource], user: User, most: int
) -> dict[Resource, set[int]]:
    """The keys of what contains `text` and may be seen: `most` of a kind, and what bears it."""
    if _is_plain(text):
        found = _keys(text.upper(), resources, user, _containing_plain, most)
    else:
        found = _keys(text, resources, user, _containing, most)
    full = [one for one, keys in found.items() if len(keys) >= most and names_in(one)]
    for one, keys in _keys(text, full, user, _bearing, most).items():
        found[one] |= keys
    return found


def names_in(resource: Resource) -> list[str]:
    """The searched fields that name an object, where others tell about it."""
    return [one for one in resource.search if one not in PROSE]


def _keys(
    text: str, resources: Collection[Resource], user: User, narrow: Narrow, most: int
) -> dict[Resource, set[int]]:
    found: dict[Resource, set[int]] = {}
    ordered = list(resources)
    terms = [(place, _term(one, user, narrow, text)) for place, one in enumerate(ordered)]
    asked = [(place, term) for place, term in terms if term is not None]
    if not asked:
        return found
    each = (
        f"SELECT {place}, t.pk FROM ({sql} LIMIT {most}) t"  # noqa: S608  # Django's own text
        for place, (sql, _params) in asked
    )
    with connection.cursor() as cursor:
        values = [value for _place, (_sql, params) in asked for value in params]
        cursor.execute(" UNION ALL ".join(each), values)
        for place, key in cursor.fetchall():
            found.setdefault(ordered[place], set()).add(key)
    return found


def _is_plain(text: str) -> bool:
    """Whether the text is compared byte by byte, at half the cost; SQLite does so of itself."""
    return connection.vendor == "postgresql" and text.isascii()


def _containing(resource: Resource, rows: Rows, text: str) -> Rows:
    return rows.filter(matching(resource, text))


def _containing_plain(resource: Resource, rows: Rows, text: str) -> Rows:
    """The rows that contain a text in capitals."""
    texts: list[Any] = [Cast(one, TextField()) for one in resource.search]
    lines = [part for one in texts for part in (one, Value("\n"))]
    together = Concat(*lines, output_field=TextField())
    folded: Rows = rows.alias(sought=Upper(Collate(together, "C")))
    return folded.filter(sought__contains=text)


def _bearing(resource: Resource, rows: Rows, text: str) -> Rows:
    names = [(f"{one}__in", [text, text.lower()]) for one in names_in(resource)]
    return rows.filter(Q(*names, _connector=Q.OR))


def _term(resource: Resource, user: User, narrow: Narrow, text: str) -> Term | None:
    model = resource.model
    if reach(user, "view", model) == EVERY_OBJECT and (kept := _kept(model, narrow)) is not None:
        values = _values(text)
        return kept[0], [values.get(one, one) for one in kept[1]]
    return _written(narrow(resource, visible(model._default_manager.all(), user), text))


@cache
def _kept(model: type[Model], narrow: Narrow) -> Term | None:
    """The statement on all rows of the model, where the text stands in it as it is."""
    term = _written(narrow(BY_MODEL[model], model._default_manager.all(), MARK))
    return term if term and set(_values(MARK)) & set(term[1]) else None


def _values(text: str) -> dict[Any, str]:
    """What stands in a statement for each form of the mark."""
    part = connection.ops.prep_for_like_query(text)
    return {f"%{MARK}%": f"%{part}%", MARK: text, MARK.lower(): text.lower()}


def _written(rows: Rows) -> Term | None:
    try:
        query: Any = rows.order_by().values_list("pk").query
        sql, params = query.sql_with_params()
    except (EmptyResultSet, ValidationError, ValueError):  # the column takes no such text
        return None
    return sql, params
