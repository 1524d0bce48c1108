"""Compares the record with its log: rows that were written past the actions, by a statement in SQL.

The newest logged state of an object is what its row should say. Rows are read in steps, with a few
statements each; secrets are compared by their prints, and what is not logged is not compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Exists, Max, Model, OuterRef

from dcim.actions.changes import SECRET_FIELDS, State, secret_print
from dcim.actions.verification.log_findings import Finding, Problem
from dcim.actions.writes.removal import LOGGED
from dcim.actions.writes.values import states_of
from dcim.catalog import kind_of
from dcim.catalog.roles import ROLES
from dcim.record.log.chain import settled
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import ApiToken, Group, User
from dcim.vocabulary.choices import ChangeAction

COMPARED: Final = LOGGED | {User, ApiToken}
ROWS_AT_ONCE: Final = 1_000
Logged = tuple[int, str, State | None]


def check_record(models: Collection[type[Model]] = COMPARED) -> Iterator[Finding]:
    """Rows that differ from their newest logged state, were never logged, or are gone unlogged."""
    for model in sorted(models, key=kind_of):
        yield from _altered(model)
        yield from _gone(model)


def _altered(model: type[Model]) -> Iterator[Finding]:
    after = 0
    while rows := list(model._default_manager.filter(pk__gt=after).order_by("pk")[:ROWS_AT_ONCE]):
        logged = _newest(kind_of(model), [one.pk for one in rows])
        for obj, state in zip(rows, states_of(model, rows), strict=True):
            finding = _compared(obj, settled(state), logged.get(obj.pk))
            if finding is not None:
                yield finding
        after = rows[-1].pk


def _newest(kind: str, keys: Sequence[int]) -> Mapping[int, Logged]:
    """Entry, action and state of the newest change of each object."""
    entries = ObjectChange.objects.filter(changed_object_type=kind, changed_object_id__in=keys)
    newest = entries.order_by().values("changed_object_id").annotate(newest=Max("pk"))
    found = ObjectChange.objects.filter(pk__in=newest.values("newest")).order_by()
    columns = found.values_list("changed_object_id", "pk", "action", "postchange_data")
    return {key: (pk, action, state) for key, pk, action, state in columns}


def _compared(obj: Model, state: State, logged: Logged | None) -> Finding | None:
    place: dict[str, Any] = {"kind": kind_of(type(obj)), "pk": obj.pk, "name": str(obj)}
    if logged is None and isinstance(obj, Group) and obj.name in ROLES:
        return None  # made with its table
    if logged is None:
        return Finding(Problem.ROW_UNLOGGED, **place)
    entry, action, after = logged
    if action == ChangeAction.DELETE or after is None:
        return Finding(Problem.ROW_UNLOGGED, entry=entry, **place)
    differing = {
        name: {"logged": after[name], "row": value}
        for name, value in state.items()
        if name in after and after[name] != value and not _is_same_secret(obj, name, after[name])
    }
    if not differing:
        return None
    return Finding(Problem.ROW_ALTERED, entry=entry, **place, detail=differing)


def _is_same_secret(obj: Model, name: str, logged: str) -> bool:
    """Whether a secret's print is of an older key, and fits; without that key nothing is said."""
    if name not in SECRET_FIELDS:
        return False
    made = secret_print(getattr(obj, name), logged.partition(":")[0])
    return made is None or made == logged


def _gone(model: type[Model]) -> Iterator[Finding]:
    """Objects whose newest entry is no deletion, and whose row is not there."""
    same = {
        "changed_object_type": OuterRef("changed_object_type"),
        "changed_object_id": OuterRef("changed_object_id"),
    }
    rows = model._default_manager.filter(pk=OuterRef("changed_object_id"))
    entries = ObjectChange.objects.filter(
        ~Exists(ObjectChange.objects.filter(**same, pk__gt=OuterRef("pk"))),
        ~Exists(rows.order_by()),
        changed_object_type=kind_of(model),
    ).exclude(action=ChangeAction.DELETE.value)
    columns = entries.order_by("pk").values_list("pk", "changed_object_id", "object_repr", "time")
    for pk, key, name, time in columns.iterator(chunk_size=ROWS_AT_ONCE):
        yield Finding(
            Problem.ROW_GONE,
            entry=pk,
            kind=kind_of(model),
            pk=key,
            name=name,
            time=time.isoformat(),
        )
