"""Whether an object meets a constraint's condition, judged without a query per object."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q

COMPARISONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, among: value in among,
    "startswith": lambda value, start: str(value).startswith(start),
}


class NotJudgedHere(Exception):
    """The condition says what only the database can judge."""


def meets(obj: Model, condition: Q) -> bool | None:
    """Whether `obj` meets `condition`; None where SQL would say NULL.

    Raises: NotJudgedHere.
    """
    verdicts = [
        meets(obj, one) if isinstance(one, Q) else _compare(obj, *_pair(one))
        for one in condition.children
    ]
    verdict = _joined(condition.connector, verdicts)
    return (None if verdict is None else not verdict) if condition.negated else verdict


def _pair(child: object) -> tuple[str, Any]:
    if not isinstance(child, tuple):
        raise NotJudgedHere
    name, value = child
    return str(name), value


def _joined(connector: str, verdicts: Iterable[bool | None]) -> bool | None:
    """Three-valued logic, as in SQL."""
    found = list(verdicts)
    if connector == Q.AND:
        return False if False in found else (None if None in found else True)
    if connector == Q.OR:
        return True if True in found else (None if None in found else False)
    return None if None in found else reduce(operator.xor, map(bool, found))


def _compare(obj: Model, path: str, value: Any) -> bool | None:
    name, _, lookup = path.partition("__")
    mine = _value(obj, name)
    if lookup == "isnull":
        return (mine is None) is bool(value)
    compare = COMPARISONS.get(lookup or "exact")
    if compare is None:
        raise NotJudgedHere
    if isinstance(value, F):
        value = _value(obj, getattr(value, "name"))  # noqa: B009  its type's stubs leave it out
    elif isinstance(value, Model):
        value = value.pk
    elif hasattr(value, "resolve_expression"):
        raise NotJudgedHere
    return None if mine is None or value is None else bool(compare(mine, value))


def _value(obj: Model, name: str) -> Any:
    try:
        return getattr(obj, obj._meta.get_field(name).attname)  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError) as err:
        raise NotJudgedHere from err
