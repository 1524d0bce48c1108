"""Reading the record as it is at one moment, and keeping what was made of it until it changes.

No lock that writers would wait for: answers rest on one committed state, named by the newest link
of the change log.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Generic, TypeVar

from django.db import connection

from dcim.record.log.changes import newest_link

AnswerT = TypeVar("AnswerT")
_is_open: ContextVar[bool] = ContextVar("_is_open", default=False)


@contextmanager
def one_view() -> Iterator[None]:
    """Let every query see the same committed state.

    Notes: Django's atomic() would take SQLite's write lock, and see each commit of others on
    PostgreSQL. Within a transaction, whose own writes are to be seen, and within another view, this
    is left to that.
    """
    if connection.in_atomic_block or _is_open.get():
        yield
        return
    repeatable = connection.vendor == "postgresql"
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if repeatable else "BEGIN DEFERRED"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        outer = _is_open.set(True)
        try:
            yield
        finally:
            _is_open.reset(outer)
            cursor.execute("ROLLBACK")


class Kept(Generic[AnswerT]):
    """What `make` makes of the record, kept in this process until the record changes.

    Notes:
        Asking again without a change costs one query. Inside a transaction the answer is made anew
        and not kept, since what is seen there may never be committed. Threads wait for one another
        to make it. Only the newest answer is kept, and who asks gets the same object as others:
        `make` must give what nobody changes.
    """

    def __init__(self, make: Callable[[], AnswerT]) -> None:
        self._make = make
        self._lock = Lock()
        self._newest: dict[Hashable, AnswerT] = {}

    def now(self, beside: Hashable = None) -> AnswerT:
        """The answer for the record as it is now, and for what it depends on `beside` that."""
        if connection.in_atomic_block:
            return self._make()
        with self._lock:
            state = newest_link()
            if (state, beside) not in self._newest:
                with one_view():
                    state = newest_link()
                    made = self._make()
                self._newest = {} if state is None else {(state, beside): made}
                return made
            return self._newest[state, beside]
