"""Custom fields on the wire: `custom_fields`, an object of name to value.

All fields of the object's kind are sent, unset ones as null; what is taken is merged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar

from django.db.models import Model
from rest_framework.exceptions import ValidationError

from api.fields.wire import Computed
from api.reading.briefs import Brief, Briefs
from api.reading.page import Finish, Page, Reader
from api.reading.texts import JSONText
from dcim.catalog import BY_KIND, kind_of
from dcim.record.extras.custom_fields import TO_OBJECTS, CustomField, custom_fields_of

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

    @cached_property
    def _to_objects(self) -> Mapping[str, type[Model]]:
        """The models of the fields that name objects; asked for once per request."""
        fields = custom_fields_of(kind_of(self.model))
        return {
            one.name: BY_KIND[one.related_object_type].model
            for one in fields
            if one.type in TO_OBJECTS
        }

    def referred(self, data: Any) -> Iterator[tuple[type[Model], Any]]:
        for name, value in data.items() if isinstance(data, Mapping) else ():
            if (model := self._to_objects.get(name)) is not None:
                yield from ((model, one) for one in _listed(value))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The given values, objects by the ids of those that the writer may see."""
        if not isinstance(data, Mapping):
            self.fail("not_an_object")
        return {name: self._value(name, value) for name, value in data.items()}

    def _value(self, name: str, value: Any) -> Any:
        if not _may_name(value) or (model := self._to_objects.get(name)) is None:
            return value
        try:
            if isinstance(value, list):
                return [self._id_of(model, one) for one in value]
            return self._id_of(model, value)
        except ValidationError as err:
            raise ValidationError([f"{name}: {reason}" for reason in _reasons(err)]) from err

    def _id_of(self, model: type[Model], value: Any) -> Any:
        """The id of what is meant; what can mean nothing is left for the record to judge."""
        return self.found.one(model, value).pk if _may_name(value) else value

    def get_attribute(self, instance: Model) -> Model:
        return instance

    def reader(self, model: type[Model]) -> Reader:
        return CustomValues(kind_of(model))


def _reasons(err: ValidationError) -> list[str]:
    return [str(one) for one in err.detail]


def _may_name(value: Any) -> bool:
    """Whether a value can be of a field that names objects: an id, attributes, or some of them."""
    some = value if isinstance(value, list) else [value]
    return any(isinstance(one, int | Mapping) and not isinstance(one, bool) for one in some)


@cache
def _making(model: type[Model]) -> Callable[[Sequence[int], Briefs], Mapping[int, Any]]:
    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
        fields = custom_fields_of(kind_of(model))
        rows = dict(model._default_manager.filter(pk__in=keys).values_list("pk", COLUMN))
        return dict(zip(rows, _shown(fields, list(rows.values()), briefs), strict=True))

    return make


class CustomValues:
    """The values of a page's rows; what many rows hold alike is made once."""

    shows: Sequence[type[Model]] = ()

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.columns = (JSONText(COLUMN),)

    def read(self, page: Page) -> Finish:
        fields = custom_fields_of(self.kind)
        if not fields:
            return lambda: [{}] * len(page.keys)
        stored = page.column(self.columns[0])
        rows = {text: json.loads(text) for text in dict.fromkeys(stored)}

        def finish() -> list[Any]:
            made = _shown(fields, list(rows.values()), page.references)
            by_text = dict(zip(rows, made, strict=True))
            return [by_text[text] for text in stored]

        return finish


def _shown(
    fields: Sequence[CustomField], rows: Sequence[Mapping[str, Any]], briefs: Briefs
) -> list[dict[str, Any]]:
    """What is sent of stored values: all fields, unset ones as null."""
    shown = {one.name: _showing(one, rows, briefs) for one in fields}
    return [{name: show(values.get(name)) for name, show in shown.items()} for values in rows]


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
