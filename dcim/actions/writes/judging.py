"""What objects must meet before they are written: their fields, their rules, what they claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, prefetch_related_objects
from django.utils.translation import gettext as _

from dcim.actions.refusals import ALL_FIELDS, errors_of
from dcim.actions.writes.claims import Errors, broken_claims, broken_rules, merged
from dcim.actions.writes.values import differing
from dcim.record.base import Dated
from dcim.record.networks.ipam import Claiming
from dcim.vocabulary.errors import BadRows, InvalidInput, RowErrors


def check_one(obj: Model, before: Mapping[str, Any] | None = None) -> None:
    """Judge an object; what its rules look at is asked for only where they do look.

    Args:
        obj: As it is to be.
        before: Its columns as they are stored; None: it is new.

    Raises: InvalidInput.
    """
    errors = _errors_of(obj, set() if before is None else _names(obj) - differing(obj, before))
    errors = errors or _taken_away(obj, before) or broken_rules(obj)
    # What rules derive may be claimed too.
    changed = None if before is None else {0: differing(obj, before)}
    claims = broken_claims(type(obj), {0: obj}, changed, blamed=errors)
    if found := merged(errors, claims.get(0, {})):
        field, reasons = next(iter(found.items()))
        raise InvalidInput(reasons[0], field="" if field == ALL_FIELDS else field, errors=found)


def check_rows(
    model: type[Model],
    objects: Sequence[Model],
    written: Sequence[set[str]] | None = None,
    before: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Judge all rows of a set.

    Args:
        model: What the rows are.
        objects: As they are to be.
        written: The fields that are written of each; None: all, the objects are new.
        before: The columns of each as they are stored; None: the objects are new.

    Raises: BadRows.
    """
    prefetch_related_objects(objects, *_references(model))
    errors: dict[int, Errors] = {}
    for position, obj in enumerate(objects):
        left_out = set() if written is None else _names(obj) - written[position]
        was = None if before is None else before[position]
        if found := _errors_of(obj, left_out) or _taken_away(obj, was) or broken_rules(obj):
            errors[position] = found
    sound = {at: obj for at, obj in enumerate(objects) if at not in errors}
    derived = {"claim"} if issubclass(model, Claiming) else set[str]()
    names = None if written is None else {at: one | derived for at, one in enumerate(written)}
    errors |= broken_claims(model, sound, names)
    if errors:
        raise BadRows(
            [
                RowErrors(at, errors[at], None if written is None else objects[at].pk)
                for at in sorted(errors)
            ]
        )


def _references(model: type[Model]) -> list[str]:
    """What an object points at, and what a host's capacity follows from: rules look at it."""
    names = [one.name for one in model._meta.concrete_fields if isinstance(one, ForeignKey)]
    further = [f"{name}__device_type" for name in names if name == "device"]
    return [*names, *further]


def _names(obj: Model) -> set[str]:
    return {one.name for one in obj._meta.concrete_fields}


def _taken_away(obj: Model, before: Mapping[str, Any] | None) -> Errors:
    """What is wrong with an object that is to be part of something else than it was."""
    if before is None or not isinstance(obj, Dated):
        return {}
    moved = differing(obj, before).intersection(obj.part_of)
    return {name: [_("It can't be moved. Make another one there instead.")] for name in moved}


def _errors_of(obj: Model, left_out: set[str]) -> Errors:
    """What is wrong with one row; references at hand are left to the database's own keys."""
    at_hand = {
        one.name
        for one in obj._meta.concrete_fields
        if isinstance(one, ForeignKey) and one.is_cached(obj) and one.value_from_object(obj)
    }
    found: list[Errors] = []
    try:
        obj.clean_fields(exclude=at_hand | left_out)
    except ValidationError as err:
        found.append(errors_of(err))
    try:
        obj.clean()
    except ValidationError as err:
        found.append(errors_of(err))
    return merged(*found)
