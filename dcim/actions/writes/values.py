"""Values of a write as callers hand them in, and the states of what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext

from dcim.actions.changes import State, state_of
from dcim.vocabulary.errors import Stale, UnknownThing

ModelT = TypeVar("ModelT", bound=Model)
Values = Mapping[str, Any]


def known(stored: ModelT | None, obj: ModelT) -> ModelT:
    """The row that is stored for `obj`.

    Raises: UnknownThing when there is none.
    """
    if stored is None:
        raise UnknownThing(
            gettext("%(object)s has been deleted.") % {"object": obj},
            field="id",
            hint=gettext("Look it up again in the list."),
        )
    return stored


def check_unchanged(stored: Model, since: datetime | None) -> None:
    """Refuse to write over what changed after the writer saw it.

    Args:
        stored: The row as it is now, locked.
        since: Its `last_updated` as the writer saw it; None: whatever it is.

    Raises: Stale.
    """
    now: datetime | None = getattr(stored, "last_updated", None)
    if since is not None and now is not None and now != since:
        raise Stale(
            gettext("%(object)s has been changed since you read it.") % {"object": stored},
            hint=gettext("Read it again, and write what still applies."),
        )


def split(model: type[Model], values: Values) -> tuple[dict[str, Any], dict[str, Sequence[Any]]]:
    """`values` of columns, and those of many-to-many fields with each object once."""
    many_names = {one.name for one in model._meta.many_to_many}
    single = {name: value for name, value in values.items() if name not in many_names}
    many: dict[str, Sequence[Any]] = {
        name: list(dict.fromkeys(value)) for name, value in values.items() if name in many_names
    }
    return single, many


def columns_of(obj: Model) -> dict[str, Any]:
    """The value of every column of `obj` by the field's name."""
    return {one.name: getattr(obj, one.attname) for one in obj._meta.concrete_fields}


def differing(obj: Model, before: Mapping[str, Any]) -> set[str]:
    """The fields whose columns differ from those `before`."""
    return {name for name, value in columns_of(obj).items() if value != before[name]}


def dates_of(model: type[Model]) -> list[str]:
    """The fields that tell when an object was last changed."""
    return [one.name for one in model._meta.concrete_fields if getattr(one, "auto_now", False)]


def states_of(model: type[Model], objects: Sequence[Model]) -> list[State]:
    """The state of each object, with one query per many-to-many field."""
    linked = links_of(model, [obj.pk for obj in objects])
    return [state_of(obj, linked[obj.pk]) for obj in objects]


def links_of(model: type[Model], keys: Sequence[int]) -> dict[int, dict[str, list[int]]]:
    """What each object is linked to, by many-to-many field."""
    linked: dict[int, dict[str, list[int]]] = {key: {} for key in keys}
    for field in model._meta.many_to_many:
        mine, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        through: type[Model] = getattr(model, field.name).through
        links = through._default_manager.filter(**{f"{mine}__in": linked})
        for key, other_key in links.values_list(mine, other):
            linked[key].setdefault(field.name, []).append(other_key)
    return linked
