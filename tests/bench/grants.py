"""What the guard of grants costs, beside the same writes without it.

    python -m tests.setup.postgresql python -m tests.bench.grants [--beside 40000]

posts and resizes 1,000 machines of one grant as a set, with the guard (the rule, and the triggers)
and without, turn by turn in one run, then again with other machines, each with a commitment, beside
them. Everything is rolled back; the database is a new one. The ratios matter.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, Final

ROUNDS: Final = 4
SET: Final = 1_000
PLENTY: Final = {"vcpus": 10**8, "memory_mib": 10**12, "storage_gib": 10**10}
SIZE: Final = {"vcpus": 2, "memory_mib": 2_048, "disk_mb": 20_000}
NUMBERS: Final = count()


def main() -> None:
    """Measure in a small record, then in a large one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--beside", type=int, default=40_000, help="machines beside those measured")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcim.settings")
        _measure(asked.beside)


def _measure(beside: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from dcim.record.networks.virtualization import Cluster
    from dcim.record.planner.allocations import Allocation
    from tests.factories import make

    call_command("migrate", verbosity=0)
    cluster, grant = make(Cluster), make(Allocation, **PLENTY)
    _print("alone", cluster, grant)
    _fill(beside)
    _print(f"beside {beside:,} machines with commitments", cluster, grant)


def _print(place: str, cluster: Any, grant: Any) -> None:
    from dcim.actions import record
    from dcim.record.networks.virtualization import VirtualMachine
    from tests.factories import TESTER

    held = record.create_many(VirtualMachine, _rows(cluster, grant), by=TESTER)
    changes = [(one, {"vcpus": 3}) for one in held]
    cases: dict[str, Callable[[], object]] = {
        "post": lambda: record.create_many(VirtualMachine, _rows(cluster, grant), by=TESTER),
        "resize": lambda: record.update_many(VirtualMachine, changes, by=TESTER),
    }
    for name, deed in cases.items():
        guarded, bare = list[float](), list[float]()
        for _ in range(ROUNDS):
            guarded.append(_timed(deed))
            with _unguarded():
                bare.append(_timed(deed))
        with_it, without = min(guarded), min(bare)
        told = f"{with_it * 1000:.0f} ms, without {without * 1000:.0f}: {with_it / without:.2f}"
        sys.stdout.write(f"{name} {SET:,} {place}: {told}\n")


def _rows(cluster: Any, grant: Any) -> list[dict[str, Any]]:
    place = {"cluster": cluster, "allocation": grant, **SIZE}
    return [{"name": f"m{next(NUMBERS)}", **place} for _ in range(SET)]


def _timed(deed: Callable[[], object]) -> float:
    from django.db import transaction

    begun = perf_counter()
    with transaction.atomic():
        deed()
        transaction.set_rollback(True)
    return perf_counter() - begun


@contextmanager
def _unguarded() -> Iterator[None]:
    """Without the triggers and the rule before them."""
    from django.db import connection

    from dcim.actions.writes.preconditions import PRECONDITIONS
    from dcim.record.networks.virtualization import VirtualMachine
    from dcim.record.planner.ceilings import statements

    made = statements(connection)
    rule = PRECONDITIONS.pop(VirtualMachine)
    with connection.cursor() as cursor:
        for one in made:
            if one.startswith("DROP"):
                cursor.execute(one)
        yield
        for one in made:
            cursor.execute(one)
    PRECONDITIONS[VirtualMachine] = rule


def _fill(beside: int) -> None:
    from django.db import connection

    from dcim.record.networks.virtualization import Cluster, VirtualMachine
    from dcim.record.planner.allocations import Allocation
    from dcim.record.planner.commitments import Commitment
    from tests.factories import make

    grants = [make(Allocation, **PLENTY) for _ in range(50)]
    clusters = [make(Cluster) for _ in range(20)]
    machines = [
        VirtualMachine(
            name=f"beside-{n}", cluster=clusters[n % 20], allocation=grants[n % 50], **SIZE
        )
        for n in range(beside)
    ]
    VirtualMachine.objects.bulk_create(machines, batch_size=1_000)
    drawn = VirtualMachine.objects.filter(name__startswith="beside-")
    held = [
        Commitment(virtual_machine_id=pk, allocation_id=grant, vcpus=1)
        for pk, grant in drawn.values_list("pk", "allocation")
    ]
    Commitment.objects.bulk_create(held, batch_size=1_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
