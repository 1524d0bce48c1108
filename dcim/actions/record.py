"""Create, change and delete recorded objects, one by one or as a set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext

from dcim.actions.changes import Actor, Change, State, log_changes, state_of
from dcim.actions.pools import check_machine_fits
from dcim.actions.rack_units import hold_rack_units
from dcim.catalog import BY_MODEL
from dcim.record.devices import Device
from dcim.record.virtualization import VirtualMachine
from dcim.vocabulary.errors import BadRow, InUse, InvalidInput, UnknownThing

ModelT = TypeVar("ModelT", bound=Model)
Values = Mapping[str, Any]

# What else must hold, or be written, once objects of a model are saved; refusing undoes the write.
AFTER_SAVE: Final[dict[type[Model], Callable[[Sequence[Any]], None]]] = {
    Device: hold_rack_units,
    VirtualMachine: check_machine_fits,
}
NAMED_DEPENDANTS: Final = 5


def create(model: type[ModelT], values: Values, *, by: Actor) -> ModelT:
    """A new object of `model` with `values`: field name to value, many-to-many as lists of objects.

    Raises:
        InvalidInput: a value is missing, wrong or taken; `errors` names the fields.
        Refused: a rule forbids it, for example a rack unit that is taken.
    """
    single, many = _split(model, values)
    obj = model(**single)
    with transaction.atomic(), _refusals():
        obj.full_clean()
        obj.save()
        _set_many(obj, many)
        _after_save(model, [obj])
        log_changes([Change(obj, obj.pk, None, state_of(obj))], by=by)
    return obj


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
        single, many = _split(model, values)
        obj = model(**single)
        _check_row(number, obj)
        objects.append(obj)
        manies.append(many)
    with transaction.atomic(), _refusals():
        model._default_manager.bulk_create(objects, batch_size=500)
        for name in {name for many in manies for name in many}:
            _link_many(model, name, objects, [many.get(name, ()) for many in manies])
        _after_save(model, objects)
        log_changes(_creations(objects, manies), by=by)
    return objects


def update(obj: ModelT, values: Values, *, by: Actor) -> ModelT:
    """The object with `values` in place of its own; what is not named stays as it is.

    The row is read again under a lock, so that two writers do not undo each other's fields.

    Raises:
        UnknownThing: the object is gone.
        InvalidInput, Refused: as for `create`.
    """
    model = type(obj)
    single, many = _split(model, values)
    with transaction.atomic(), _refusals():
        fresh = model._default_manager.select_for_update(of=("self",)).filter(pk=obj.pk).first()
        fresh = _known(fresh, obj)
        before = state_of(fresh)
        for name, value in single.items():
            setattr(fresh, name, value)
        fresh.full_clean()
        fresh.save()
        _set_many(fresh, many)
        _after_save(model, [fresh])
        log_changes([Change(fresh, fresh.pk, before, state_of(fresh))], by=by)
    return fresh


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
    parts = [_split(model, values) for _, values in changes]
    with transaction.atomic(), _refusals():
        stored = model._default_manager.select_for_update(of=("self",)).in_bulk(keys)
        objects = [_known(stored.get(obj.pk), obj) for obj, _ in changes]
        before = _states_of(model, objects)
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
        _after_save(model, objects)
        states = zip(objects, before, _states_of(model, objects), strict=True)
        log_changes([Change(obj, obj.pk, was, now) for obj, was, now in states], by=by)
    return objects


def delete(obj: Model, *, by: Actor) -> None:
    """Remove `obj` and its own parts (a device's interfaces), each with an entry in the log.

    Raises: InUse when something else rests on it; the dependants are named.
    """
    with transaction.atomic():
        collector = Collector(using="default", origin=obj)
        try:
            collector.collect([obj])
        except ProtectedError as err:
            raise _in_use(obj, sorted(map(str, err.protected_objects))) from err
        gone = [
            Change(one, one.pk, state_of(one), None)
            for one in _collected(collector)
            if type(one) in BY_MODEL
        ]
        obj.delete()
        log_changes(gone, by=by)


def _known(stored: ModelT | None, obj: ModelT) -> ModelT:
    if stored is None:
        raise UnknownThing(
            gettext("%(object)s has been deleted.") % {"object": obj},
            field="id",
            hint=gettext("Look it up again in the list."),
        )
    return stored


def _check_row(number: int, obj: Model) -> None:
    try:
        obj.clean_fields()
        obj.clean()
    except ValidationError as err:
        field, reasons = next(iter(_errors_of(err).items()))
        raise BadRow(number, reasons[0], field="" if field == "__all__" else field) from err


def _save_many(model: type[ModelT], objects: Sequence[ModelT], names: set[str]) -> None:
    """Write the columns `names`; what changed is dated here, since sets pass by `auto_now`."""
    if not names:
        return
    dated = [one.name for one in model._meta.concrete_fields if getattr(one, "auto_now", False)]
    for obj in objects:
        for name in dated:
            setattr(obj, name, timezone.now())
    model._default_manager.bulk_update(objects, [*sorted(names), *dated], batch_size=200)


def _collected(collector: Collector) -> Iterator[Model]:
    for instances in collector.data.values():
        yield from instances
    for queryset in collector.fast_deletes:
        yield from queryset


def _in_use(obj: Model, dependants: list[str]) -> InUse:
    named = ", ".join(dependants[:NAMED_DEPENDANTS])
    more = ", …" if len(dependants) > NAMED_DEPENDANTS else ""
    return InUse(
        gettext("Unable to delete object. %(count)s dependent objects were found: %(named)s")
        % {"count": len(dependants), "named": f"{named}{more}"},
        hint=gettext("Move or delete them before %(object)s.") % {"object": obj},
    )


def _split(model: type[Model], values: Values) -> tuple[dict[str, Any], dict[str, Sequence[Any]]]:
    many_names = {one.name for one in model._meta.many_to_many}
    single = {name: value for name, value in values.items() if name not in many_names}
    many = {name: value for name, value in values.items() if name in many_names}
    return single, many


def _set_many(obj: Model, many: Mapping[str, Sequence[Any]]) -> None:
    for name, objects in many.items():
        getattr(obj, name).set(objects)


def _states_of(model: type[Model], objects: Sequence[Model]) -> list[State]:
    """The state of each object, with one query per many-to-many field."""
    linked: dict[Any, dict[str, list[int]]] = {obj.pk: {} for obj in objects}
    for field in model._meta.many_to_many:
        mine, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        through: type[Model] = getattr(model, field.name).through
        links = through._default_manager.filter(**{f"{mine}__in": linked})
        for key, other_key in links.values_list(mine, other):
            linked[key].setdefault(field.name, []).append(other_key)
    return [state_of(obj, linked[obj.pk]) for obj in objects]


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


def _after_save(model: type[Model], objects: Sequence[Model]) -> None:
    if (follow_up := AFTER_SAVE.get(model)) is not None:
        follow_up(objects)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what Django and the database refuse into errors that name fields."""
    try:
        yield
    except ValidationError as err:
        errors = _errors_of(err)
        field, reasons = next(iter(errors.items()))
        name = "" if field == "__all__" else field
        raise InvalidInput(reasons[0], field=name, errors=errors) from err
    except IntegrityError as err:
        raise InvalidInput(
            gettext("Another object has the same unique value, or a rule of the record is broken."),
            hint=gettext("The database says: %(reason)s.") % {"reason": str(err).splitlines()[0]},
        ) from err


def _errors_of(err: ValidationError) -> dict[str, list[str]]:
    if not hasattr(err, "error_dict"):
        return {"__all__": list(err.messages)}
    return {
        "__all__" if field == NON_FIELD_ERRORS else field: [str(reason) for reason in reasons]
        for field, reasons in err.message_dict.items()
    }
