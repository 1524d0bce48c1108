"""Whether a cluster's machines fit on fewer hosts if those that need not move do too."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from dcim.planning.capacity.floor import Floor, Occupant
from dcim.planning.capacity.pack import Fit
from dcim.planning.solver import configure, cp_sat
from dcim.vocabulary.amounts import Amounts, ResourceClass, total

# Machines times hosts: beyond it the model takes longer to build than the solver may run.
LARGEST_MODEL: Final = 20_000


@dataclass(frozen=True, slots=True)
class Move:
    """A machine and the host that it goes to."""

    machine: Occupant
    host: str


@dataclass(frozen=True, slots=True)
class Repack:
    """Whether moving others helps, and every machine that would move then."""

    fit: Fit
    moves: tuple[Move, ...] = ()


def repack(floor: Floor, lost: Collection[str]) -> Repack:
    """A place for every machine of `floor` on the hosts that are not `lost`, with few moves.

    Notes: nothing is added to a host that is over-committed already. The fewest moves that CP-SAT
        finds in its limit; that it finds none is a proof, unless the answer is UNSETTLED.
    """
    hosts = {name: room for name, room in floor.whole().items() if name not in lost}
    if len(floor.occupants) * len(hosts) > LARGEST_MODEL:
        return Repack(Fit.UNSETTLED)
    return _Model(floor, hosts).solved()


class _Model:
    """A place for each machine, within what each host has; as many as can stay where they are."""

    def __init__(self, floor: Floor, hosts: Mapping[str, Amounts]) -> None:
        self.occupants, self.hosts = floor.occupants, dict(sorted(hosts.items()))
        self.cp = cp_sat()
        self.model, self.solver = self.cp.CpModel(), self.cp.CpSolver()
        configure(self.solver)
        self.on = {
            (one.id, host): self.model.new_bool_var("")
            for one in self.occupants
            for host in self.hosts
        }
        for one in self.occupants:
            self.model.add_exactly_one(self.on[one.id, host] for host in self.hosts)
        for host, whole in self.hosts.items():
            self._keep_within(host, whole)
            self._keep_apart(host)
        stays = [self.on[one.id, one.host] for one in self.occupants if one.host in self.hosts]
        self.model.maximize(sum(stays))

    def _keep_within(self, host: str, whole: Amounts) -> None:
        now = total(one.amounts for one in self.occupants if one.host == host)
        for kind in ResourceClass:
            used = sum(one.amounts[kind] * self.on[one.id, host] for one in self.occupants)
            self.model.add(used <= max(whole[kind], now[kind]))

    def _keep_apart(self, host: str) -> None:
        for tier in sorted({tier for one in self.occupants for tier in one.apart}):
            instances = [one for one in self.occupants if tier in one.apart]
            together = sum(one.host == host for one in instances)
            held = sum(self.on[one.id, host] for one in instances)
            self.model.add(held <= max(1, together))

    def solved(self) -> Repack:
        """The answer, with the machines that move by name."""
        status = self.solver.solve(self.model)
        if status not in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
            return Repack(Fit.NEVER if status == self.cp.INFEASIBLE else Fit.UNSETTLED)
        moves = (
            Move(one, host)
            for one in self.occupants
            for host in self.hosts
            if host != one.host and self.solver.value(self.on[one.id, host])
        )
        return Repack(Fit.FITS, tuple(sorted(moves, key=lambda one: one.machine.name)))
