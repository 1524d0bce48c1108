"""Two plans side by side: what they decide otherwise, of the same record or of two states of it.

Reads documents alone, so it tells of stored plans and of files, however old. It judges neither: how
good each is, and how sure that is, stands in its objective.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from dcim.planning.document import AppLine, Objective, Outcome, PlanDocument, PlannedVM, Target
from dcim.vocabulary.amounts import ResourceClass

ASKED: Final = "ask"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a plan decides for an app, and the pool of its machines; empty where there is none."""

    outcome: Outcome
    pool: str = ""


@dataclass(frozen=True, slots=True)
class AppDifference:
    """An app that the plans decide on differently; None where a plan doesn't know it."""

    code: str
    name: str
    first: Decided | None
    second: Decided | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plan has a machine, whether it is kept, made or goes, and whether it then runs.

    `pool` is “ask” for what waits for a grant; `host` is empty where hosts are not ours.
    """

    pool: str
    host: str
    change: str
    running: bool
    size: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class MachineDifference:
    """A machine that the plans place, keep or size differently; None where a plan has it not."""

    name: str
    app: str
    first: Place | None
    second: Place | None

    @property
    def is_moved(self) -> bool:
        """Whether both have it, in another pool or on another host."""
        if self.first is None or self.second is None:
            return False
        return (self.first.pool, self.first.host) != (self.second.pool, self.second.host)


@dataclass(frozen=True, slots=True)
class PoolDifference:
    """What one class of a pool is used to under each plan; None where a plan has no such pool."""

    pool: str
    resource_class: ResourceClass
    first: int | None
    second: int | None


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """Everything that two plans decide otherwise, and how good each says it is."""

    serials: tuple[int, int]
    stances: tuple[str, str]
    objectives: tuple[Objective, Objective]
    apps: tuple[AppDifference, ...]
    machines: tuple[MachineDifference, ...]
    pools: tuple[PoolDifference, ...]

    @property
    def is_of_one_record(self) -> bool:
        """Whether both were made from the same state of the record."""
        return self.serials[0] == self.serials[1]

    @property
    def is_empty(self) -> bool:
        """Whether they decide all alike, and come to the same figures."""
        return not (self.apps or self.machines or self.pools) and (
            self.objectives[0] == self.objectives[1]
        )

    @property
    def swapped(self) -> PlanDifference:
        """The same, seen from the other plan."""
        return replace(
            self,
            serials=self.serials[::-1],
            stances=self.stances[::-1],
            objectives=self.objectives[::-1],
            apps=tuple(replace(one, first=one.second, second=one.first) for one in self.apps),
            machines=tuple(
                replace(one, first=one.second, second=one.first) for one in self.machines
            ),
            pools=tuple(replace(one, first=one.second, second=one.first) for one in self.pools),
        )


def differences(first: PlanDocument, second: PlanDocument) -> PlanDifference:
    """What `first` and `second` decide otherwise.

    Args:
        first: a plan document; both may be of any stance and any state of the record.
        second: the one that it is laid beside.

    Notes: a machine that stands is known by its id, a new one by its name, which is made from its
        app and so is the same in both. O(V log V) for V machines.
    """
    return PlanDifference(
        serials=(first.base_serial, second.base_serial),
        stances=(first.stance, second.stance),
        objectives=(first.objective, second.objective),
        apps=tuple(_apps(first, second)),
        machines=tuple(_machines(first, second)),
        pools=tuple(_pools(first, second)),
    )


def _apps(first: PlanDocument, second: PlanDocument) -> Iterator[AppDifference]:
    lines = [{line.code: line for line in document.apps} for document in (first, second)]
    for code in sorted(lines[0].keys() | lines[1].keys()):
        one, other = (_decided(side.get(code)) for side in lines)
        if one != other:
            known = lines[0].get(code) or lines[1][code]
            yield AppDifference(code, known.name, one, other)


def _decided(line: AppLine | None) -> Decided | None:
    return None if line is None else Decided(line.outcome, line.pool)


def _machines(first: PlanDocument, second: PlanDocument) -> Iterator[MachineDifference]:
    sides = [_placed(document) for document in (first, second)]
    for key in sorted(sides[0].keys() | sides[1].keys()):
        found = [side.get(key) for side in sides]
        one, other = (None if pair is None else pair[1] for pair in found)
        if one != other:
            vm = next(pair[0] for pair in found if pair is not None)
            yield MachineDifference(vm.name, vm.app, one, other)


def _placed(document: PlanDocument) -> Mapping[tuple[str, str], tuple[PlannedVM, Place]]:
    """Each machine with its place, by what it is known by: new ones by name, others by id."""
    found: dict[tuple[str, str], tuple[PlannedVM, Place]] = {}
    for target in document.targets:
        for vm in chain(target.vms, target.reclaim):
            found[_key(vm)] = (vm, _place(vm, target))
    for vm in document.ask.vms:
        found[_key(vm)] = (vm, _place(vm, None))
    return found


def _key(vm: PlannedVM) -> tuple[str, str]:
    return ("", vm.name) if vm.id is None else (vm.id, "")


def _place(vm: PlannedVM, target: Target | None) -> Place:
    return Place(
        pool=target.pool if target else ASKED,
        host=vm.host or "",
        change=vm.change.value,
        running=vm.running,
        size=(vm.vcpus, vm.memory_mib, vm.storage_gib),
    )


def _pools(first: PlanDocument, second: PlanDocument) -> Iterator[PoolDifference]:
    used = [
        {
            (target.pool, line.resource_class): line.used_after
            for target in document.targets
            for line in target.capacity
        }
        for document in (first, second)
    ]
    order = list(ResourceClass)
    keys = used[0].keys() | used[1].keys()
    for pool, kind in sorted(keys, key=lambda key: (key[0], order.index(key[1]))):
        one, other = (side.get((pool, kind)) for side in used)
        if one != other:
            yield PoolDifference(pool, kind, one, other)
