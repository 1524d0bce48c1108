"""The product as it runs: its own server, with its own settings, on a database of its own.

What many do at once is proven here: on SQLite writers meet at a real file, on either engine in
real connections of two processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier

from tests.setup.ports import free_port

ROOT: Final = Path(__file__).resolve().parents[1]
WRITERS: Final = 32
START_S: Final = 60
ANSWER_S: Final = 120
# Two workers, as served, with threads enough that nobody waits for another's answer.
THREADS: Final = {"GUNICORN_CMD_ARGS": f"--threads {WRITERS // 2}"}
PREPARE: Final = """
from django.core.management import call_command
call_command("migrate", verbosity=0, skip_checks=True)
from dcim.actions.accounts.users import create_first_admin, create_token
from dcim.actions.changes import Actor
by = Actor.system("test")
print(create_token(create_first_admin(by=by)[0], by=by))
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    etag: str


Call = tuple[str, str, Any]


@dataclass(frozen=True, slots=True)
class Product:
    """A running server, and how to command what stands behind it."""

    port: int
    token: str
    environment: Mapping[str, str]

    def ask(self, method: str, path: str, body: Any = None, *, if_match: str = "") -> Answer:
        """The answer to one request, over a connection of its own."""
        with self._connected() as connection:
            return self._asked(connection, (method, path, body), if_match)

    def make(self, path: str, **values: Any) -> int:
        """The id of a new object."""
        made = self.ask("POST", path, values)
        assert made.status == 201, made
        pk: int = made.body["id"]
        return pk

    def at_once(self, calls: Sequence[Call], *, if_match: str = "") -> list[Answer]:
        """The answers to requests that begin together, each over a connection of its own."""
        start = Barrier(len(calls))

        def run(call: Call) -> Answer:
            with self._connected() as connection:
                start.wait()
                return self._asked(connection, call, if_match)

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(run, calls))

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """What a command says."""
        return manage(self.environment, *command)

    def verify_log(self, *options: str) -> dict[str, Any]:
        """What the check of the log found, by program."""
        done = self.manage("verify_log", "--json", *options)
        told: dict[str, Any] = json.loads(done.stdout) | {"exit": done.returncode}
        return told

    @contextmanager
    def _connected(self) -> Iterator[HTTPConnection]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)
        connection.connect()
        try:
            yield connection
        finally:
            connection.close()

    def _asked(self, connection: HTTPConnection, call: Call, if_match: str) -> Answer:
        method, path, body = call
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if if_match:
            headers["If-Match"] = if_match
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/api/{path}", sent, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status < 500, text
        return Answer(answer.status, json.loads(text) if text else None, answer.headers["ETag"])


@contextmanager
def served(folder: Path) -> Iterator[Product]:
    """The product with `folder` for its data, migrated and with nothing in it but one user."""
    with _database() as url:
        environment = {**os.environ, "LUMBUNG_DATA": str(folder), "DATABASE_URL": url}
        environment |= THREADS | {"LUMBUNG_LANGUAGE": "en"}
        made = manage(environment, "shell", "--no-imports", "--command", PREPARE)
        assert made.returncode == 0, made.stderr
        token = made.stdout.split()[-1]
        port = free_port()
        command = ["gunicorn", "dcim.wsgi:application", "-b", f"127.0.0.1:{port}"]
        command += ["-c", "python:dcim.management.gunicorn_conf"]
        server = subprocess.Popen([sys.executable, "-m", *command], env=environment, cwd=ROOT)
        try:
            product = Product(port, token, environment)
            _wait(lambda: product.ask("GET", "status/").status == 200)
            yield product
        finally:
            server.terminate()
            server.wait()


def manage(environment: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@contextmanager
def workers(product: Product) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers of the product under one name; they are gone at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = ["manage.py", "db_worker", "--worker-id", "test-1", "--interval", "0.1"]
        command += ["--no-startup-delay", "--verbosity", "0"]
        environment = dict(product.environment)
        started.append(subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@contextmanager
def _database() -> Iterator[str]:
    """The address of a new database beside the one that DATABASE_URL names; of SQLite none."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        yield url
        return
    name = f"served_{os.getpid()}_{free_port()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _wait(is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with suppress(OSError):
            if is_there():
                return
        time.sleep(0.1)
    raise AssertionError("The server does not answer.")
