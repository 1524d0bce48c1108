"""A server of the test's own on a free port, that answers as the test says and notes who asked."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Heard:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        """Its body, which is JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer; a body that is no bytes is sent as JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def sent(self) -> bytes:
        """The body as bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Server(ThreadingHTTPServer):
    """Answers, and notes what it heard."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Heard], Said]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.heard: list[Heard] = []
        self.scheme = "http"

    def handle_error(self, request: object, client_address: object) -> None:
        """Who went away before the answer came is no matter here."""

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def requests(self, method: str) -> list[Heard]:
        """What it heard of that method."""
        return [one for one in self.heard if one.method == method]


@contextmanager
def answering(
    answer: Callable[[Heard], Said], *, certificate: Path | None = None
) -> Iterator[Server]:
    """A server that answers by `answer`; over TLS where a certificate with its key is given."""
    with Server(answer) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.scheme = "https"
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def _hear(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        heard = Heard(self.command, self.path, dict(self.headers), body)
        self.server.heard.append(heard)
        said = self.server.answer(heard)
        self.send_response(said.status)
        for name, value in {"Content-Type": "application/json", **said.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said.sent)))
        self.end_headers()
        self.wfile.write(said.sent)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _hear  # names of http.server

    def log_message(self, format: str, *args: object) -> None:  # its name there
        """Says nothing."""
