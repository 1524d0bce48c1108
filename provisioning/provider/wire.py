"""Pulumi's property values to plain ones and back, and its names.

The engine counts in floats, so whole numbers become integers here; what a preview can't know
becomes the word that the wire has for it, because the SDK can't send its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime.rpc import UNKNOWN

from provisioning.provider.specs import Plain, Properties


def plain(values: Mapping[str, PropertyValue]) -> dict[str, Plain]:
    """`values` without Pulumi's wrapping."""
    return {name: _plain(value) for name, value in values.items()}


def wrapped(properties: Properties) -> dict[str, PropertyValue]:
    """`properties` as Pulumi wants them."""
    return {name: _wrapped(value) for name, value in properties.items()}


def name_of(urn: str) -> str:
    """The name at the end of a URN, which for a disk is its machine's."""
    return urn.rpartition("::")[2]


def _plain(value: PropertyValue) -> Plain:
    match value.value:
        case Computed():
            return UNKNOWN
        case bool() | str() | None as same:
            return same
        case float() as number:
            return int(number) if number.is_integer() else number
        case Mapping() as members:
            return plain(members)
        case Sequence() as items:
            return [_plain(item) for item in items]
        case other:
            return str(other)  # assets and references: nothing of ours takes them


def _wrapped(value: Plain) -> PropertyValue:
    if isinstance(value, list):
        return PropertyValue([_wrapped(item) for item in value])
    if isinstance(value, dict):
        return PropertyValue(wrapped(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(value)
