"""Which apps wait until machines have gone, and which machines those are.

What need not wait does not: where best fit finds hosts beside the machines that go, those are
taken. Else apps are walked through in their order: those that fit beside come back at once, the
others name as few as needed of the machines whose room they take.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from dcim.planning.capacity.pack import Fit
from dcim.planning.capacity.rooms import Rooms
from dcim.planning.capacity.survival import place
from dcim.planning.estate import VM
from dcim.planning.reactivation.candidates import Prospects
from dcim.planning.reactivation.grounds import Grounds
from dcim.planning.reactivation.placing import Placed
from dcim.vocabulary.amounts import Amounts, total


@dataclass(frozen=True, slots=True)
class Waiting:
    """The hosts of new machines by name, and per app that waits the machines that go first."""

    hosts: Mapping[str, str]
    first: Mapping[str, frozenset[VM]]


def waiting(
    found: Prospects,
    placed: Placed,
    left: Rooms,
    grounds: Grounds,
    going: Mapping[VM, str],
    needs: Mapping[str, Collection[str]],
    order: Mapping[str, int],
) -> Waiting:
    """What has to go before which app comes back.

    Args:
        found: the candidates.
        placed: where they come back.
        left: what is left once machines have gone.
        grounds: the hosts of our clusters.
        going: the pool of each machine that goes.
        needs: per app the apps it rests on.
        order: the step of each app that comes back.
    """
    hosts = dict(placed.hosts)
    first: dict[str, frozenset[VM]] = {}
    for pool in left.pools:
        there = [code for code, option in placed.choice.placed.items() if option == pool]
        leaving = [
            vm for vm, home in going.items() if pool in {home, f"allocation:{vm.allocation}"}
        ]
        if there and leaving:
            beside = _Beside(found, left, grounds, pool, leaving)
            if (now := beside.hosts_now(there)) is not None:
                hosts |= now
                continue
            first |= beside.walk(sorted(there, key=lambda code: (order[code], code)), hosts)
    return Waiting(hosts, _passed_on(first, needs, order))


class _Beside:
    """A pool while the machines that go still stand."""

    def __init__(
        self, found: Prospects, left: Rooms, grounds: Grounds, pool: str, leaving: list[VM]
    ) -> None:
        self.found, self.grounds, self.pool = found, grounds, pool
        self.leaving = sorted(leaving, key=lambda vm: (-vm.amounts.memory_mib, vm.name, vm.id))
        self.room = left.pools[pool] - total(vm.amounts for vm in leaving)
        ground = grounds.by_pool.get(pool)
        self.free = dict(ground.free) if ground else {}
        for vm in leaving:
            if vm.host in self.free and vm.host:
                self.free[vm.host] -= vm.amounts

    def hosts_now(self, codes: list[str]) -> dict[str, str] | None:
        """Hosts for the machines of `codes` beside what goes; None where best fit finds none."""
        vms = self.found.machines(codes, self.pool)
        if not total(vm.amounts for vm in vms).fits_in(self.room):
            return None
        ground = self.grounds.by_pool.get(self.pool)
        if ground is None:
            return {}
        packing = place(vms, replace(ground, free=self.free), by_solver=False)
        return dict(packing.hosts) if packing.fit is Fit.FITS else None

    def walk(self, codes: list[str], hosts: Mapping[str, str]) -> dict[str, frozenset[VM]]:
        """Per app that has to wait, the machines that go first."""
        waiting = [code for code in codes if not self._take(self._parts(code, hosts))]
        first: dict[str, frozenset[VM]] = {}
        for code in waiting:
            first[code] = frozenset(
                vm
                for host, amounts in self._parts(code, hosts).items()
                for vm in self._freed(host, amounts)
            )
        return {code: vms for code, vms in first.items() if vms}

    def _parts(self, code: str, hosts: Mapping[str, str]) -> dict[str, Amounts]:
        """What the app takes of each host, and of the pool as a whole (under an empty name)."""
        parts: dict[str, Amounts] = defaultdict(Amounts)
        for vm in self.found.machines((code,), self.pool):
            parts[""] += vm.amounts
            if vm.name in hosts:
                parts[hosts[vm.name]] += vm.amounts
        return parts

    def _take(self, parts: Mapping[str, Amounts]) -> bool:
        """Take the parts if they fit beside what goes."""
        if not all(amounts.fits_in(self._left(host)) for host, amounts in parts.items()):
            return False
        for host, amounts in parts.items():
            self._lessen(host, amounts)
        return True

    def _freed(self, host: str, amounts: Amounts) -> Iterable[VM]:
        """Take the part; as few of the machines that go, the largest first, as it needs to."""
        self._lessen(host, amounts)
        short = Amounts() - self._left(host)
        chosen = [vm for vm in self.leaving if not host or vm.host == host]
        for vm in reversed(chosen):
            rest = [one for one in chosen if one is not vm]
            if short.fits_in(total(one.amounts for one in rest)):
                chosen = rest
        return chosen

    def _left(self, host: str) -> Amounts:
        return self.free[host] if host else self.room

    def _lessen(self, host: str, amounts: Amounts) -> None:
        if host:
            self.free[host] -= amounts
        else:
            self.room -= amounts


def _passed_on(
    first: Mapping[str, frozenset[VM]],
    needs: Mapping[str, Collection[str]],
    order: Mapping[str, int],
) -> dict[str, frozenset[VM]]:
    """`first`, with what has to go before the apps that each rests on."""
    found = dict(first)
    changed = True
    while changed:
        changed = False
        for code in order:
            below = [found[one] for one in needs.get(code, ()) if one in found and one in order]
            whole = frozenset().union(found.get(code, frozenset()), *below)
            if whole and whole != found.get(code):
                found[code], changed = whole, True
    return found
