"""Who holds a stack: one run at a time, and its name for whoever comes second.

Runs of one machine share a file lock: the second waits. Where teams keep state in PostgreSQL, a
lock of the database's session stands beside Pulumi's own: the second run, wherever it is, is
refused and told by name who is at it. Both locks end with the process that holds them, so neither
is ever stale. What is left to judge is a lock of Pulumi's own, whose engine was killed: it is taken
away only where that engine was on this machine and lives no longer.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from dcim.planning.sentences import tell
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import InvalidInput, LumbungError, MissingComponent, Refused, Stopped
from provisioning.engine.state.leftovers import engine_lives

if TYPE_CHECKING:
    import psycopg

BACKEND: Final = "PULUMI_BACKEND_URL"
PASSWORD: Final = "PGPASSWORD"  # noqa: S105  # the name of a variable
CONNECT_SECONDS: Final = 10
LOOK_EVERY_S: Final = 0.2
_POSTGRESQL: Final = ("postgres://", "postgresql://")
_OWN_PARAMETERS: Final = {"table"}
"""What Pulumi takes in the address beyond what the database's own library knows."""
_OURS: Final = 0x6C756D62  # “lumb”: sets our locks apart from those of others in the database
_ENCODED: Final = re.compile(r"(?:[^%\s]|%[0-9a-fA-F]{2})*")
_NAMED: Final = re.compile(r"created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)")
_TABLE: Final = """
    create table if not exists lumbung_holders (
        stack text primary key, who text not null, machine text not null, pid integer not null,
        run text not null, since text not null
    )
"""
_HELD: Final = """
    select exists (
        select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and database = (select oid from pg_database where datname = current_database())
        and classid = %s and objid = (hashtext(%s)::bigint & 4294967295)::oid
    )
"""  # looked at, not tried: a run that comes just then must not find it taken


class StateUnreachable(LumbungError):
    """The database that keeps Pulumi's state can't be reached."""

    code = "engine.state_unreachable"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a stack: the person, the machine and process, for which run, and since when."""

    who: str
    machine: str
    pid: int
    run: str
    since: str

    def __str__(self) -> str:
        return self.told

    @property
    def told(self) -> str:
        """The holder in words."""
        return tell(
            _("%(who)s on %(machine)s (process %(pid)s%(run)s, since %(since)s)"),
            who=self.who,
            machine=self.machine,
            pid=self.pid,
            run=f", {self.run}" if self.run else "",
            since=self.since,
        )

    @property
    def is_dead(self) -> bool:
        """Whether it was an engine of this machine that provably lives no longer."""
        return self.machine == socket.gethostname() and not engine_lives(self.pid)


def this_run(run: str) -> Holder:
    """The holder that this process is, at `run`."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")  # noqa: TID251  # no Django here
    return Holder(_user(), socket.gethostname(), os.getpid(), run, now)


def engines_named(complaint: str) -> list[Holder]:
    """The holders that the engine names where it complains of a lock."""
    return [
        Holder(who, machine, int(pid), "", since)
        for who, machine, pid, since in _NAMED.findall(complaint)
    ]


@contextmanager
def held_on_machine(
    path: Path, target: str, run: str, say: Callable[[str], None], watch: Watch = UNWATCHED
) -> Iterator[None]:
    """Waits until no other run of this machine has the lock at `path`, and says for whom.

    Raises: Stopped when `watch` wants an end of the waiting.
    """
    with path.open("a+", encoding="utf-8") as lock:
        if not _taken(lock):
            holder = _written_in(lock)
            waits = _("%(target)s: waiting for %(holder)s to end …")
            say(tell(waits, target=target, holder=holder))
            while not _taken(lock):
                if watch.is_stopped():
                    raise Stopped(
                        tell(_("The run was stopped as it waited for %(holder)s."), holder=holder),
                        hint=_("Nothing was begun. Preview again once that has ended."),
                    )
                time.sleep(LOOK_EVERY_S)
        lock.truncate(0)
        json.dump(asdict(this_run(run)), lock)
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Whether a run of this machine has the lock at `path` now."""
    with path.open("a", encoding="utf-8") as lock:
        return not _taken(lock)


def named_backend() -> str:
    """The address that the environment names for state; empty for files of our own.

    Raises: InvalidInput, which never tells it, since it may hold a password.
    """
    url = os.environ.get(BACKEND, "").strip()
    if url and "://" not in url:
        raise InvalidInput(
            _("is no address of a place."),
            field=BACKEND,
            hint=_("Write file:///FOLDER or postgres://USER:PASSWORD@HOST/DATABASE."),
        )
    if is_postgresql(url):
        _check_address(url)
    return url


def is_postgresql(url: str) -> bool:
    """Whether state is kept in a PostgreSQL."""
    return url.startswith(_POSTGRESQL)


def told_to_engine(url: str) -> dict[str, str]:
    """The variables that tell the engine where state is: a database's password on its own.

    The engine notes in its home which stack of which address was used last, password and all.
    """
    parts = urlsplit(url)
    if not is_postgresql(url) or parts.password is None:
        return {BACKEND: url}
    user, _, host = parts.netloc.rpartition("@")
    place = parts._replace(netloc=f"{user.partition(':')[0]}@{host}")
    return {BACKEND: urlunsplit(place), PASSWORD: unquote(parts.password)}


@contextmanager
def held_in_database(url: str, target: str, run: str) -> Iterator[None]:
    """Holds the stack in the database of states, by a lock that ends with its connection.

    Raises: Refused, naming the holder, when another has it, or when the database is Django's;
    StateUnreachable; MissingComponent without psycopg.
    """
    with _connected(url) as connection:
        _refuse_djangos(connection)
        _make_table(connection)
        if not _truth(connection, f"select pg_try_advisory_lock({_OURS}, hashtext(%s))", target):
            raise Refused(
                tell(
                    _("%(holder)s holds the stack %(target)s."),
                    holder=_noted(connection, target),
                    target=target,
                ),
                field=BACKEND,
                hint=_("Wait until it ends, then run again."),
            )
        _note(connection, target, this_run(run))
        try:
            yield
        finally:
            with suppress(_lost()):  # the lock went with the connection, and the note says no more
                connection.execute("delete from lumbung_holders where stack = %s", [target])


def is_held_in_database(url: str, target: str) -> bool:
    """Whether a run, wherever it is, holds the stack in the database of states now.

    Raises: StateUnreachable; MissingComponent without psycopg.
    """
    with _connected(url) as connection:
        return _truth(connection, _HELD, _OURS, target)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _another_run() -> str:
    return tell(_("another run"))


def _written_in(lock: IO[str]) -> str:
    """The holder that a lock's file names; its writer may be just at it."""
    lock.seek(0)
    try:
        return Holder(**json.loads(lock.read())).told
    except (ValueError, TypeError):
        return _another_run()


# PostgreSQL


def _check_address(url: str) -> None:
    """What the database's own library says of a wrong address holds pieces of it, so it is asked
    only of what can be read.
    """
    try:
        parts = urlsplit(url)
        is_one = parts.port != 0 and not parts.fragment  # a port that is no number raises
    except ValueError:
        is_one = False
    if not is_one or not _ENCODED.fullmatch(url):
        raise InvalidInput(
            _("is no address of a database."),
            field=BACKEND,
            hint=_(
                "Write postgres://USER:PASSWORD@HOST/DATABASE, and in the password %25 for %, %2F"
                " for /, %3F for ?, %23 for #, %40 for @ and %20 for a space."
            ),
        )


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    try:
        import psycopg
    except ImportError as err:
        raise MissingComponent(
            _("state in PostgreSQL needs the package psycopg."),
            field=BACKEND,
            hint=_("Run pip install 'lumbung[provisioning,postgresql]'."),
        ) from err
    try:
        connection = psycopg.connect(
            _for_libpq(url), autocommit=True, connect_timeout=CONNECT_SECONDS
        )
    except psycopg.Error as err:
        reason = next(iter(str(err).splitlines()), "")
        raise StateUnreachable(
            tell(_("the database of Pulumi's state can't be reached: %(words)s"), words=reason),
            field=BACKEND,
            hint=_("See that its server runs, and that the user may connect."),
        ) from err
    with connection:
        yield connection


def _for_libpq(url: str) -> str:
    parts = urlsplit(url)
    query = [one for one in parse_qsl(parts.query) if one[0] not in _OWN_PARAMETERS]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _lost() -> type[Exception]:
    import psycopg

    return psycopg.Error


def _truth(connection: psycopg.Connection, question: str, *values: str | int) -> bool:
    row = connection.execute(question.encode(), values).fetchone()
    return row is not None and bool(row[0])


def _refuse_djangos(connection: psycopg.Connection) -> None:
    if _truth(connection, "select to_regclass('django_migrations') is not null"):
        raise Refused(
            _(
                "this database holds the record: who may write Pulumi's state could write there"
                " too."
            ),
            field=BACKEND,
            hint=_("Give the state a database and a user of its own."),
        )


def _make_table(connection: psycopg.Connection) -> None:
    """Makes the table of holders once; two who come first at once take turns."""
    if _truth(connection, "select to_regclass('lumbung_holders') is not null"):
        return
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [_OURS])
        connection.execute(_TABLE)


def _note(connection: psycopg.Connection, target: str, holder: Holder) -> None:
    connection.execute(
        "insert into lumbung_holders (stack, who, machine, pid, run, since)"
        " values (%s, %s, %s, %s, %s, %s) on conflict (stack) do update set who = excluded.who,"
        " machine = excluded.machine, pid = excluded.pid, run = excluded.run,"
        " since = excluded.since",
        [target, holder.who, holder.machine, holder.pid, holder.run, holder.since],
    )


def _noted(connection: psycopg.Connection, target: str) -> str:
    """The holder by name; who has just taken the lock may not have signed yet."""
    row = connection.execute(
        "select who, machine, pid, run, since from lumbung_holders where stack = %s", [target]
    ).fetchone()
    return _another_run() if row is None else Holder(*row).told
