"""Values of custom fields as they are written: judged, unique, and gone with what they name.

Definitions are read once per write, whatever the number of objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final, cast

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext

from dcim.actions.changes import Change, State
from dcim.actions.writes.values import states_of
from dcim.catalog import BY_KIND, kind_of
from dcim.record.base import Record
from dcim.record.extras.custom_data import TextOf, Without, has_key, list_holds
from dcim.record.extras.custom_fields import OF_MANY, TO_OBJECTS, CustomField, custom_fields_of
from dcim.record.extras.custom_values import stored_value
from dcim.vocabulary.errors import InvalidInput

COLUMN: Final = "custom_field_data"
KEYS_AT_A_TIME: Final = 200


def begin_values(model: type[Model], objects: Sequence[Model]) -> None:
    """Let new objects have the values that they were given, and defaults where none was given.

    Objects keep what was refused of them, to be told when their fields are judged.
    """
    if issubclass(model, Record):
        fields = _by_name(model)
        defaults = {name: one.default for name, one in fields.items()}
        for obj in cast("Sequence[Record]", objects):
            _take(obj, fields, {}, {**defaults, **obj.custom_field_data})


def merge_values(model: type[Model], objects: Sequence[Model], before: Sequence[State]) -> None:
    """Let objects have the values they were just given beside those they had; None unsets one."""
    if not issubclass(model, Record):
        return
    pairs = zip(cast("Sequence[Record]", objects), before, strict=True)
    given = [(obj, was[COLUMN]) for obj, was in pairs if obj.custom_field_data != was[COLUMN]]
    fields = _by_name(model) if given else {}
    for obj, stored in given:
        _take(obj, fields, stored, obj.custom_field_data)


def _by_name(model: type[Model]) -> dict[str, CustomField]:
    return {one.name: one for one in custom_fields_of(kind_of(model))}


def _take(
    obj: Record, fields: Mapping[str, CustomField], stored: Mapping[str, Any], given: object
) -> None:
    values, refused = dict(stored), []
    if not isinstance(given, Mapping):
        given, refused = {}, [gettext("Write an object: name to value.")]
    for name, value in given.items():
        try:
            values[name] = _judged(fields.get(name), value)
        except ValidationError as err:
            refused += [f"{name}: {reason}" for reason in err.messages]
    obj.custom_field_data = {name: one for name, one in values.items() if one is not None}
    obj.refused_values = tuple(refused)


def _judged(field: CustomField | None, value: Any) -> Any:
    if field is None:
        raise ValidationError(gettext("There is no custom field of this name on the object."))
    stored = stored_value(field, value)
    if field.required and stored in (None, ""):
        raise ValidationError(gettext("This field is required."))
    return stored


def hold_custom_values(objects: Sequence[Record]) -> None:
    """Named objects exist, and unique values are; asked per field, not per object.

    Raises: InvalidInput naming the field.
    """
    if not any(one.custom_field_data for one in objects):
        return
    model = type(objects[0])
    for field in custom_fields_of(kind_of(model)):
        having = [one for one in objects if field.name in one.custom_field_data]
        if having and field.type in TO_OBJECTS:
            _check_named(field, having)
        if having and field.unique:
            _check_unique(model, field, having)


def _check_named(field: CustomField, objects: Sequence[Record]) -> None:
    related = BY_KIND[field.related_object_type].model
    keys = {pk for one in objects for pk in _ids(one.custom_field_data[field.name])}
    known = set(related._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
    for pk in sorted(keys - known):
        reason = gettext("There is no object of this kind with the id %(id)s.") % {"id": pk}
        raise InvalidInput(f"{field.name}: {reason}", field=COLUMN)


def _check_unique(model: type[Record], field: CustomField, objects: Sequence[Record]) -> None:
    # Writers of the same unique field wait for one another.
    CustomField.objects.select_for_update().get(pk=field.pk)
    values = [str(one.custom_field_data[field.name]) for one in objects]
    rows = model._default_manager.alias(text=TextOf(COLUMN, field.name))
    taken = rows.filter(text__in=values).count()
    if taken > len(set(values)):
        reason = gettext("Another object has this value already.")
        raise InvalidInput(f"{field.name}: {reason}", field=COLUMN)


def check_definitions(fields: Sequence[CustomField]) -> None:
    """Custom fields name kinds of objects that there are, and defaults that they could have.

    Raises: InvalidInput naming the attribute.
    """
    for field in fields:
        for kind in field.object_types:
            _check_kind(kind, "object_types")
            if not issubclass(BY_KIND[kind].model, Record):
                reason = gettext("%(kind)s has no custom fields.") % {"kind": kind}
                raise InvalidInput(reason, field="object_types")
        if field.related_object_type:
            _check_kind(field.related_object_type, "related_object_type")
        try:
            stored_value(field, field.default)
        except ValidationError as err:
            raise InvalidInput(err.messages[0], field="default") from err


def _check_kind(kind: Any, field: str) -> None:
    if not isinstance(kind, str) or kind not in BY_KIND:
        reason = gettext("There is no kind of object called “%(kind)s”.") % {"kind": kind}
        raise InvalidInput(reason, field=field)


def let_go(changes: Iterable[Change]) -> list[Change]:
    """Let nothing be left of what has gone: values of a custom field, and those that name objects.

    Returns: the changes of the objects that had such a value.
    """
    gone: dict[type[Model], list[int]] = defaultdict(list)
    dropped: list[Change] = []
    for one in changes:
        if one.after is None:
            gone[type(one.obj)].append(one.pk)
            if isinstance(one.obj, CustomField):
                dropped += _drop_values_of(one.obj)
    return dropped + _forget_objects(gone) if gone else dropped


def _drop_values_of(field: CustomField) -> Iterator[Change]:
    for resource in BY_KIND.values():
        if not issubclass(resource.model, Record):
            continue
        rows = resource.model._default_manager.filter(has_key(COLUMN, field.name))
        objects: list[Any] = list(rows.select_for_update(of=("self",)))
        before = states_of(resource.model, objects)
        rows.update(**{COLUMN: Without(COLUMN, field.name)})
        for obj, state in zip(objects, before, strict=True):
            left = {name: one for name, one in state[COLUMN].items() if name != field.name}
            yield Change(obj, obj.pk, state, {**state, COLUMN: left}, str(obj))


def _forget_objects(gone: Mapping[type[Model], Sequence[int]]) -> list[Change]:
    """Unset the values that name objects that are gone."""
    keys_of = {kind_of(model): keys for model, keys in gone.items()}
    changes: list[Change] = []
    for field in CustomField.objects.filter(related_object_type__in=keys_of):
        keys = keys_of[field.related_object_type]
        for kind in field.object_types:
            model = BY_KIND[kind].model
            changes += _forget(model, field, frozenset(keys), _having(model, field, keys))
    return changes


def _having(model: type[Model], field: CustomField, keys: Sequence[int]) -> list[Any]:
    """The objects of `model` that name any of the `keys`, locked."""
    locked = model._default_manager.select_for_update(of=("self",), no_key=True).order_by("pk")
    rows = locked.alias(named=TextOf(COLUMN, field.name))
    found: dict[int, Any] = {}
    for start in range(0, len(keys), KEYS_AT_A_TIME):
        few = keys[start : start + KEYS_AT_A_TIME]
        if field.type in OF_MANY:
            condition = reduce(or_, (list_holds(COLUMN, field.name, key) for key in few))
        else:
            condition = Q(named__in=[str(key) for key in few])
        found |= {one.pk: one for one in rows.filter(condition)}
    return list(found.values())


def _forget(
    model: type[Model], field: CustomField, gone: frozenset[int], objects: Sequence[Any]
) -> Iterator[Change]:
    before = states_of(model, objects)
    for obj in objects:
        values = dict(obj.custom_field_data)
        left = [one for one in _ids(values.pop(field.name)) if one not in gone]
        obj.custom_field_data = values | ({field.name: left} if left else {})
    model._default_manager.bulk_update(objects, [COLUMN], batch_size=500)
    for obj, state in zip(objects, before, strict=True):
        yield Change(obj, obj.pk, state, {**state, COLUMN: obj.custom_field_data}, str(obj))


def _ids(value: Any) -> list[int]:
    return value if isinstance(value, list) else [value]
