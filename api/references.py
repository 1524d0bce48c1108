"""Find what a body refers to: by id, or by attributes that exactly one object has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError as Invalid
from django.db.models import ForeignKey, Model
from rest_framework.exceptions import ValidationError

from dcim.catalog import BY_MODEL

# What a brief carries beside its fields: clients send whole briefs back.
NOT_ATTRIBUTES: Final = frozenset({"url", "display", "display_url", "family"})

LONGEST_ID: Final = 40  # far more than any id; Python refuses to read thousands of digits
LONGEST_SHOWN: Final = 60


def find(model: type[Model], data: object) -> Model:
    """The object of `model` that `data` means: an id, or an object of attributes.

    Raises: ValidationError when none or several match, or `data` is neither.
    """
    if isinstance(data, Mapping):
        return _find_by_attributes(model, data)
    found = _find_by_ids(model, [data])
    return found[0]


def find_many(model: type[Model], data: Sequence[object]) -> list[Model]:
    """The objects that a list of ids or of objects of attributes means."""
    ids = [one for one in data if not isinstance(one, Mapping)]
    by_id = {obj.pk: obj for obj in _find_by_ids(model, ids)}
    return [
        _find_by_attributes(model, one) if isinstance(one, Mapping) else by_id[_id(one)]
        for one in data
    ]


def _find_by_ids(model: type[Model], data: Sequence[object]) -> list[Model]:
    ids = [_id(one) for one in data]
    found = model._default_manager.in_bulk(ids) if ids else {}
    for pk in ids:
        if pk not in found:
            raise ValidationError(f"Related object not found using the provided numeric ID: {pk}")
    return [found[pk] for pk in ids]


def _id(data: object) -> int:
    if isinstance(data, str) and len(data) <= LONGEST_ID and data.strip().isdecimal():
        data = int(data)
    if not isinstance(data, int) or isinstance(data, bool):
        raise ValidationError(
            "Related objects must be referenced by numeric ID or by an object of attributes; "
            f"“{str(data)[:LONGEST_SHOWN]}” is neither."
        )
    if not 0 < data < 2**63:
        raise ValidationError(f"Related object not found using the provided numeric ID: {data}")
    return data


def _find_by_attributes(model: type[Model], attributes: Mapping[str, object]) -> Model:
    shown = dict(attributes)
    try:
        found = list(model._default_manager.filter(**_conditions(model, attributes))[:2])
    except (TypeError, ValueError, Invalid) as err:
        raise ValidationError(f"The attributes {shown} have values of a wrong type.") from err
    if len(found) != 1:
        count = "Several objects match" if found else "Related object not found using"
        raise ValidationError(f"{count} the provided attributes: {shown}")
    return found[0]


def _conditions(model: type[Model], attributes: Mapping[str, object]) -> dict[str, Any]:
    resource = BY_MODEL[model]
    known = {resource.wire_name(one.name): one for one in resource.fields}
    conditions: dict[str, Any] = {}
    for name, value in attributes.items():
        if name in NOT_ATTRIBUTES:
            continue
        field = known.get(name)
        if name == "id":
            conditions["pk"] = _id(value)
        elif field is None or field.many_to_many:
            raise ValidationError(f"“{name}” is not an attribute to find {resource.kind} by.")
        elif isinstance(field, ForeignKey) and value is not None:
            conditions[field.name] = find(field.related_model, value)
        else:
            conditions[f"{field.name}__isnull" if value is None else field.name] = (
                True if value is None else value
            )
    if not conditions:
        raise ValidationError("Name at least one attribute, or the numeric ID.")
    return conditions
