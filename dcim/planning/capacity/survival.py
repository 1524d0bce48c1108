"""Hosts for machines such that the cluster still survives the loss of hosts it is to survive.

For every set of so many hosts lost, the machines that ran there have a place on the others, whole
and apart; where the cluster fails by what stands already, no loss leaves more of them without a
place than before. Best fit, tightly or spread, by one measure or another, shows most placements;
CP-SAT settles the rest, with the places of the machines and every evacuation in one model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from math import comb
from typing import TYPE_CHECKING, Final, TypeAlias

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.pack import (
    MEASURES,
    MOST_VARIABLES,
    Filled,
    Fit,
    Packing,
    Rooms,
    Tenants,
    fill,
    pack,
)
from dcim.planning.estate import Carried
from dcim.planning.solver import LIMIT, configure, cp_sat
from dcim.vocabulary.amounts import Amounts, ResourceClass, total

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar, LinearExprT

Lost: TypeAlias = tuple[str, ...]
# Sets of hosts beyond which losses are not packed one by one.
MOST_LOSSES: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The hosts of a cluster as a plan finds them.

    `free` is what each active host has left, `guests` the machines that run on it and have to start
    elsewhere when it is lost, `tenants` per tier that keeps apart the hosts that carry an instance,
    `failures` how many hosts at once are to be survived, `allowed` how many machines a loss may
    leave without a place, because what stands does: losses not named, none.
    """

    free: Rooms
    guests: Mapping[str, tuple[NewVM, ...]] = field(default_factory=dict)
    tenants: Tenants = field(default_factory=dict)
    failures: int = 0
    allowed: Mapping[Lost, int] = field(default_factory=dict)

    @property
    def losses(self) -> Iterator[Lost]:
        """Every set of hosts whose loss is to be survived; none where there are too many sets."""
        lost = min(self.failures, len(self.free))
        if lost and self.is_countable:
            yield from combinations(sorted(self.free), lost)

    @property
    def is_countable(self) -> bool:
        """Whether there are few enough sets of hosts to pack for the loss of each."""
        return comb(len(self.free), min(self.failures, len(self.free))) <= MOST_LOSSES


@dataclass(frozen=True, slots=True)
class Stranding:
    """The machines that a loss leaves without a place, by name; `is_least` where proved fewest."""

    names: tuple[str, ...]
    is_least: bool = True


def place(
    vms: Sequence[NewVM],
    ground: Ground,
    starting: Mapping[str, Sequence[NewVM]] | None = None,
    *,
    by_solver: bool = True,
    limit_s: float = LIMIT,
) -> Packing:
    """A host for each of `vms` with which the cluster survives, or the proof that there is none.

    Args:
        vms: machines to place; their names differ.
        ground: the hosts.
        starting: machines that stand stopped on a host and are to run, by host.
        by_solver: whether to go on where best fit is stuck, rather than leave it unsettled.
        limit_s: how long each search of CP-SAT may take, in deterministic seconds.

    Notes: best fit takes O(V x H), and as much again for all single losses together.
    """
    whole = running(ground, starting or {})
    if not ground.failures:
        return pack(vms, ground.free, ground.tenants, by_solver=by_solver, limit_s=limit_s)
    for filled in _filled(vms, ground):
        if not filled.homeless and _survives(_Placed(whole, vms, filled.hosts)):
            return Packing(Fit.FITS, filled.hosts)
    if not by_solver:
        return Packing(Fit.UNSETTLED, {})
    return _settle(vms, whole, limit_s)


def _filled(vms: Sequence[NewVM], ground: Ground) -> Iterator[Filled]:
    """The ways of best fit: tight, spread, or beside hosts kept empty, by each measure in turn."""
    spared = _without_spare(ground)
    for by in MEASURES:
        for rooms, spread in product((ground.free, spared), (False, True)):
            yield fill(vms, rooms, ground.tenants, whole=True, spread=spread, by=by)


def strandings(
    ground: Ground, vms: Sequence[NewVM] = (), hosts: Mapping[str, str] | None = None
) -> dict[Lost, Stranding]:
    """The losses that leave machines without a place, once `vms` stand on their `hosts`.

    Notes: as few as CP-SAT finds; what best fit places needs no solver.
    """
    placed = _Placed(ground, vms, hosts or {})
    found: dict[Lost, Stranding] = {}
    for lost in ground.losses:
        homeless = placed.without(lost).homeless
        if homeless:
            least = _least_stranded(placed, lost)
            if least.names:
                found[lost] = least
    return found


def running(ground: Ground, starting: Mapping[str, Sequence[NewVM]]) -> Ground:
    """`ground` where the machines that are `starting` run."""
    guests = {host: (*ground.guests.get(host, ()), *starting.get(host, ())) for host in ground.free}
    return replace(ground, guests=guests)


def _survives(placed: _Placed) -> bool:
    """Whether best fit alone shows that every loss leaves no more machines than it may."""
    ground = placed.ground
    return all(
        len(placed.without(lost).homeless) <= ground.allowed.get(lost, 0) for lost in ground.losses
    )


class _Placed:
    """A ground with machines on its hosts."""

    def __init__(self, ground: Ground, vms: Sequence[NewVM], hosts: Mapping[str, str]) -> None:
        self.ground = ground
        self.here: dict[str, list[NewVM]] = {
            host: list(ground.guests.get(host, ())) for host in ground.free
        }
        taken: dict[str, list[Amounts]] = {host: [] for host in ground.free}
        apart: dict[Carried, set[str]] = {tier: {*on} for tier, on in ground.tenants.items()}
        for vm in vms:
            self.here[hosts[vm.name]].append(vm)
            taken[hosts[vm.name]].append(vm.amounts)
            for tier in vm.apart:
                apart.setdefault(tier, set()).add(hosts[vm.name])
        self.left = {host: room - total(taken[host]) for host, room in ground.free.items()}
        self.tenants = {tier: frozenset(on) for tier, on in apart.items()}

    def leaving(self, lost: Lost) -> list[NewVM]:
        """The machines that need a place when `lost` are lost."""
        return [vm for host in lost for vm in self.here[host]]

    def rest(self, lost: Lost) -> Rooms:
        """What the other hosts have left."""
        return {host: room for host, room in self.left.items() if host not in lost}

    def without(self, lost: Lost) -> Filled:
        """Where best fit evacuates them to, by the first measure that leaves fewest behind."""
        allowed = self.ground.allowed.get(lost, 0)
        leaving, rest = self.leaving(lost), self.rest(lost)
        best = fill(leaving, rest, self.tenants)
        for by in MEASURES[1:]:
            if len(best.homeless) <= allowed:
                break
            filled = fill(leaving, rest, self.tenants, by=by)
            best = min(best, filled, key=lambda one: len(one.homeless))
        return best


def _least_stranded(placed: _Placed, lost: Lost) -> Stranding:
    """As few of the machines on `lost` as must stay without a place."""
    model = _Model(placed.rest(lost), placed.tenants)
    leaving = placed.leaving(lost)
    stays = [model.new_bool() for _ in leaving]
    for vm, stay in zip(leaving, stays, strict=True):
        model.goes_somewhere(vm, placed.rest(lost), 1 - stay)
    model.close()
    model.cp_model.minimize(sum(stays))
    solver = model.cp.CpSolver()
    configure(solver)
    status = solver.solve(model.cp_model)
    if status not in {model.cp.OPTIMAL, model.cp.FEASIBLE}:
        return Stranding(placed.without(lost).homeless, is_least=False)
    names = (vm.name for vm, stay in zip(leaving, stays, strict=True) if solver.value(stay))
    return Stranding(tuple(sorted(names)), is_least=status == model.cp.OPTIMAL)


class _Model:
    """Machines that go onto hosts: each host holds what fits, and one instance of a tier."""

    def __init__(self, rooms: Rooms, tenants: Tenants) -> None:
        self.cp = cp_sat()
        self.cp_model: CpModel = self.cp.CpModel()
        self.rooms, self.tenants = rooms, tenants
        self.loads: dict[str, list[tuple[NewVM, LinearExprT]]] = {host: [] for host in rooms}

    def new_bool(self) -> IntVar:
        """A variable that is 0 or 1."""
        return self.cp_model.new_bool_var("")

    def goes_somewhere(self, vm: NewVM, hosts: Rooms, times: LinearExprT) -> dict[str, IntVar]:
        """The machine takes a place on as many of `hosts` as `times` says; by host, whether."""
        able = [host for host in sorted(hosts) if vm.amounts.fits_in(self.rooms[host])]
        on = {host: self.new_bool() for host in able}
        self.cp_model.add(sum(on.values()) == times)
        for host, var in on.items():
            self.loads[host].append((vm, var))
        return on

    def close(self) -> None:
        """Hold every host to its room, and to one instance of each tier that keeps apart."""
        for host, load in self.loads.items():
            _hold(self.cp_model, load, self.rooms[host], self._occupied(host))

    def _occupied(self, host: str) -> frozenset[Carried]:
        return frozenset(tier for tier, on in self.tenants.items() if host in on)


def _hold(
    model: CpModel,
    load: Sequence[tuple[NewVM, LinearExprT]],
    room: Amounts,
    occupied: frozenset[Carried],
) -> None:
    """What goes onto one host fits there, and keeps apart."""
    for one in ResourceClass:
        used = sum(vm.amounts[one] * var for vm, var in load)
        model.add(used <= max(0, room[one]))
    for tier in sorted({tier for vm, _ in load for tier in vm.apart}):
        instances = sum(var for vm, var in load if tier in vm.apart)
        model.add(instances <= (0 if tier in occupied else 1))


def _settle(vms: Sequence[NewVM], ground: Ground, limit_s: float) -> Packing:
    """Let CP-SAT find the places and the evacuations at once, or disprove them."""
    plain = pack(vms, ground.free, ground.tenants, limit_s=limit_s)
    losses = list(ground.losses)
    if plain.fit is not Fit.FITS or not losses:
        return plain
    if _survives(_Placed(ground, vms, plain.hosts)):
        return plain
    spared = pack(vms, _without_spare(ground), ground.tenants, limit_s=limit_s)
    if spared.fit is Fit.FITS and _survives(_Placed(ground, vms, spared.hosts)):
        return spared
    running = sum(len(ground.guests.get(host, ())) for lost in losses for host in lost)
    if (running + len(vms) * len(losses)) * len(ground.free) > MOST_VARIABLES:
        return Packing(Fit.UNSETTLED, {})
    return _Joint(vms, ground, losses).settled(limit_s)


def _without_spare(ground: Ground) -> Rooms:
    """The hosts without those with most room, as many as may be lost: left free for evacuations."""
    rooms = sorted(ground.free, key=lambda host: (-ground.free[host].memory_mib, host))
    return {host: ground.free[host] for host in rooms[ground.failures :]}


class _Joint:
    """The places of new machines, and for each loss where whatever ran there goes."""

    def __init__(self, vms: Sequence[NewVM], ground: Ground, losses: Sequence[Lost]) -> None:
        self.vms, self.ground = vms, ground
        self.places = _Model(ground.free, ground.tenants)
        self.model = self.places.cp_model
        self.on = {vm.name: self.places.goes_somewhere(vm, ground.free, 1) for vm in vms}
        self.places.close()
        for lost in losses:
            self._survive(lost)

    def settled(self, limit_s: float) -> Packing:
        """The answer of the solver."""
        cp = self.places.cp
        solver = cp.CpSolver()
        configure(solver, limit_s)
        status = solver.solve(self.model)
        if status in {cp.OPTIMAL, cp.FEASIBLE}:
            chosen = {
                name: host
                for name, on in self.on.items()
                for host, var in on.items()
                if solver.value(var)
            }
            return Packing(Fit.FITS, chosen)
        return Packing(Fit.NEVER if status == cp.INFEASIBLE else Fit.UNSETTLED, {})

    def _survive(self, lost: Lost) -> None:
        """Add the evacuation of `lost` beside what stays where it is."""
        rest = {host: room for host, room in self.ground.free.items() if host not in lost}
        model = _Model(rest, self.ground.tenants)
        model.cp_model = self.model
        allowed = self.ground.allowed.get(lost, 0)
        stays: list[IntVar] = []
        for vm in (vm for host in lost for vm in self.ground.guests.get(host, ())):
            stays.append(self._stays(allowed))
            model.goes_somewhere(vm, rest, 1 - stays[-1])
        for vm in self.vms:
            on = self.on[vm.name]
            for host in rest:
                if host in on:
                    model.loads[host].append((vm, on[host]))
            leaves = sum(on[host] for host in lost if host in on)
            stays.append(self._stays(allowed))
            model.goes_somewhere(vm, rest, leaves - stays[-1])
        model.close()
        self.model.add(sum(stays) <= allowed)

    def _stays(self, allowed: int) -> IntVar:
        """Whether a machine stays without a place, where any may."""
        return self.model.new_int_var(0, min(1, allowed), "")
