"""Serve pages and API on this machine; the first start prepares everything."""

from __future__ import annotations

import runpy
import socket
import sys
from argparse import Namespace

from django.core.management.base import CommandParser
from django.db import connections

from dcim.management import gunicorn_conf
from dcim.management.base import LumbungCommand
from dcim.management.first_run import prepare
from dcim.management.jobs.supervision import start_beside
from dcim.vocabulary.errors import InvalidInput

HOST = "127.0.0.1"
LARGEST_PORT = 65_535


class Command(LumbungCommand):
    """`serve [--port PORT]`: in the foreground, stopped by Ctrl-C."""

    help = (
        "Serve pages and API on 127.0.0.1, with a worker for jobs beside them; at first start load "
        "the sample and make a user."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def act(self, options: Namespace) -> None:
        check_port(options.port)
        prepare(self.stdout)
        self.stdout.flush()
        connections.close_all()
        # One worker per address: it is known by its name when it begins again.
        gunicorn_conf.supervisor = start_beside(f"serve-{socket.gethostname()[:40]}-{options.port}")
        serve(options.port)


def check_port(port: int) -> None:
    """Refuse a port that can't be listened on.

    Raises: InvalidInput.
    """
    hint = f"Choose another one, for example make run PORT={port + 1}."
    if not 0 < port <= LARGEST_PORT:
        hint = "Choose one from 1024 to 65535, for example make run PORT=8000."
        raise InvalidInput(f"{port} is not a port.", field="port", hint=hint)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as err:
            reason = f"Port {port} can't be used: {err.strerror}."
            raise InvalidInput(reason, field="port", hint=hint) from err


def serve(port: int) -> None:
    """Run gunicorn in this process, which has Django loaded already, until it is stopped."""
    sys.argv = [
        "gunicorn",
        "dcim.wsgi:application",
        *("--config", "python:dcim.management.gunicorn_conf"),
        *("--bind", f"{HOST}:{port}"),
    ]
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)
