"""How `serve` runs gunicorn: in the foreground, loaded once, two workers of four threads."""

from __future__ import annotations

import sys
from typing import Protocol

worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
graceful_timeout = 5
loglevel = "warning"
control_socket_disable = True


class Settings(Protocol):
    """What of gunicorn's settings is read here."""

    address: list[tuple[str, int]]


class Server(Protocol):
    """What of gunicorn's master process is read here."""

    cfg: Settings


def when_ready(server: Server) -> None:
    """Tell the address once it answers."""
    from django.utils.translation import gettext as _

    host, port = server.cfg.address[0]
    sys.stdout.write(
        _("Lumbung answers on http://%(host)s:%(port)s — Ctrl-C stops it.\n")
        % {"host": host, "port": port}
    )
    sys.stdout.flush()
