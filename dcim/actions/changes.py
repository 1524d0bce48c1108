"""The change log's writer: who did it, and what each object was before and after."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Model

from dcim.catalog import kind_of
from dcim.record.account import User
from dcim.record.changes import ObjectChange
from dcim.vocabulary.choices import ChangeAction

State = Mapping[str, Any]
SECRET_FIELDS: Final = frozenset({"password", "digest"})
NOT_STATE: Final = frozenset({"created", "last_updated", "last_login"})
# Frozen when written and large: a plan's digest stands for its document.
KEPT_IN_ITS_ROW: Final = frozenset({"document", "report"})
CHANGE_LOG_LOCK: Final = int.from_bytes(b"lumbung", "big")  # one number of this database's own


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes, in which request, and why."""

    user: User | None
    name: str
    request_id: uuid.UUID = field(default_factory=uuid.uuid4)
    message: str = ""

    @classmethod
    def of(cls, user: User, *, request_id: uuid.UUID | None = None, message: str = "") -> Actor:
        """The signed-in `user`, acting in the request `request_id`."""
        return cls(user, user.get_username(), request_id or uuid.uuid4(), message)

    @classmethod
    def system(cls, message: str) -> Actor:
        """A command run by whoever operates the server."""
        return cls(None, "system", message=message)


@dataclass(frozen=True, slots=True)
class Change:
    """One object's states around a write; None is "did not exist".

    `name` is what the object was called, where it can't be asked once the entry is written.
    """

    obj: Model
    pk: int
    before: State | None
    after: State | None
    name: str = ""


def log_changes(changes: Iterable[Change], *, by: Actor) -> None:
    """Write an entry per change with one statement; a write that changed nothing leaves none.

    Call it at the end of the transaction that made the changes: writers wait for one another from
    here to their commits.
    """
    entries = [_entry(change, by) for change in changes if change.before != change.after]
    if entries:
        _queue_for_commit()
        ObjectChange.objects.bulk_create(entries, batch_size=500)


def _queue_for_commit() -> None:
    """Let ids be drawn in the order of commits; else a reader of the newest would miss older ones.

    On SQLite a transaction has been the only writer since it began.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHANGE_LOG_LOCK])


def _entry(change: Change, by: Actor) -> ObjectChange:
    if change.before is None:
        action = ChangeAction.CREATE
    elif change.after is None:
        action = ChangeAction.DELETE
    else:
        action = ChangeAction.UPDATE
    return ObjectChange(
        user=by.user,
        user_name=by.name,
        request_id=by.request_id,
        action=action.value,
        changed_object_type=kind_of(type(change.obj)),
        changed_object_id=change.pk,
        object_repr=(change.name or str(change.obj))[:200],
        message=by.message[:200],
        prechange_data=change.before,
        postchange_data=change.after,
    )


def state_of(obj: Model, many: Mapping[str, list[int]] | None = None) -> State:
    """Every stored value of `obj` as JSON holds it: references by id, secrets masked.

    Args:
        obj: A saved object.
        many: Ids per many-to-many field, where the caller has them; else they are asked for.
    """
    options = obj._meta
    state = {
        one.name: "***" if one.name in SECRET_FIELDS else _plain(one.value_from_object(obj))
        for one in options.concrete_fields
        if one.name not in NOT_STATE | KEPT_IN_ITS_ROW
    }
    for one in options.many_to_many:
        if many is None:
            state[one.name] = sorted(getattr(obj, one.name).values_list("pk", flat=True))
        else:
            state[one.name] = sorted(many.get(one.name, ()))
    return state


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str, list, dict)):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
