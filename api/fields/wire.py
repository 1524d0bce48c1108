"""Kinds of field on the wire: how a value is sent, taken in, and described.

One class per kind, none per object. What a value may be is the model's to say (`clean`,
constraints); here it is only turned from JSON into the record's types and back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any, ClassVar, Final

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
)
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation
from drf_spectacular.drainage import set_override
from rest_framework import serializers
from rest_framework.fields import empty

from api.reading.briefs import Briefs, Make, model_field, pair_of, related
from api.reading.page import Reader
from api.reading.readers import Made, Many, Mapped, One, Values
from api.reading.references import Found
from api.reading.texts import MOMENT
from dcim.catalog.resource import AnyField
from dcim.record.json_columns import Shape, ShapedField
from dcim.record.numbers import NumberListField

WireField = serializers.Field[Any, Any, Any, Any]
INTEGER_RANGES: Final = BaseDatabaseOperations.integer_field_ranges
Schema = dict[str, Any]
Options = dict[str, Any]


class Kind(serializers.Field[Any, Any, Any, Any]):
    """A kind that describes itself to OpenAPI.

    Attributes:
        shows: Models whose briefs are part of what is sent.
    """

    shows: Sequence[type[models.Model]] = ()

    def schema(self, direction: str) -> Schema:
        """What is sent in a "response", or taken in a "request"."""
        raise NotImplementedError

    def reader(self, model: type[models.Model]) -> Reader | None:
        """How a page of objects of `model` is read; None: only one by one, by this field."""
        return None

    def referred(self, data: Any) -> Iterator[tuple[type[models.Model], Any]]:
        """The objects that a written value means: their model, and an id or attributes."""
        return iter(())

    @property
    def briefs(self) -> Briefs:
        briefs: Briefs = self.context["briefs"]
        return briefs

    @property
    def found(self) -> Found:
        """What the request refers to."""
        found: Found = self.context["found"]
        return found


def column_of(model: type[models.Model], field: WireField) -> str:
    """The stored column behind a wire field of `model`."""
    return model_field(model, field.source or "").attname


class Shown(Kind):
    """A value that is made of the whole object, and only read."""

    def __init__(
        self,
        make: Callable[[Briefs, models.Model], Any],
        shape: Schema,
        *,
        shows: Sequence[type[models.Model]] = (),
        reads: Callable[[type[models.Model]], Reader] | None = None,
    ) -> None:
        super().__init__(source="*", read_only=True)
        self.make = make
        self.shape = shape
        self.shows = shows
        self.reads = reads

    def to_representation(self, value: models.Model) -> Any:
        return self.make(self.briefs, value)

    def reader(self, model: type[models.Model]) -> Reader | None:
        return self.reads(model) if self.reads is not None else None

    def schema(self, direction: str) -> Schema:
        return self.shape


class Computed(Kind):
    """A value made for all objects of a page at once, and only read.

    Args:
        make: From the objects' keys and the answer's briefs to a value per key; it asks a constant
            number of queries.
        shape: OpenAPI's form of a value.
        shows: Models whose briefs are part of a value.
        missing: What objects have for which `make` gives nothing.
    """

    def __init__(
        self,
        make: Make,
        shape: Schema,
        *,
        shows: Sequence[type[models.Model]] = (),
        missing: Any = None,
    ) -> None:
        super().__init__(source="*", read_only=True)
        self.make = make
        self.shape = shape
        self.shows = shows
        self.missing = missing

    def to_representation(self, value: models.Model) -> Any:
        made = self.briefs.computed(self.make, self.make, value.pk)
        return self.missing if made is None else made

    def reader(self, model: type[models.Model]) -> Reader:
        return Made(self.make, self.missing)

    def schema(self, direction: str) -> Schema:
        return self.shape


class Choice(Kind):
    """One of a closed list: sent as `{value, label}` or null, taken as the bare value.

    A pair is taken too, so that what was read can be sent back as it is.

    Attributes:
        choices: Label per value; the answer to OPTIONS lists them by this name.
    """

    default_error_messages: ClassVar = {"invalid_choice": '"{input}" is not a valid choice.'}

    def __init__(self, choices: Mapping[Any, str], *, unset: bool, **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices
        self.unset = unset
        self._pair = pair_of({str(value): label for value, label in choices.items()})

    def run_validation(self, data: Any = empty) -> Any:
        if isinstance(data, Mapping) and "value" in data:
            data = data["value"]
        if self.unset and (data is None or data == ""):
            return ""
        return super().run_validation(data)

    def to_representation(self, value: Any) -> dict[str, Any] | None:
        return self._pair(value)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str | int) or data not in self.choices:
            self.fail("invalid_choice", input=data)
        return data

    def reader(self, model: type[models.Model]) -> Reader:
        return Mapped(column_of(model, self), self._pair)

    def schema(self, direction: str) -> Schema:
        name = "integer" if all(isinstance(value, int) for value in self.choices) else "string"
        values: list[Any] = list(self.choices)
        if direction == "request":
            if not self.unset:
                return {"type": name, "enum": values}
            # An empty text unsets numbers too; generators take no list of both.
            unset = ["", None] if name == "string" else [None]
            return {"type": name, "enum": [*values, *unset], "nullable": True}
        return {
            "type": "object",
            "required": ["value", "label"],
            "properties": {
                "value": {"type": name, "enum": values},
                "label": {"type": "string", "enum": list(dict.fromkeys(self.choices.values()))},
            },
            **({"nullable": True} if self.unset else {}),
        }


REFERENCE_IN: Final[tuple[Schema, ...]] = (
    {"type": "integer"},
    {"type": "object", "additionalProperties": {}},
)


class Reference(Kind):
    """Another object: sent as its brief, taken as its id or as attributes that only it has."""

    def __init__(self, model: type[models.Model], **options: Any) -> None:
        super().__init__(**options)
        self.model = model
        self.shows = (model,)

    def to_representation(self, value: models.Model) -> Any:
        return self.briefs.of(value)

    def reader(self, model: type[models.Model]) -> Reader:
        return One(column_of(model, self), self.model)

    def referred(self, data: Any) -> Iterator[tuple[type[models.Model], Any]]:
        yield self.model, data

    def to_internal_value(self, data: Any) -> models.Model:
        return self.found.one(self.model, data)

    def schema(self, direction: str) -> Schema:
        null = {"nullable": True} if self.allow_null else {}
        if direction == "request":
            return {"oneOf": list(REFERENCE_IN), **null}
        return brief_ref(self.model, **null)


class References(Kind):
    """Several other objects: sent as briefs, taken as a list of ids or of objects of attributes."""

    default_error_messages: ClassVar = {"not_a_list": "Write a list of IDs or of objects."}

    def __init__(self, model: type[models.Model], **options: Any) -> None:
        super().__init__(**options)
        self.model = model
        self.shows = (model,)

    def to_representation(self, value: Any) -> list[Any]:
        return [self.briefs.of(one) for one in value.all()]

    def reader(self, model: type[models.Model]) -> Reader:
        return Many(model_field(model, self.source or ""))

    def referred(self, data: Any) -> Iterator[tuple[type[models.Model], Any]]:
        if isinstance(data, list):
            yield from ((self.model, one) for one in data)

    def to_internal_value(self, data: Any) -> list[models.Model]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        return self.found.many(self.model, data)

    def schema(self, direction: str) -> Schema:
        items = {"oneOf": list(REFERENCE_IN)} if direction == "request" else brief_ref(self.model)
        return {"type": "array", "items": items}


class Numbers(Kind):
    """A list of whole numbers."""

    default_error_messages: ClassVar = {"not_numbers": "Write a list of whole numbers."}

    def to_representation(self, value: Any) -> Any:
        return value

    def to_internal_value(self, data: Any) -> list[int]:
        if not isinstance(data, list) or not all(type(one) is int for one in data):
            self.fail("not_numbers")
        return data

    def reader(self, model: type[models.Model]) -> Reader:
        return Values(column_of(model, self))

    def schema(self, direction: str) -> Schema:
        return {"type": "array", "items": {"type": "integer"}}


class Number(serializers.DecimalField):
    """A decimal, sent as a JSON number."""

    def to_representation(self, value: Any) -> Any:
        return None if value is None else float(value)

    def reader(self, model: type[models.Model]) -> Reader:
        return Values(column_of(model, self), float)


class Text(serializers.CharField):
    """Trimmed text; where the record tells "none" from "empty", empty text means none."""

    def reader(self, model: type[models.Model]) -> Reader:
        return Values(column_of(model, self))

    def run_validation(self, data: Any = empty) -> Any:
        value = super().run_validation(data)
        return None if value == "" and self.allow_null else value


def brief_name(model: type[models.Model]) -> str:
    """The name of the component that describes a brief of `model`."""
    return f"Brief{model.__name__}"


def brief_ref(model: type[models.Model], **more: Any) -> Schema:
    """A reference to the brief of `model`; `api.openapi.schema` adds the component."""
    ref = {"$ref": f"#/components/schemas/{brief_name(model)}"}
    return {"allOf": [ref], **more} if more else ref


def field_of(one: AnyField, options: Options) -> WireField:
    """The wire field of a model field; `options` say whether it is read only or required."""
    if one.help_text:
        with translation.override("en"):
            options = {**options, "help_text": str(one.help_text)}
    if one.choices:
        pairs = {value: str(label) for value, label in one.flatchoices}
        return Choice(pairs, unset=one.blank or one.null, **options)
    if one.is_relation:
        if one.many_to_many:
            return References(related(one), **options)
        return Reference(related(one), allow_null=one.null, **options)
    for stored, make in KINDS:
        if isinstance(one, stored):
            return make(one, {**options, "allow_null": one.null})
    raise TypeError(f"no wire kind for {one}")


def _decimal(one: AnyField, options: Options) -> Number:
    digits: Options = {name: getattr(one, name) for name in ("max_digits", "decimal_places")}
    return Number(coerce_to_string=False, **digits, **_bounds(one), **options)


def _integer(one: AnyField, options: Options) -> serializers.IntegerField:
    return serializers.IntegerField(**_bounds(one), **options)


def _moment(one: AnyField, options: Options) -> serializers.DateTimeField:
    return serializers.DateTimeField(default_timezone=UTC, format=MOMENT, **options)


def _text(one: AnyField, options: Options) -> Text:
    field = Text(max_length=one.max_length, allow_blank=one.blank, **options)
    if not field.read_only:
        # An address may be left empty, so its form is checked by the record.
        rules = (rule for rule in one.validators if not isinstance(rule, URLValidator))
        field.validators += [rule for rule in rules if isinstance(rule, RegexValidator)]
    return field


def _bounds(one: AnyField) -> Options:
    """The tightest limits of a number: the model's own, and what every database engine can hold.

    What the field itself says of the engine is left out: SQLite would take more than PostgreSQL.
    """
    low, high = INTEGER_RANGES.get(one.get_internal_type(), (None, None))
    stated = one.deconstruct()[3].get("validators", ())
    least = [rule.limit_value for rule in stated if isinstance(rule, MinValueValidator)]
    most = [rule.limit_value for rule in stated if isinstance(rule, MaxValueValidator)]
    least += [low] if low is not None else []
    most += [high] if high is not None else []
    smallest = {"min_value": max(least)} if least else {}
    return {**smallest, "max_value": min(most)} if most else smallest


def shaped(shape: Shape, **options: Any) -> serializers.JSONField:
    """JSON of which OpenAPI says the shape."""
    field = serializers.JSONField(**options)
    set_override(field, "field", {**shape, "nullable": True} if field.allow_null else dict(shape))
    return field


def _shaped(one: AnyField, options: Options) -> serializers.JSONField:
    return shaped(one.shape if isinstance(one, ShapedField) else {}, **options)


KINDS: Final[tuple[tuple[type[AnyField], Callable[[AnyField, Options], WireField]], ...]] = (
    (models.DecimalField, _decimal),
    (models.BooleanField, lambda one, options: serializers.BooleanField(**options)),
    (models.IntegerField, _integer),
    (models.DateTimeField, _moment),
    (models.DateField, lambda one, options: serializers.DateField(**options)),
    (models.UUIDField, lambda one, options: serializers.UUIDField(**options)),
    (NumberListField, lambda one, options: Numbers(**options)),
    (ShapedField, _shaped),
    (models.JSONField, lambda one, options: serializers.JSONField(**options)),
    (models.CharField, _text),
    (models.TextField, _text),
)
