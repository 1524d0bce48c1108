"""Values of a write as callers hand them in, and the states of what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext

from dcim.actions.changes import State, state_of
from dcim.vocabulary.errors import UnknownThing

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


def split(model: type[Model], values: Values) -> tuple[dict[str, Any], dict[str, Sequence[Any]]]:
    """`values` of columns, and those of many-to-many fields with each object once."""
    many_names = {one.name for one in model._meta.many_to_many}
    single = {name: value for name, value in values.items() if name not in many_names}
    many: dict[str, Sequence[Any]] = {
        name: list(dict.fromkeys(value)) for name, value in values.items() if name in many_names
    }
    return single, many


def states_of(model: type[Model], objects: Sequence[Model]) -> list[State]:
    """The state of each object, with one query per many-to-many field."""
    linked: dict[Any, dict[str, list[int]]] = {obj.pk: {} for obj in objects}
    for field in model._meta.many_to_many:
        mine, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        through: type[Model] = getattr(model, field.name).through
        links = through._default_manager.filter(**{f"{mine}__in": linked})
        for key, other_key in links.values_list(mine, other):
            linked[key].setdefault(field.name, []).append(other_key)
    return [state_of(obj, linked[obj.pk]) for obj in objects]
