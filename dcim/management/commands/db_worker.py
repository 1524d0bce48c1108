"""Run a worker for jobs: the queue's own command, which also looks after jobs whose worker died."""

from __future__ import annotations

import os
from threading import Thread
from typing import Any

from django.core.management.base import CommandParser
from django_tasks_db.management.commands import db_worker

from dcim.management.jobs.housekeeping import end_with, keep_house, take_up


class Command(db_worker.Command):
    """`db_worker [--worker-id NAME] [--with-parent]`, and the queue's other options.

    A worker that begins again under its name takes up at once what it left when it died; what
    others left, once they have given no sign of life for a while.
    """

    help = "Run a worker that does jobs in the background, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:  # type: ignore[override]
        super().add_arguments(parser)
        parser.add_argument("--with-parent", action="store_true", help="End when the parent ends.")

    def handle(self, **options: Any) -> None:
        if options.pop("with_parent"):
            Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
        take_up(options["worker_id"])
        Thread(target=keep_house, daemon=True).start()
        super().handle(**options)
