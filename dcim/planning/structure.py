"""Frozen dataclasses from JSON and back, strictly: the annotations say what may stand where.

Used for the snapshot, whose files people edit by hand: every complaint names the path, the reason
and the way out. What must hold between the parts of a document is left to its own module.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from math import isfinite
from operator import is_, itemgetter
from types import NoneType, UnionType
from typing import Final, get_args, get_origin, get_type_hints

from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.errors import BadDocument

# A pebibyte in MiB, an exbibyte in GiB; sums and prices of thousands of such still fit in 64 bits.
LARGEST: Final = 2**33
LARGEST_RATIO: Final = 1000

IN_THEIR_ORDER: Final = frozenset({"name_servers"})
"""Fields whose lists stay as they are recorded: the first is asked first."""


def structure(kind: object, value: object, path: str = "$") -> object:
    """`value` (as `json.loads` gives it) as the annotated `kind`.

    Args:
        kind: a frozen dataclass, `Amounts`, `tuple[X, ...]`, `X | None`, a StrEnum, or one of str,
            bool, int (never negative), float (above 0), Decimal (written as text, above 0), date.
        value: what was read.
        path: where it stands, for complaints: `vms[3].memory_mib`.

    Raises: BadDocument whose `field` is the path of the first fault.
    """
    if kind is Amounts:
        return _amounts(value, path)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind, value, path)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind)[0], value, path)
    if isinstance(kind, UnionType):
        (option,) = (one for one in get_args(kind) if one is not NoneType)
        return None if value is None else structure(option, value, path)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice(kind, value, path)
    return _PLAIN[kind](value, path)


def plain(value: object) -> object:
    """`value` as JSON knows it: objects, lists in the order of their names, text and numbers."""
    if isinstance(value, Amounts):
        return {str(name): amount for name, amount in value.as_mapping().items()}
    kind: type = type(value)
    if (names := _names(kind)) is not None:
        return {name: _plain_member(name, getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [plain(item) for item in _sorted(value)]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def in_order(value: object) -> object:
    """`value` with every list in it in the order of names, so that input order never matters.

    Notes: what is in order already is not made anew, and snapshot files are.
    """
    if isinstance(value, tuple):
        items = tuple(in_order(item) for item in _sorted(value))
        return value if all(map(is_, items, value)) else items
    kind: type = type(value)
    parts = {
        name: part
        for name in _names(kind) or ()
        if name not in IN_THEIR_ORDER and (part := in_order(old := getattr(value, name))) is not old
    }
    return replace(value, **parts) if parts else value  # type: ignore[type-var]  # has names


def _plain_member(name: str, value: object) -> object:
    return [*value] if name in IN_THEIR_ORDER and isinstance(value, tuple) else plain(value)


def _sorted(items: tuple[object, ...]) -> list[object]:
    """In the order of names; namesakes in that of all that they say."""
    named = [(_name(item), item) for item in items]
    if len({name for name, _ in named}) == len(named):
        return [item for _, item in sorted(named, key=itemgetter(0))]
    return sorted(items, key=lambda item: (_name(item), json.dumps(plain(item), sort_keys=True)))


def _name(item: object) -> str:
    if isinstance(item, str):
        return item
    names = (getattr(item, name, None) for name in ("slug", "code", "reference", "name"))
    return next((str(one) for one in names if one), "")


def _dataclass(kind: type, value: object, path: str) -> object:
    members = _object(value, path)
    make: Callable[..., object] = kind
    known = _fields(kind)
    for name in members:
        if name not in known:
            raise _fault(f"there is no field “{name}” here.", path, f"Known: {', '.join(known)}.")
    for name, field in known.items():
        if name not in members and _is_required(field):
            raise _fault(f"the field “{name}” is missing.", path, "Add it.")
    hints = _hints(kind)
    return make(
        **{name: structure(hints[name], part, _join(path, name)) for name, part in members.items()}
    )


def _amounts(value: object, path: str) -> Amounts:
    members = _object(value, path)
    expected = [str(resource_class) for resource_class in ResourceClass]
    if sorted(members) != sorted(expected):
        raise _fault("does not name each resource class once.", path, f"Write {expected}.")
    return Amounts.from_mapping(
        {name: _count(amount, _join(path, name)) for name, amount in members.items()}
    )


def _tuple(kind: object, value: object, path: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise _fault("is not a list.", path, "Write it in square brackets.")
    return tuple(structure(kind, item, f"{path}[{i}]") for i, item in enumerate(value))


def _choice(kind: type[StrEnum], value: object, path: str) -> StrEnum:
    values = [member.value for member in kind]
    if value not in values:
        raise _fault(f"{_shown(value)} is not known here.", path, f"Known: {', '.join(values)}.")
    return kind(value)


def _object(value: object, path: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _fault("is not an object.", path, "Write its fields in curly brackets.")
    return value


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _fault(f"{_shown(value)} is not text.", path, "Write it in quotation marks.")
    return value


def _truth(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise _fault(f"{_shown(value)} is neither true nor false.", path, "Write true or false.")
    return value


def _count(value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _fault(f"{_shown(value)} is not a whole number.", path, "Write a whole number.")
    if not 0 <= value <= LARGEST:
        raise _fault(f"{_shown(value)} is out of range.", path, f"Write 0 to {LARGEST}.")
    return value


def _ratio(value: object, path: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _fault(f"{_shown(value)} is not a number.", path, "Write a number, like 4.0.")
    if not (isfinite(value) and 0 < value <= LARGEST_RATIO):
        raise _fault(f"{_shown(value)} is out of range.", path, f"Above 0, up to {LARGEST_RATIO}.")
    return float(value)


def _decimal(value: object, path: str) -> Decimal:
    hint = "Write a positive number as text, like “0.5”."
    try:
        number = Decimal(_text(value, path))
    except InvalidOperation as err:
        raise _fault(f"{_shown(value)} is not a number.", path, hint) from err
    if not (number.is_finite() and 0 < number <= LARGEST):
        raise _fault(f"{_shown(value)} is out of range.", path, hint)
    return number


def _date(value: object, path: str) -> date:
    try:
        return date.fromisoformat(_text(value, path))
    except ValueError as err:
        hint = "Write year, month and day, like 2026-12-31."
        raise _fault(f"{_shown(value)} is not a date.", path, hint) from err


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def _join(path: str, name: str) -> str:
    return name if path == "$" else f"{path}.{name}"


def _fault(reason: str, path: str, hint: str) -> BadDocument:
    return BadDocument(reason, field=path, hint=hint)


def _is_required(field: Field[object]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


@cache
def _fields(kind: type) -> dict[str, Field[object]]:
    return {field.name: field for field in fields(kind)}


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """What the parts of a dataclass are called; amounts are one thing."""
    is_whole = kind is Amounts or not is_dataclass(kind)
    return None if is_whole else tuple(_fields(kind))


@cache
def _hints(kind: type) -> dict[str, object]:
    return get_type_hints(kind)


_PLAIN: Final[dict[object, Callable[[object, str], object]]] = {
    str: _text,
    bool: _truth,
    int: _count,
    float: _ratio,
    Decimal: _decimal,
    date: _date,
}
