"""Create and change objects as a set, all or none, with a few statements whatever their number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model
from django.utils import timezone

from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.consequences import hold
from dcim.actions.refusals import ALL_FIELDS, errors_of, writing
from dcim.actions.values import Values, known, split, states_of
from dcim.vocabulary.errors import BadRow

ModelT = TypeVar("ModelT", bound=Model)


def create_many(model: type[ModelT], rows: Sequence[Values], *, by: Actor) -> list[ModelT]:
    """New objects of `model`, all or none, with a few statements whatever their number.

    Uniqueness is left to the database's constraints, so that nothing is asked per row.

    Raises:
        BadRow: the first row (counted from 1) whose values are wrong.
        InvalidInput: two rows, or a row and the record, claim the same unique value.
        Refused: as for `create`.
    """
    objects, manies = [], []
    for number, values in enumerate(rows, start=1):
        single, many = split(model, values)
        obj = model(**single)
        _check_row(number, obj)
        objects.append(obj)
        manies.append(many)
    with writing():
        model._default_manager.bulk_create(objects, batch_size=500)
        for name in {name for many in manies for name in many}:
            _link_many(model, name, objects, [many.get(name, ()) for many in manies])
        hold(model, objects)
        log_changes(_creations(objects, manies), by=by)
    return objects


def update_many(
    model: type[ModelT], changes: Sequence[tuple[ModelT, Values]], *, by: Actor
) -> list[ModelT]:
    """The objects of `changes`, each with its values, all or none, with a few statements.

    The rows are read again under a lock; uniqueness is left to the database, as in `create_many`.

    Raises:
        UnknownThing: an object is gone.
        BadRow: the first object (counted from 1) whose values are wrong.
        InvalidInput, Refused: as for `create_many`.
    """
    keys = [obj.pk for obj, _ in changes]
    parts = [split(model, values) for _, values in changes]
    with writing():
        rows = model._default_manager.select_related(*_references(model))
        stored = rows.select_for_update(of=("self",)).in_bulk(keys)
        objects = [known(stored.get(obj.pk), obj) for obj, _ in changes]
        before = states_of(model, objects)
        for number, (obj, (single, _)) in enumerate(zip(objects, parts, strict=True), start=1):
            for name, value in single.items():
                setattr(obj, name, value)
            _check_row(number, obj)
        _save_many(model, objects, {name for single, _ in parts for name in single})
        for name in {name for _, many in parts for name in many}:
            linked = [
                (obj, many[name])
                for obj, (_, many) in zip(objects, parts, strict=True)
                if name in many
            ]
            _unlink_many(model, name, [obj for obj, _ in linked])
            _link_many(model, name, [obj for obj, _ in linked], [others for _, others in linked])
        hold(model, objects)
        states = zip(objects, before, states_of(model, objects), strict=True)
        log_changes([Change(obj, obj.pk, was, now) for obj, was, now in states], by=by)
    return objects


def _references(model: type[Model]) -> list[str]:
    """What an object points at, and what a host's capacity follows from: rules look at it."""
    names = [one.name for one in model._meta.concrete_fields if isinstance(one, ForeignKey)]
    further = [f"{name}__device_type" for name in names if name == "device"]
    return [*names, *further]


def _check_row(number: int, obj: Model) -> None:
    """Judge one row of a set; references that are at hand are left to the database's own keys."""
    at_hand = {
        one.name
        for one in obj._meta.concrete_fields
        if isinstance(one, ForeignKey) and one.is_cached(obj) and one.value_from_object(obj)
    }
    try:
        obj.clean_fields(exclude=at_hand)
        obj.clean()
    except ValidationError as err:
        field, reasons = next(iter(errors_of(err).items()))
        raise BadRow(number, reasons[0], field="" if field == ALL_FIELDS else field) from err


def _save_many(model: type[ModelT], objects: Sequence[ModelT], names: set[str]) -> None:
    """Write the columns `names`; what changed is dated here, since sets pass by `auto_now`."""
    if not names:
        return
    dated = [one.name for one in model._meta.concrete_fields if getattr(one, "auto_now", False)]
    for obj in objects:
        for name in dated:
            setattr(obj, name, timezone.now())
    model._default_manager.bulk_update(objects, [*sorted(names), *dated], batch_size=200)


def _unlink_many(model: type[Model], name: str, objects: Sequence[Model]) -> None:
    field = next(one for one in model._meta.many_to_many if one.name == name)
    through: type[Model] = getattr(model, name).through
    owners = {f"{field.m2m_field_name()}__in": [obj.pk for obj in objects]}
    through._default_manager.filter(**owners).delete()


def _link_many(
    model: type[Model], name: str, objects: Sequence[Model], linked: Sequence[Sequence[Any]]
) -> None:
    field = next(one for one in model._meta.many_to_many if one.name == name)
    through: type[Model] = getattr(model, name).through
    links = [
        through(
            **{
                f"{field.m2m_field_name()}_id": obj.pk,
                f"{field.m2m_reverse_field_name()}_id": other.pk,
            }
        )
        for obj, others in zip(objects, linked, strict=True)
        for other in others
    ]
    through._default_manager.bulk_create(links, batch_size=500)


def _creations(
    objects: Sequence[Model], manies: Sequence[Mapping[str, Sequence[Any]]]
) -> Iterator[Change]:
    for obj, many in zip(objects, manies, strict=True):
        ids = {name: [one.pk for one in others] for name, others in many.items()}
        yield Change(obj, obj.pk, None, state_of(obj, ids))
