"""How `serve` runs gunicorn: in the foreground, loaded once, two workers of four threads."""

from __future__ import annotations

import sys
from contextlib import suppress
from threading import Timer
from typing import Protocol

worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
graceful_timeout = 4  # s; a write that is cut off then is rolled back whole
loglevel = "warning"
control_socket_disable = True
WARM_AFTER = 1.0  # s


class Settings(Protocol):
    """What of gunicorn's settings is read here."""

    address: list[tuple[str, int]]


class Server(Protocol):
    """What of gunicorn's master process is read here."""

    cfg: Settings


def when_ready(server: Server) -> None:
    """Load the pages before the workers part, and tell the address."""
    from django.urls import get_resolver
    from django.utils.translation import gettext as _

    _patterns = get_resolver().url_patterns
    host, port = server.cfg.address[0]
    sys.stdout.write(
        _("Lumbung answers on http://%(host)s:%(port)s — Ctrl-C stops it.\n")
        % {"host": host, "port": port}
    )
    sys.stdout.flush()


def post_worker_init(_worker: object) -> None:
    """Build the graph once the first page is out, so that the next that asks it need not wait."""
    beside = Timer(WARM_AFTER, build_graph)
    beside.daemon = True
    beside.start()


def build_graph() -> None:
    """Keep the graph of the record in this worker; who asks later says what is wrong with it."""
    from django.db import DatabaseError, connection

    from dcim.graph.load import current_graph
    from dcim.vocabulary.errors import LumbungError

    with suppress(DatabaseError, LumbungError):
        current_graph()
    connection.close()
