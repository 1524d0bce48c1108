"""Many writers at once, each a process with its own connection: `python -m tests.record.writers`.

One process sets Django up and forks the writers, so that sixty-four cost little more than one. They
wait for one another, write, and tell what came of it; some may be killed in the middle. At the end
the ledgers and the log are checked. The answer is one line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import django

django.setup()

from django.db import connections  # noqa: E402  the settings must be read first

from dcim.actions import record  # noqa: E402
from dcim.actions.changes import Actor  # noqa: E402
from dcim.actions.grants.commitments import draw  # noqa: E402
from dcim.actions.grants.counters import check_ledgers  # noqa: E402
from dcim.actions.verification.log_drift import check_record  # noqa: E402
from dcim.record.networks.machine_parts import VirtualDisk  # noqa: E402
from dcim.record.networks.virtualization import Cluster, VirtualMachine  # noqa: E402
from dcim.record.planner.allocations import Allocation  # noqa: E402
from dcim.record.planner.commitments import Commitment  # noqa: E402
from dcim.vocabulary.errors import LumbungError, Refused  # noqa: E402

BY: Final = Actor.system("race")


@dataclass(slots=True)
class Writer:
    """One of many: what it does is chance, from a seed of its own."""

    number: int
    rng: random.Random
    cluster: Cluster
    grants: list[Allocation]
    told: Counter[str] = field(default_factory=Counter)
    machines: int = 0  # made less deleted, by its own word

    def try_one(self, deed: Callable[[], object]) -> None:
        """Do it; a refusal is told by its code, whatever else by what it is."""
        try:
            deed()
        except LumbungError as err:
            self.told[str(err) if type(err) is Refused else err.code] += 1
        except Exception as err:  # noqa: BLE001  told, and the test fails
            self.told[f"{type(err).__name__}: {err}"] += 1
        else:
            self.told["done"] += 1

    def create(self) -> None:
        """One machine of one vCPU on any grant."""
        row = {**self._size(), "cluster": self.cluster, "allocation": self._grant()}
        name = f"w{self.number}-{self.rng.random()}"
        record.create(VirtualMachine, {**row, "name": name}, by=BY)
        self.machines += 1

    def create_some(self) -> None:
        """A few machines at once."""
        rows = [
            {
                **self._size(),
                "cluster": self.cluster,
                "allocation": self._grant(),
                "name": f"w{self.number}-{self.rng.random()}",
            }
            for _ in range(3)
        ]
        record.create_many(VirtualMachine, rows, by=BY)
        self.machines += len(rows)

    def change(self) -> None:
        """Another size of a machine, another grant, or both."""
        for one in self._any(VirtualMachine):
            record.update(one, self._changes(), by=BY)

    def change_some(self) -> None:
        """Other sizes and grants of a few machines at once."""
        changes = [(one, self._changes()) for one in self._any(VirtualMachine, 4)]
        record.update_many(VirtualMachine, changes, by=BY)

    def delete_some(self) -> None:
        """Some machines go."""
        chosen = self._any(VirtualMachine, 2)
        record.delete_many(VirtualMachine, chosen, by=BY) if chosen else None
        self.machines -= len(chosen)

    def add_disk(self) -> None:
        """A disk, which sizes its machine."""
        for one in self._any(VirtualMachine):
            row = {"virtual_machine": one, "name": f"d{self.rng.random()}", "size_mb": 3_000}
            record.create(VirtualDisk, row, by=BY)

    def change_disk(self) -> None:
        """A disk, of another size or gone, which sizes its machine."""
        for one in self._any(VirtualDisk):
            if self.rng.random() < 0.5:
                record.update(one, {"size_mb": self.rng.randint(1, 5_000)}, by=BY)
            else:
                record.delete(one, by=BY)

    def commit(self) -> None:
        """Room for a machine, or for one to come."""
        found = self._any(VirtualMachine)
        whom = {"virtual_machine": found[0]} if found else {"name": f"n{self.rng.random()}"}
        row = {"allocation": self._grant(), "vcpus": self.rng.randint(1, 3), **whom}
        record.create(Commitment, row, by=BY)

    def finish(self) -> None:
        """A commitment is drawn, or released."""
        for one in self._any(Commitment):
            if self.rng.random() < 0.5 and one.virtual_machine_id is not None:
                draw(one, by=BY)
            else:
                record.delete(one, by=BY)

    def move_commitment(self) -> None:
        """Room is held for another machine, of another size, or on another grant."""
        found = self._any(VirtualMachine)
        whom = {"virtual_machine": found[0], "name": ""} if found else {}
        for one in self._any(Commitment):
            row = {"allocation": self._grant(), "vcpus": self.rng.randint(1, 3), **whom}
            record.update(one, row, by=BY)

    def touch_cluster(self) -> None:
        """The pool that machines stand in is written, too."""
        record.update(self.cluster, {"description": f"{self.rng.random()}"}, by=BY)

    def grant_other(self) -> None:
        """A grant is made larger or smaller."""
        record.update(self._grant(), {"vcpus": self.rng.randint(8, 16)}, by=BY)

    def _size(self) -> dict[str, Any]:
        vcpus = self.rng.choice(["1", "1.5", "2"])
        return {"vcpus": Decimal(vcpus), "memory_mib": self.rng.randint(1, 64)}

    def _changes(self) -> dict[str, Any]:
        grant = {"allocation": self.rng.choice([*self.grants, None])}
        return self.rng.choice([self._size(), grant, {**self._size(), **grant}])

    def _grant(self) -> Allocation:
        return self.rng.choice(self.grants)

    def _any(self, model: Any, count: int = 1) -> list[Any]:
        keys = list(model.objects.values_list("pk", flat=True))
        chosen = self.rng.sample(keys, min(count, len(keys)))
        return list(model.objects.filter(pk__in=chosen))


DEEDS: Final = (
    Writer.create, Writer.create_some, Writer.change, Writer.change, Writer.change_some,
    Writer.delete_some, Writer.add_disk, Writer.change_disk, Writer.commit, Writer.finish,
    Writer.move_commitment, Writer.grant_other, Writer.touch_cluster,
)  # fmt: skip


def write(writer: Writer, deeds: int) -> None:
    """Each does one machine on the first grant when `deeds` is 0, else so many by chance."""
    if not deeds:
        row = {"cluster": writer.cluster, "allocation": writer.grants[0], "vcpus": 1}
        writer.try_one(
            lambda: record.create(VirtualMachine, {**row, "name": f"w{writer.number}"}, by=BY)
        )
    for _ in range(deeds):
        deed = writer.rng.choice(DEEDS)
        writer.try_one(lambda deed=deed: deed(writer))  # type: ignore[misc]


def fork(number: int, deeds: int, seed: int, gate: int) -> tuple[int, int]:
    """A writer's process, waiting at the gate, and where it will tell."""
    heard, tells = os.pipe()
    pid = os.fork()
    if pid:
        os.close(tells)
        return pid, heard
    writer = Writer(
        number, random.Random(f"{seed}-{number}"), Cluster.objects.get(),
        list(Allocation.objects.order_by("pk")),
    )  # fmt: skip
    os.read(gate, 1)  # until all are there
    write(writer, deeds)
    connections.close_all()
    os.write(tells, json.dumps({"told": writer.told, "machines": writer.machines}).encode())
    os._exit(0)


def race(writers: int, deeds: int, seed: int, kill_after: float) -> dict[str, Any]:
    """What came of it; half the writers are killed after so many seconds, where that is not 0."""
    # The first to open SQLite's file turns its log on, which those who come along cannot wait for.
    connections["default"].ensure_connection()
    connections.close_all()
    gate, opened = os.pipe()
    started = [fork(number, deeds, seed, gate) for number in range(writers)]
    time.sleep(0.3)
    os.write(opened, b"x" * writers)
    begun = time.monotonic()
    if kill_after:
        rng = random.Random(seed)
        for pid, _heard in started[::2]:
            time.sleep(kill_after * rng.random() / writers)
            os.kill(pid, signal.SIGKILL)
    told, machines = Counter[str](), 0
    for pid, heard in started:
        with os.fdopen(heard) as pipe:
            text = pipe.read()
        _pid, status = os.waitpid(pid, 0)
        if os.waitstatus_to_exitcode(status) not in {0, -signal.SIGKILL}:
            raise RuntimeError(f"a writer ended with {os.waitstatus_to_exitcode(status)}")
        if text:
            said = json.loads(text)
            told.update(said["told"])
            machines += said["machines"]
    checked = check_ledgers()
    return {
        "told": told,
        "machines": machines,
        "stored": VirtualMachine.objects.count(),
        "wrong": [f"{one.grant} {one.counter}" for one in checked.miscounts],
        "overdrawn": [
            str(one) for one in Allocation.objects.all() if min(one.free.as_mapping().values()) < 0
        ],
        "drift": [str(one) for one in check_record({VirtualMachine, Allocation, Commitment})],
        "seconds": round(time.monotonic() - begun, 1),
    }


if __name__ == "__main__":
    asked: dict[str, Any] = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps(race(**asked)))
