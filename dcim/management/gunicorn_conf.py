"""How `serve` runs gunicorn: in the foreground, loaded once, two workers of four threads.

What is loaded before the workers part is theirs together: the garbage collector is told to leave
it alone, so that it neither looks through it again and again nor copies its pages into each worker.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from threading import Thread, Timer
from time import sleep
from typing import Protocol

worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
keepalive = 75  # s; programs and proxies ask again over the same connection
limit_request_line = 8190  # bytes; the most it takes, so that a filter may name hundreds of ids
graceful_timeout = 4  # s; a write that is cut off then is rolled back whole
loglevel = "warning"
control_socket_disable = True
supervisor = 0  # the process that keeps a worker; `serve` sets it
M_ARENA_MAX = -8  # glibc's number for it
GIVE_BACK_EVERY = 10.0  # s
WARM_AFTER = 1.0  # s
# Devices and machines; the graph of more takes seconds and much memory, so it waits until asked.
WARM_UP_TO = 5_000
COLLECT_AFTER = 20_000  # new objects; a page of a list makes thousands that all go at once


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
    one_heap()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def on_exit(_server: object) -> None:
    """End the worker for jobs that `serve` has started beside this server."""
    from dcim.management.jobs.supervision import end

    if supervisor:
        end(supervisor)


def one_heap() -> None:
    """Let all threads take memory from one heap: each would keep what its largest page needed.

    Only glibc has heaps per thread; elsewhere there is nothing to say.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def post_worker_init(_worker: object) -> None:
    """Build the graph once the first page is out, so that the next that asks it need not wait."""
    beside = Timer(WARM_AFTER, build_graph)
    beside.daemon = True
    beside.start()
    Thread(target=give_back, daemon=True).start()
    Thread(target=watch_by_night, daemon=True).start()


def watch_by_night() -> None:
    """Make the emergency book every night, unless that is switched off."""
    from django.conf import settings

    from dcim.management.nightly import keep_watch

    if settings.BOOK_AT is not None:
        keep_watch()


def give_back() -> None:
    """Return to the system, now and then, what large answers have left free within the heap.

    glibc gives back only the end of a heap by itself; one small block there keeps all below it.
    """
    with suppress(OSError, AttributeError):
        trim = ctypes.CDLL(None).malloc_trim
        while True:
            sleep(GIVE_BACK_EVERY)
            trim(0)


def build_graph() -> None:
    """Keep the graph of the record in this worker; who asks later says what is wrong with it."""
    from django.db import DatabaseError, connection

    from dcim.graph.load.record import current_graph
    from dcim.record.equipment.devices import Device
    from dcim.record.networks.virtualization import VirtualMachine
    from dcim.vocabulary.errors import LumbungError

    with suppress(DatabaseError, LumbungError):
        if Device.objects.count() + VirtualMachine.objects.count() <= WARM_UP_TO:
            current_graph()
    connection.close()
