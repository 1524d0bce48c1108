"""Plain JSON that a schema has proved, as the frozen dataclasses of the plan document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import cast, get_args, get_origin, get_type_hints

from dcim.planning.sentences import Sentence
from dcim.planning.strict_json import JSONValue
from dcim.vocabulary.amounts import Amounts


def structured(kind: object, value: JSONValue) -> object:
    """`value` as the annotated `kind`: dataclasses, tuples, enums, optional and plain values."""
    if kind is Amounts:
        return Amounts.from_mapping(cast("dict[str, int]", value))  # the schema proved the shape
    if kind is Sentence:
        return Sentence.of_plain(value)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind, cast("dict[str, JSONValue]", value))  # as above
    if get_origin(kind) is tuple:
        (item_kind, _) = get_args(kind)
        return tuple(
            structured(item_kind, item) for item in cast("list[JSONValue]", value)
        )  # as above
    if isinstance(kind, UnionType):
        (kind,) = (option for option in get_args(kind) if option is not NoneType)
        return None if value is None else structured(kind, value)
    return cast("Callable[[JSONValue], object]", kind)(value)  # str, int, float, bool or an enum


def _dataclass(kind: type, members: Mapping[str, JSONValue]) -> object:
    make: Callable[..., object] = kind
    kinds = hints(kind)
    return make(
        **{name: structured(kinds[name], members[name]) for name in kinds if name in members}
    )


@cache
def hints(kind: type) -> dict[str, object]:
    """The annotations of a dataclass, by the names of its fields."""
    return get_type_hints(kind)
