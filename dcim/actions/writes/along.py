"""Stored objects that change along with what is written: dated, judged and logged as its part."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model
from django.utils import timezone

from dcim.actions.changes import Actor, Change, State, log_changes
from dcim.actions.writes.consequences import hold
from dcim.actions.writes.preconditions import require
from dcim.actions.writes.statements import update_rows
from dcim.actions.writes.values import dates_of, states_of


def change_along(
    model: type[Model],
    objects: Sequence[Model],
    before: Sequence[State],
    names: Sequence[str],
    *,
    by: Actor,
) -> None:
    """Write the fields `names` of locked `objects`, which have their new values already.

    Args:
        model: What the objects are.
        objects: As they are to be.
        before: Their states as they are stored.
        names: The fields whose values differ.
        by: Who writes.

    Raises: Refused, InvalidInput: as for a write of the objects.
    """
    if not objects:
        return
    now, dated = timezone.now(), dates_of(model)
    for one in objects:
        for name in dated:
            setattr(one, name, now)
    also = require(model, objects, before)
    update_rows(model, objects, sorted({*names, *dated, *also}))
    hold(model, objects, [set(names) for _ in objects])
    states = zip(objects, before, states_of(model, objects), strict=True)
    log_changes((Change(one, one.pk, was, is_now) for one, was, is_now in states), by=by)
