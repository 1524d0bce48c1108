"""Two writers who meet in a circle's order on PostgreSQL: one waits, and neither is sent away.

One begins; the other starts and waits for what that holds; then the first goes on. SQLite lets one
transaction write at a time, so that there the other follows the first.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import monotonic, sleep
from typing import Any, Final

import pytest
from django.db import OperationalError, connection, transaction

from dcim.actions import record
from dcim.actions.grants.commitments import draw
from dcim.actions.grants.counters import check_ledgers
from dcim.actions.refusals import writing
from dcim.actions.rules.pools.grants import lock_grants
from dcim.record.networks.machine_parts import VirtualDisk
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.commitments import Commitment
from dcim.vocabulary.errors import LumbungError
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db(transaction=True)
Deed = Callable[[], object]
AMOUNTS: Final = {"vcpus": 8, "memory_mib": 8192, "storage_gib": 100}


def told(deed: Deed) -> str:
    try:
        deed()
    except LumbungError as err:
        return err.code
    return "done"


def wait_for_a_waiter() -> None:
    end = monotonic() + 10
    with connection.cursor() as cursor:
        while monotonic() < end:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            sleep(0.02)
    raise AssertionError("nobody waits")


def cross(begin: Deed, other: Deed, go_on: Deed) -> tuple[str, str]:
    """What becomes of the first transaction, and of `other`, which starts in the middle of it."""
    if connection.vendor == "sqlite":
        return told(lambda: one_after_the_other(begin, go_on)), told(other)
    answers: list[str] = []

    def run() -> None:
        try:
            answers.append(told(other))
        finally:
            connection.close()

    thread = Thread(target=run)

    def first() -> None:
        with writing():
            begin()
            thread.start()
            wait_for_a_waiter()
            go_on()

    mine = told(first)
    thread.join()
    return mine, answers[0]


def one_after_the_other(*deeds: Deed) -> None:
    with writing():
        for deed in deeds:
            deed()


def hold(machine: VirtualMachine) -> Deed:
    return lambda: VirtualMachine.objects.select_for_update(of=("self",)).get(pk=machine.pk)


def machine_and_its_cluster() -> tuple[Deed, Deed, Deed]:
    cluster = make(Cluster)
    row = {"name": "new", "cluster": cluster}
    return (
        lambda: record.update(cluster, {"description": "new"}, by=TESTER),
        lambda: record.create(VirtualMachine, row, by=TESTER),
        lambda: None,  # it is logged at the end, which the other one must leave it room for
    )


def released_and_held_again() -> tuple[Deed, Deed, Deed]:
    row: dict[str, Any] = {"allocation": make(Allocation, **AMOUNTS), "name": "to come", "vcpus": 1}
    held = record.create(Commitment, row, by=TESTER)
    return (
        lambda: lock_grants([held.allocation_id]),
        lambda: record.delete(held, by=TESTER),
        lambda: Commitment(**row).save(),  # as one who was judged before the other row was there
    )


def drawn_and_given_to_another() -> tuple[Deed, Deed, Deed]:
    machine = make(VirtualMachine, vcpus=1)
    held = make(Commitment, allocation=make(Allocation, **AMOUNTS), name="to come", vcpus=1)
    return (
        hold(machine),
        lambda: record.update(held, {"virtual_machine": machine, "name": ""}, by=TESTER),
        lambda: draw(held, machine=machine, by=TESTER),
    )


def disk_resized_and_its_machine_deleted() -> tuple[Deed, Deed, Deed]:
    machine = make(VirtualMachine)
    disk = make(VirtualDisk, virtual_machine=machine, size_mb=1)
    return (
        hold(machine),
        lambda: record.update(disk, {"size_mb": 2}, by=TESTER),
        lambda: record.delete(machine, by=TESTER),
    )


@pytest.mark.parametrize(
    ("scene", "answers"),
    [
        (machine_and_its_cluster, ("done", "done")),
        (released_and_held_again, ("input.invalid", "done")),
        (drawn_and_given_to_another, ("done", "thing.unknown")),
        (disk_resized_and_its_machine_deleted, ("done", "thing.unknown")),
    ],
)
def test_writers_wait_for_one_another_in_one_order(
    scene: Callable[[], tuple[Deed, Deed, Deed]], answers: tuple[str, str]
) -> None:
    assert cross(*scene()) == answers
    assert check_ledgers().is_clean


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_no_snapshot_is_too_old_to_count_by(level: str) -> None:
    """What was committed since, even where it took nothing of the grant yet, is not overlooked."""
    grant = make(Allocation, **AMOUNTS)
    machine = make(VirtualMachine, allocation=grant, vcpus=4)
    row = {"allocation": grant, "virtual_machine": machine, "vcpus": 3}
    drawn, is_refused = (1, 2), False
    try:
        with transaction.atomic():
            take_snapshot(level)
            in_another_connection(lambda: record.create(Commitment, row, by=TESTER))
            VirtualMachine.objects.update(vcpus=1)
    except OperationalError:
        drawn, is_refused = (4, 0), True
    assert is_refused is (connection.vendor == "postgresql" and level != "READ COMMITTED")
    assert check_ledgers().is_clean
    grant.refresh_from_db()
    assert (grant.used_vcpus, grant.committed_vcpus) == drawn


def take_snapshot(level: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            cursor.execute("SELECT 1 FROM dcim_commitment")


def in_another_connection(deed: Deed) -> None:
    """On SQLite, where the transaction is the only writer, in this one."""
    if connection.vendor == "sqlite":
        deed()
        return

    def run() -> None:
        deed()
        connection.close()

    other = Thread(target=run)
    other.start()
    other.join()
