"""One small service, a process of its own: answers as well as what it needs lets it.

    python -I -S tests/live/service.py FD NAME NEEDS

NEEDS is JSON: {"ports": {NAME: PORT}, "hard": [[K, [NAME, ...]], ...], "soft": [NAME, ...]}.

FD is a socket that listens already, so who asks at once only waits until the process is up. At
every request it asks all that it needs: 503 where fewer than K of those in one of its hard needs
answer, 200 with `degraded` where there is less to spare or a soft need is away, else 200 with
`up`. A need that is asked already on the way here counts as up: services that need each other in a
circle stand until something outside of it falls. Standard library only.
"""

from __future__ import annotations

import json
import socket
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER_S = 20
DOWN, DEGRADED, UP = "down", "degraded", "up"


def state_at(port: int, on_the_way: str = "") -> str:
    """What the service behind `port` answers; down where nobody does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)
    try:
        connection.request("GET", "/", headers={"X-On-The-Way": on_the_way})
        answer = connection.getresponse()
        told = answer.read().decode()
    except (OSError, HTTPException):
        return DOWN
    finally:
        connection.close()
    return told if answer.status == HTTPStatus.OK else DOWN


class Server(ThreadingHTTPServer):
    """The service `name`, on a socket that listens already."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, name: str, needs: dict[str, Any]) -> None:
        super().__init__(listening.getsockname(), Service, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.name = name
        self.needs = needs

    def state(self, passed: list[str]) -> str:
        """How it fares, when `passed` have been asked on the way here."""
        hard = [(k, [self._ask(one, passed) for one in names]) for k, names in self.needs["hard"]]
        soft = [self._ask(one, passed) for one in self.needs["soft"]]
        if any(len(states) - states.count(DOWN) < k for k, states in hard):
            return DOWN
        lost = [DOWN in states or states.count(UP) < k for k, states in hard]
        return DEGRADED if any(lost) or DOWN in soft else UP

    def _ask(self, name: str, passed: list[str]) -> str:
        return UP if name in passed else state_at(self.needs["ports"][name], ",".join(passed))


class Service(BaseHTTPRequestHandler):
    """Answers any request with how the service fares."""

    server: Server

    def do_GET(self) -> None:
        on_the_way = self.headers.get("X-On-The-Way", "").split(",")
        state = self.server.state([*filter(None, on_the_way), self.server.name])
        body = state.encode()
        self.send_response(HTTPStatus.SERVICE_UNAVAILABLE if state == DOWN else HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: object) -> None:
        """Say nothing: every request would be a line among the tests' output."""


def main() -> None:
    """Serve until killed."""
    number, name, needs = sys.argv[1:]
    Server(socket.socket(fileno=int(number)), name, json.loads(needs)).serve_forever()


if __name__ == "__main__":
    main()
