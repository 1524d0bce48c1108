"""Custom fields on the wire: `custom_fields`, an object of name to value.

All fields of the object's kind are sent, unset ones as null; what is taken is merged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from django.db.models import Model
from rest_framework.exceptions import ValidationError

from api.briefs import Brief, Briefs
from api.references import find
from api.wire import Computed
from dcim.catalog import BY_KIND, kind_of
from dcim.record.custom_fields import TO_OBJECTS, CustomField, custom_fields_of

COLUMN = "custom_field_data"
Shown = Callable[[Any], Any]


class CustomFields(Computed):
    """The values of an object's custom fields."""

    default_error_messages: ClassVar = {"not_an_object": "Write an object: name to value."}

    def __init__(self, model: type[Model]) -> None:
        super().__init__(_making(model), {"type": "object", "additionalProperties": {}}, missing={})
        self.source = COLUMN
        self.read_only = False
        self.required = False
        self.model = model

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The given values, objects by their ids; the record judges them."""
        if not isinstance(data, Mapping):
            self.fail("not_an_object")
        by_attributes = {name for name, value in data.items() if _has_attributes(value)}
        return {**data, **self._found(data, by_attributes)} if by_attributes else dict(data)

    def get_attribute(self, instance: Model) -> Model:
        return instance

    def _found(self, data: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
        """The ids of objects that are given by attributes other than their ids."""
        found: dict[str, Any] = {}
        for field in custom_fields_of(kind_of(self.model)):
            if field.name in names and field.type in TO_OBJECTS:
                related, value = BY_KIND[field.related_object_type].model, data[field.name]
                try:
                    found[field.name] = (
                        [_id_of(related, one) for one in value]
                        if isinstance(value, list)
                        else _id_of(related, value)
                    )
                except ValidationError as err:
                    raise ValidationError(
                        [f"{field.name}: {reason}" for reason in _reasons(err)]
                    ) from err
        return found


def _reasons(err: ValidationError) -> list[str]:
    return [str(one) for one in err.detail]


def _has_attributes(value: Any) -> bool:
    some = value if isinstance(value, list) else [value]
    return any(isinstance(one, Mapping) for one in some)


def _id_of(model: type[Model], value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return value["id"] if "id" in value else find(model, value).pk


@cache
def _making(model: type[Model]) -> Callable[[Sequence[int], Briefs], Mapping[int, Any]]:
    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
        fields = custom_fields_of(kind_of(model))
        if not fields:
            return {}
        rows = dict(model._default_manager.filter(pk__in=keys).values_list("pk", COLUMN))
        shown = {one.name: _showing(one, rows.values(), briefs) for one in fields}
        return {
            pk: {name: show(values.get(name)) for name, show in shown.items()}
            for pk, values in rows.items()
        }

    return make


def _showing(field: CustomField, rows: Iterable[Mapping[str, Any]], briefs: Briefs) -> Shown:
    """How a stored value of `field` is sent; objects that no longer are come as null."""
    if field.type not in TO_OBJECTS:
        return _same
    keys: set[int] = set()
    for values in rows:
        keys.update(_listed(values.get(field.name)))
    known = briefs.by_id(BY_KIND[field.related_object_type].model, keys) if keys else {}

    def show(value: Any) -> Brief | list[Brief] | None:
        found = [known[pk] for pk in _listed(value) if pk in known]
        return found if isinstance(value, list) else next(iter(found), None)

    return show


def _listed(value: Any) -> list[int]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _same(value: Any) -> Any:
    return value
