"""Create and change objects as a set, all or none, with a few statements whatever their number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

from dcim.actions.changes import Actor, Change, State, log_changes, state_of
from dcim.actions.refusals import writing
from dcim.actions.rights import keep_within
from dcim.actions.rules.attachments import sign
from dcim.actions.rules.tags import check_tags_of_rows
from dcim.actions.writes.completions import complete
from dcim.actions.writes.consequences import hold
from dcim.actions.writes.custom_fields import begin_values, merge_values
from dcim.actions.writes.followers import follow
from dcim.actions.writes.holds import hold_first
from dcim.actions.writes.judging import check_rows
from dcim.actions.writes.preconditions import require
from dcim.actions.writes.statements import update_rows
from dcim.actions.writes.values import (
    Values,
    columns_of,
    dates_of,
    differing,
    known,
    split,
    states_of,
)

ModelT = TypeVar("ModelT", bound=Model)


def create_many(
    model: type[ModelT], rows: Sequence[Values], *, by: Actor, messages: Sequence[str] = ()
) -> list[ModelT]:
    """New objects of `model`, all or none, with a few statements whatever their number.

    Args:
        model: What is made.
        rows: Field name to value of each, many-to-many as lists of objects.
        by: Who writes.
        messages: What the log says of each; where it is empty or left out, what `by` says.

    Raises:
        BadRows: rows whose values are wrong or taken, every one of them.
        InvalidInput: a row claims what another writer has just taken.
        Refused: as for `create`.
    """
    parts = [split(model, values) for values in rows]
    objects, manies = [model(**single) for single, _ in parts], [many for _, many in parts]
    with writing():
        hold_first(model, values=[single for single, _ in parts])
        check_tags_of_rows(model, manies)
        begin_values(model, objects)
        sign(objects, by.user)
        check_rows(model, objects)
        require(model, objects)
        model._default_manager.bulk_create(objects, batch_size=500)
        for name in {name for many in manies for name in many}:
            link_many(model, name, objects, [many.get(name, ()) for many in manies])
        hold(model, objects)
        keep_within(model, objects, "add", user=by.limited_to)
        entries = list(creations(objects, manies, _each(messages, objects)))
        log_changes(entries, by=by)
        complete(model, objects, by=by)
        follow(entries, by=by)
    return objects


def update_many(
    model: type[ModelT],
    changes: Sequence[tuple[ModelT, Values]],
    *,
    by: Actor,
    messages: Sequence[str] = (),
) -> list[ModelT]:
    """The objects of `changes`, each with its values, all or none, with a few statements.

    The rows are read again under a lock. A value that another object has is refused even where the
    same set takes it from that one: databases look at one row after the other.

    Raises:
        UnknownThing: an object is gone.
        BadRows, InvalidInput, Refused: as for `create_many`.
    """
    keys = sorted({obj.pk for obj, _ in changes})
    parts = [split(model, values) for _, values in changes]
    with writing():
        hold_first(model, keys, [single for single, _ in parts])
        rows = model._default_manager.select_for_update(of=("self",)).order_by("pk")
        stored = {one.pk: one for one in rows.filter(pk__in=keys)}
        objects = [known(stored.get(obj.pk), obj) for obj, _ in changes]
        keep_within(model, objects, "change", user=by.limited_to)
        before = states_of(model, objects)
        had = [(obj.pk, was.get("tags", ())) for obj, was in zip(objects, before, strict=True)]
        check_tags_of_rows(model, [many for _, many in parts], had)
        columns = [columns_of(obj) for obj in objects]
        for obj, (single, _) in zip(objects, parts, strict=True):
            for name, value in single.items():
                setattr(obj, name, value)
        merge_values(model, objects, before)
        check_rows(model, objects, [set(single) for single, _ in parts], columns)
        also = require(model, objects, columns)
        relinked = [_relinked(many, was) for (_, many), was in zip(parts, before, strict=True)]
        changed = _save_many(model, objects, columns, [bool(many) for many in relinked], also)
        _relink_many(model, objects, relinked)
        hold(model, objects, changed)
        keep_within(model, objects, "change", user=by.limited_to)
        states = zip(
            objects, before, states_of(model, objects), _each(messages, objects), strict=True
        )
        entries = [Change(obj, obj.pk, was, now, message=why) for obj, was, now, why in states]
        log_changes(entries, by=by)
        follow(entries, by=by)
    return objects


def _each(messages: Sequence[str], objects: Sequence[Model]) -> Sequence[str]:
    return messages or [""] * len(objects)


def _save_many(
    model: type[ModelT],
    objects: Sequence[ModelT],
    before: Sequence[Mapping[str, Any]],
    linked: Sequence[bool],
    also: Set[str],
) -> list[set[str]]:
    """Write the columns that differ from those `before`, in objects that change; which, of each.

    With them go those of the fields `also`.

    Columns that nobody named may differ too, where rules derive them. What changes, or is linked
    anew, is dated here, since sets pass by `auto_now`.
    """
    dated = dates_of(model)
    different = [differing(obj, was) for obj, was in zip(objects, before, strict=True)]
    now, changed = timezone.now(), list[ModelT]()
    for obj, names, links in zip(objects, different, linked, strict=True):
        if names or links:
            changed.append(obj)
            for name in dated:
                setattr(obj, name, now)
    written = set(dated).union(*different, also)
    if changed and written:
        update_rows(model, changed, sorted(written))
    return different


def _relinked(many: Mapping[str, Sequence[Any]], before: State) -> dict[str, Sequence[Any]]:
    """Those of the links that differ from what the object had."""
    return {
        name: others
        for name, others in many.items()
        if {one.pk for one in others} != set(before.get(name) or ())
    }


def _relink_many(
    model: type[Model],
    objects: Sequence[Model],
    manies: Sequence[Mapping[str, Sequence[Any]]],
) -> None:
    """Give each object the links that are named of it in place of those it has."""
    for name in {name for many in manies for name in many}:
        linked = [
            (obj, many[name]) for obj, many in zip(objects, manies, strict=True) if name in many
        ]
        _unlink_many(model, name, [obj for obj, _ in linked])
        link_many(model, name, [obj for obj, _ in linked], [others for _, others in linked])


def _unlink_many(model: type[Model], name: str, objects: Sequence[Model]) -> None:
    field = next(one for one in model._meta.many_to_many if one.name == name)
    through: type[Model] = getattr(model, name).through
    owners = {f"{field.m2m_field_name()}__in": [obj.pk for obj in objects]}
    through._default_manager.filter(**owners).delete()


def link_many(
    model: type[Model], name: str, objects: Sequence[Model], linked: Sequence[Sequence[Any]]
) -> None:
    """Link each of `objects`, by its many-to-many field `name`, to its part of `linked`."""
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


def creations(
    objects: Sequence[Model],
    manies: Sequence[Mapping[str, Sequence[Any]]],
    messages: Sequence[str],
) -> Iterator[Change]:
    """What the log is told of new `objects`, without asking for their links."""
    for obj, many, message in zip(objects, manies, messages, strict=True):
        ids = {name: [one.pk for one in others] for name, others in many.items()}
        yield Change(obj, obj.pk, None, state_of(obj, ids), message=message)
