"""What is told to the change log: who did it, and what each object was before and after.

Entries are gathered while a transaction goes on; `log` writes them at its end.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db.models import Model

from dcim.catalog import kind_of
from dcim.record.log.chain import digest_of_json, keys_of, print_of, settled
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import User
from dcim.record.planner.allocations import COUNTERS
from dcim.vocabulary.choices import ChangeAction

State = Mapping[str, Any]
SECRET_FIELDS: Final = frozenset({"password", "digest"})
# Kept beside the values by themselves: dates, how deep an object stands, what it claims, what is
# drawn on it.
NOT_STATE: Final = frozenset(
    {"created", "last_updated", "last_login", "last_used", "depth", "claim", *COUNTERS}
)
# Frozen when written and large: a digest stands for each.
KEPT_IN_ITS_ROW: Final = frozenset({"document", "report", "log"})
_gathered: ContextVar[list[ObjectChange] | None] = ContextVar("_gathered", default=None)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes, in which request, and why.

    `in_deed` says that a deed writes whose own rule has judged who may do it: no right to write its
    objects one by one is asked for.
    """

    user: User | None
    name: str
    request_id: uuid.UUID = field(default_factory=uuid.uuid4)
    message: str = ""
    source_address: str = ""
    in_deed: bool = False

    @classmethod
    def of(
        cls,
        user: User,
        *,
        request_id: uuid.UUID | None = None,
        message: str = "",
        source_address: str = "",
    ) -> Actor:
        """The signed-in `user`, acting in the request `request_id` from `source_address`."""
        return cls(user, user.get_username(), request_id or uuid.uuid4(), message, source_address)

    def saying(self, message: str) -> Actor:
        """The same actor with a message of its own for what comes next; empty: the one there is."""
        return replace(self, message=message) if message else self

    def for_deed(self) -> Actor:
        """The same actor, once the rule of the deed has let it pass."""
        return replace(self, in_deed=True)

    @property
    def limited_to(self) -> User | None:
        """Whose rights on single objects limit what is written; None: nobody's."""
        return None if self.in_deed else self.user

    @classmethod
    def system(cls, message: str) -> Actor:
        """A command run by whoever operates the server."""
        return cls(None, "system", message=message)


@dataclass(frozen=True, slots=True)
class Change:
    """One object's states around a write; None is "did not exist".

    `name` is what the object was called, where it can't be asked once the entry is written;
    `message` is why this one was written, where its writer says more than the actor's message.
    """

    obj: Model
    pk: int
    before: State | None
    after: State | None
    name: str = ""
    message: str = ""


def log_changes(changes: Iterable[Change], *, by: Actor) -> None:
    """Keep an entry per change for the end of the transaction, where `refusals.writing` logs it.

    A write that changed nothing leaves none; a block that is undone takes its entries along.

    Raises:
        RuntimeError: outside `writing()`, since nobody would log them.
        ValueError: who writes is not stored.
    """
    gathered = _gathered.get()
    if gathered is None:
        raise RuntimeError("Write inside refusals.writing(): it logs the changes at its end.")
    if by.user is not None and by.user.pk is None:
        raise ValueError(f"{by.user} is an unsaved user.")
    gathered.extend(_entry(change, by) for change in changes if change.before != change.after)


@contextmanager
def gathering() -> Iterator[list[ObjectChange] | None]:
    """Gather the entries of a block; an inner block hands its own to the outer one when it is done.

    Yields: the entries, filled as the block goes on, for the outermost block to log; None for an
    inner one.
    """
    outer, mine = _gathered.get(), list[ObjectChange]()
    token = _gathered.set(mine)
    try:
        yield mine if outer is None else None
    finally:
        _gathered.reset(token)
    if outer is not None:
        outer.extend(mine)


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
        source_address=by.source_address,
        action=action.value,
        changed_object_type=kind_of(type(change.obj)),
        changed_object_id=change.pk,
        object_repr=(change.name or str(change.obj))[:200],
        message=(change.message or by.message)[:200],
        prechange_data=settled(change.before),
        postchange_data=settled(change.after),
    )


def state_of(obj: Model, many: Mapping[str, list[int]] | None = None) -> State:
    """Every stored value of `obj` as JSON holds it: references by id, secrets by prints.

    For what is large and never changes its digest stands.

    Args:
        obj: A saved object.
        many: Ids per many-to-many field, where the caller has them; else they are asked for.
    """
    options = obj._meta
    state = {
        one.name: _logged(one.name, one.value_from_object(obj))
        for one in options.concrete_fields
        if one.name not in NOT_STATE
    }
    for one in options.many_to_many:
        if many is None:
            state[one.name] = sorted(getattr(obj, one.name).values_list("pk", flat=True))
        else:
            state[one.name] = sorted(many.get(one.name, ()))
    return state


def secret_print(secret: str, key_id: str = "") -> str | None:
    """What the log keeps of a secret: enough to tell that it is another one, no more.

    Args:
        secret: What must not be told.
        key_id: The log's key to make it with; its newest when left out.

    Returns: None when that key is not there.
    """
    keys = keys_of(settings.LOG_KEYS)
    key = keys.get(key_id) if key_id else next(iter(keys.values()))
    return print_of(key, secret) if key is not None else None


def _logged(name: str, value: Any) -> Any:
    """What the log holds of the value of the field `name`."""
    if name in SECRET_FIELDS:
        return secret_print(value)
    return digest_of_json(value) if name in KEPT_IN_ITS_ROW else _plain(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str, list, dict)):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
