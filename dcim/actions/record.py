"""Create, change and delete recorded objects, one by one or as a set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model

from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.refusals import writing
from dcim.actions.rights import keep_within
from dcim.actions.rules.attachments import sign
from dcim.actions.rules.tags import check_tags
from dcim.actions.writes.completions import complete
from dcim.actions.writes.consequences import hold
from dcim.actions.writes.custom_fields import begin_values, merge_values
from dcim.actions.writes.followers import follow
from dcim.actions.writes.holds import hold_first
from dcim.actions.writes.judging import check_one
from dcim.actions.writes.preconditions import require
from dcim.actions.writes.removal import delete, delete_many
from dcim.actions.writes.sets import create_many, creations, link_many, update_many
from dcim.actions.writes.values import (
    Values,
    check_unchanged,
    columns_of,
    dates_of,
    differing,
    known,
    links_of,
    split,
)

__all__ = (
    "Values",
    "create",
    "create_many",
    "delete",
    "delete_many",
    "unchanged",
    "update",
    "update_many",
)

ModelT = TypeVar("ModelT", bound=Model)


def create(model: type[ModelT], values: Values, *, by: Actor) -> ModelT:
    """A new object of `model` with `values`: field name to value, many-to-many as lists of objects.

    Raises:
        InvalidInput: a value is missing, wrong or taken; `errors` names the fields.
        Refused: a rule forbids it, for example a rack unit that is taken.
        NotPermitted: the object lies outside what the user may write.
    """
    single, many = split(model, values)
    obj = model(**single)
    with writing():
        hold_first(model, values=[single])
        check_tags(model, many)
        begin_values(model, [obj])
        sign([obj], by.user)
        check_one(obj)
        require(model, [obj])
        obj.save()
        for name, others in many.items():
            link_many(model, name, [obj], [others])
        hold(model, [obj])
        keep_within(model, [obj], "add", user=by.limited_to)
        changes = list(creations([obj], [many], [""]))
        log_changes(changes, by=by)
        complete(model, [obj], by=by)
        follow(changes, by=by)
    return obj


@contextmanager
def unchanged(obj: Model, since: datetime) -> Iterator[None]:
    """A transaction that writes `obj` and holds its row, unless it was changed after `since`.

    Args:
        obj: A stored object.
        since: Its `last_updated` as the writer saw it.

    Raises:
        UnknownThing: the object is gone.
        Stale: it has been changed.
    """
    with writing():
        hold_first(type(obj), [obj.pk])
        rows = type(obj)._default_manager.select_for_update(of=("self",))
        check_unchanged(known(rows.filter(pk=obj.pk).first(), obj), since)
        yield


def update(
    obj: ModelT, values: Values, *, by: Actor, unchanged_since: datetime | None = None
) -> ModelT:
    """The object with `values` in place of its own; what is not named stays as it is.

    The row is read again under a lock, so that two writers do not undo each other's fields.

    Args:
        obj: The object, however old its values are.
        values: Field name to value, many-to-many as lists of objects.
        by: Who writes.
        unchanged_since: The object's `last_updated` as the writer saw it; None: whatever it is.

    Raises:
        UnknownThing: the object is gone.
        Stale: the object was changed since then.
        InvalidInput, Refused: as for `create`.
    """
    model = type(obj)
    single, many = split(model, values)
    with writing():
        hold_first(model, [obj.pk], [single])
        fresh = model._default_manager.select_for_update(of=("self",)).filter(pk=obj.pk).first()
        fresh = known(fresh, obj)
        check_unchanged(fresh, unchanged_since)
        keep_within(model, [fresh], "change", user=by.limited_to)
        columns, links = columns_of(fresh), links_of(model, [fresh.pk])[fresh.pk]
        before = state_of(fresh, links)
        check_tags(model, many, links.get("tags", ()))
        for name, value in single.items():
            setattr(fresh, name, value)
        merge_values(model, [fresh], [before])
        check_one(fresh, columns)
        require(model, [fresh], [columns])
        changed, relinked = differing(fresh, columns), _relinked(many, links)
        if changed or relinked:
            fresh.save(update_fields=[*changed, *dates_of(model)])
        for name, others in relinked.items():
            getattr(fresh, name).set(others)
        hold(model, [fresh], [changed])
        keep_within(model, [fresh], "change", user=by.limited_to)
        links |= {name: [one.pk for one in others] for name, others in relinked.items()}
        change = Change(fresh, fresh.pk, before, state_of(fresh, links))
        log_changes([change], by=by)
        follow([change], by=by)
    return fresh


def _relinked(
    many: Mapping[str, Sequence[Any]], links: Mapping[str, Sequence[int]]
) -> dict[str, Sequence[Any]]:
    """Those of `many` that differ from what the object is linked to."""
    return {
        name: others
        for name, others in many.items()
        if {one.pk for one in others} != set(links.get(name, ()))
    }
