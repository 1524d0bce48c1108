"""The sample of Paser for the tests of one module, and what commands print of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from dcim.actions.sample.paser import load_paser
from tests.factories import TESTER


@contextmanager
def loaded_sample(blocker: DjangoDbBlocker) -> Iterator[None]:
    """The sample in the test database; taken back when the module's tests are through."""
    with blocker.unblock(), transaction.atomic():
        load_paser(by=TESTER)
        yield
        transaction.set_rollback(True)


def told(command: str, *arguments: str) -> Any:
    """What a command prints as JSON."""
    out = StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())
