"""Which host each machine gets: best fit, largest first, and CP-SAT where that fails.

Sums over a pool are the ledger's matter; here every machine fits whole on one host, and instances
that must stay apart do. Knows nothing of apps beyond the names of tiers that keep apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from dcim.planning.capacity.demand import NewVM
from dcim.planning.estate import Carried
from dcim.planning.solver import configure, cp_sat
from dcim.vocabulary.amounts import Amounts, ResourceClass, total

Rooms = Mapping[str, Amounts]
Tenants = Mapping[Carried, frozenset[str]]
NOBODY: Final[Tenants] = {}


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
    vms: Sequence[NewVM], rooms: Rooms, tenants: Tenants = NOBODY, *, by_solver: bool = True
) -> Packing:
    """A host for each of `vms`, or the proof that there is none.

    Args:
        vms: machines to place; their names differ.
        rooms: what each host has left.
        tenants: per tier that keeps apart, the hosts that already carry an instance.
        by_solver: whether to go on where best fit is stuck, rather than leave it unsettled.

    Notes: best fit decreasing is O(V x H); CP-SAT only where that fails.
    """
    placed = best_fit(vms, rooms, tenants)
    if placed is not None:
        return Packing(Fit.FITS, placed)
    return _solve(vms, rooms, tenants) if by_solver else Packing(Fit.UNSETTLED, {})


def best_fit(vms: Sequence[NewVM], rooms: Rooms, tenants: Tenants) -> dict[str, str] | None:
    """Hosts by best fit decreasing, or None when it gets stuck (which proves nothing).

    Notes: largest dominant share of what all hosts have left goes first; among the hosts that can
    take it, the one left with the least. Ties go by name, so the answer is always the same.
    """
    left, apart = dict(rooms), {tier: set(hosts) for tier, hosts in tenants.items()}
    whole = total(rooms.values())
    placed: dict[str, str] = {}
    for vm in sorted(vms, key=lambda vm: (-_share(vm.amounts, whole), vm.name)):
        taken: set[str] = set().union(*(apart.get(tier, ()) for tier in vm.apart))
        able = [host for host in left if host not in taken and vm.amounts.fits_in(left[host])]
        if not able:
            return None
        host = min(able, key=lambda host: (_share(left[host] - vm.amounts, whole), host))
        placed[vm.name] = host
        left[host] -= vm.amounts
        for tier in vm.apart:
            apart.setdefault(tier, set()).add(host)
    return placed


def _share(amounts: Amounts, whole: Amounts) -> float:
    """The largest part of `whole` that `amounts` are, in any class."""
    return max(amounts[one] / max(1, whole[one]) for one in ResourceClass)


def _solve(vms: Sequence[NewVM], rooms: Rooms, tenants: Tenants) -> Packing:
    cp = cp_sat()
    model, solver = cp.CpModel(), cp.CpSolver()
    configure(solver)
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
