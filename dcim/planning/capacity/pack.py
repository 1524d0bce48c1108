"""Which host each machine gets: best fit, largest first by any measure, CP-SAT where that fails.

Sums over a pool are the ledger's matter; here every machine fits whole on one host, and instances
that must stay apart do. Knows nothing of apps beyond the names of tiers that keep apart.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from operator import itemgetter
from typing import Final, TypeAlias

from dcim.planning.capacity.demand import NewVM
from dcim.planning.estate import Carried
from dcim.planning.solver import LIMIT, configure, cp_sat
from dcim.vocabulary.amounts import Amounts, ResourceClass, total

Rooms = Mapping[str, Amounts]
Tenants = Mapping[Carried, frozenset[str]]
Bare: TypeAlias = tuple[int, int, int]
NOBODY: Final[Tenants] = {}
# Beyond so many places to choose from CP-SAT would end at its limit with nothing.
MOST_VARIABLES: Final = 60_000
# What best fit goes by: the dominant share, then each class alone.
MEASURES: Final = (None, *ResourceClass)


class Fit(Enum):
    """Whether the machines fit: shown by a placement, disproved, or not settled in the limit."""

    FITS = auto()
    NEVER = auto()
    UNSETTLED = auto()


@dataclass(frozen=True, slots=True)
class Packing:
    """The answer, and each machine's host by name when they fit."""

    fit: Fit
    hosts: Mapping[str, str]


def pack(
    vms: Sequence[NewVM],
    rooms: Rooms,
    tenants: Tenants = NOBODY,
    *,
    by_solver: bool = True,
    limit_s: float = LIMIT,
) -> Packing:
    """A host for each of `vms`, or the proof that there is none.

    Args:
        vms: machines to place; their names differ.
        rooms: what each host has left.
        tenants: per tier that keeps apart, the hosts that already carry an instance.
        by_solver: whether to go on where best fit is stuck, rather than leave it unsettled.
        limit_s: how long the solver may search, in deterministic seconds.

    Notes: best fit decreasing is O(V x H); CP-SAT only where that fails.
    """
    for by in MEASURES:
        filled = fill(vms, rooms, tenants, whole=True, by=by)
        if not filled.homeless:
            return Packing(Fit.FITS, filled.hosts)
    if not by_solver or not is_solvable(vms, rooms):
        return Packing(Fit.UNSETTLED, {})
    return _solve(vms, rooms, tenants, limit_s)


def is_solvable(vms: Sequence[NewVM], rooms: Rooms) -> bool:
    """Whether CP-SAT is worth asking where each of `vms` goes."""
    return len(vms) * len(rooms) <= MOST_VARIABLES


def best_fit(vms: Sequence[NewVM], rooms: Rooms, tenants: Tenants) -> dict[str, str] | None:
    """Hosts by best fit decreasing, or None when it gets stuck (which proves nothing).

    Notes: largest dominant share of what all hosts have left goes first; among the hosts that can
    take it, the one left with the least. Ties go by name, so the answer is always the same.
    """
    filled = fill(vms, rooms, tenants, whole=True)
    return None if filled.homeless else filled.hosts


@dataclass(frozen=True, slots=True)
class Filled:
    """Each machine's host by name, and the names of those for which best fit found none."""

    hosts: dict[str, str]
    homeless: tuple[str, ...]


def fill(
    vms: Sequence[NewVM],
    rooms: Rooms,
    tenants: Tenants,
    *,
    whole: bool = False,
    spread: bool = False,
    by: ResourceClass | None = None,
) -> Filled:
    """Best fit decreasing, which leaves out what it finds no place for.

    Args:
        vms: machines to place; their names differ.
        rooms: what each host has left.
        tenants: per tier that keeps apart, the hosts that already carry an instance.
        whole: whether to end at the first machine without a place: the rest is then homeless too.
        spread: whether the host left with the most is taken instead of that with the least.
        by: the class that alone says what is large and what is left; None: the dominant share.

    Notes: O(V x H) on bare numbers, since whole clusters are packed once per loss of a host. Sizes
    come in powers of two: by the class that is scarce, largest first, those leave no gaps.
    """
    whole_room = total(rooms.values())
    scales = [1 / max(1, whole_room[one]) if by in {None, one} else 0.0 for one in ResourceClass]
    left = {host: _bare(rooms[host]) for host in sorted(rooms)}
    apart = {tier: set(hosts) for tier, hosts in tenants.items()}
    sign = -1 if spread else 1
    order = sorted(
        ((-_share(_bare(vm.amounts), scales), vm.name, vm) for vm in vms), key=itemgetter(0, 1)
    )
    placed: dict[str, str] = {}
    homeless: list[str] = []
    for i, (_, name, vm) in enumerate(order):
        taken: set[str] = set().union(*(apart.get(tier, ()) for tier in vm.apart))
        host = _fitting(_bare(vm.amounts), left, taken, scales, sign)
        if host:
            placed[name] = host
            left[host] = _less(left[host], _bare(vm.amounts))
            for tier in vm.apart:
                apart.setdefault(tier, set()).add(host)
        elif whole:
            return Filled(placed, tuple(one for _, one, _ in order[i:]))
        else:
            homeless.append(name)
    return Filled(placed, tuple(homeless))


def _fitting(
    size: Bare, left: Mapping[str, Bare], taken: Container[str], scales: Sequence[float], sign: int
) -> str:
    """The host that suits best; empty when none can take the machine."""
    vcpus, memory, storage = size
    per_vcpu, per_memory, per_storage = scales
    best, least = "", inf
    for host, (a, b, c) in left.items():
        if a < vcpus or b < memory or c < storage or host in taken:
            continue
        share = sign * max(
            (a - vcpus) * per_vcpu, (b - memory) * per_memory, (c - storage) * per_storage
        )
        if share < least:
            best, least = host, share
    return best


def _bare(amounts: Amounts) -> Bare:
    return amounts.vcpus, amounts.memory_mib, amounts.storage_gib


def _less(room: Bare, size: Bare) -> Bare:
    return room[0] - size[0], room[1] - size[1], room[2] - size[2]


def _share(size: Bare, scales: Sequence[float]) -> float:
    """The largest part of the whole that `size` is, in any class."""
    return max(amount * scale for amount, scale in zip(size, scales, strict=True))


def _solve(vms: Sequence[NewVM], rooms: Rooms, tenants: Tenants, limit_s: float) -> Packing:
    cp = cp_sat()
    model, solver = cp.CpModel(), cp.CpSolver()
    configure(solver, limit_s)
    on = {(vm.name, host): model.new_bool_var("") for vm in vms for host in sorted(rooms)}
    for vm in vms:
        model.add_exactly_one(on[vm.name, host] for host in sorted(rooms))
    for host, room in sorted(rooms.items()):
        for one in ResourceClass:
            used = sum(vm.amounts[one] * on[vm.name, host] for vm in vms)
            model.add(used <= max(0, room[one]))
        for tier in sorted({tier for vm in vms for tier in vm.apart}):
            instances = sum(on[vm.name, host] for vm in vms if tier in vm.apart)
            model.add(instances <= (0 if host in tenants.get(tier, ()) else 1))
    status = solver.solve(model)
    if status in {cp.OPTIMAL, cp.FEASIBLE}:
        chosen = {name: host for (name, host), var in on.items() if solver.value(var)}
        return Packing(Fit.FITS, chosen)
    return Packing(Fit.NEVER if status == cp.INFEASIBLE else Fit.UNSETTLED, {})
