"""What the change log costs: each write, and the proof of all of them; `make bench` prints it.

As in `bench_sample`, the figures compare two states of the code on one machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import transaction

from dcim.actions import record
from dcim.actions.changes import Change, gathering, log_changes, state_of
from dcim.actions.log.writer import write_log
from dcim.actions.verification.log_check import Tally, check_chain
from dcim.actions.verification.log_drift import check_record
from dcim.record.log.chain import keys_of
from dcim.record.log.changes import ObjectChange
from dcim.record.places.sites import Site
from tests.factories import TESTER

pytestmark = pytest.mark.django_db
ROWS: Final = 1_000
ENTRIES: Final = 10_000
ROUNDS: Final = 3
_numbers = count(1)


def site_rows() -> list[dict[str, Any]]:
    names = [f"situs-{next(_numbers)}" for _ in range(ROWS)]
    return [{"name": one, "slug": one, "facility": "Gedung A"} for one in names]


def best(deed: Callable[[], object]) -> float:
    """Seconds of the quickest of a few rounds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        deed()
        taken.append(time.perf_counter() - started)
    return min(taken)


def show(deed: str, seconds: float, rows: int) -> None:
    per_row, each_s = seconds / rows * 1e6, rows / seconds
    print(f"\n{deed:<48}{per_row:>9.1f} µs each {each_s:>12,.0f} per s", end="")


def entries_of(sites: list[Site]) -> list[ObjectChange]:
    with gathering() as entries:
        log_changes([Change(one, one.pk, None, state_of(one, {})) for one in sites], by=TESTER)
    assert entries is not None
    return entries


def test_the_log_of_a_set() -> None:
    create = partial(record.create_many, Site, by=TESTER)
    show("create 1,000 sites, logged", best(lambda: create(site_rows())), ROWS)
    orm = Site.objects.bulk_create
    bare = best(lambda: orm([Site(**row) for row in site_rows()]))
    show("  the same rows by the ORM alone", bare, ROWS)
    sites = list(Site.objects.all()[:ROWS])
    show("  their states and entries", best(lambda: entries_of(sites)), ROWS)
    batches = iter([entries_of(sites) for _ in range(ROUNDS)])
    with transaction.atomic():
        show("  digests, link and storing", best(lambda: write_log(next(batches))), ROWS)


def test_the_log_of_one_write() -> None:
    site = record.create_many(Site, site_rows(), by=TESTER)[0]
    values = ({"facility": f"Gedung {one}"} for one in count())
    some = best(lambda: [record.update(site, next(values), by=TESTER) for _ in range(50)])
    show("change one site, logged", some, 50)


def test_the_proof_of_the_log() -> None:
    for _ in range(ENTRIES // ROWS):
        record.create_many(Site, site_rows(), by=TESTER)
    keys = keys_of(settings.LOG_KEYS)
    show(
        "verify_log: entries of the chain", best(lambda: list(check_chain(keys, Tally()))), ENTRIES
    )
    show("verify_log: rows of the record", best(lambda: list(check_record())), ENTRIES)
