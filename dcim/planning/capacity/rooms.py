"""What is left for a plan to fill once it has reclaimed and has kept what was promised before.

Machines that are planned or staged come first, in the order of their names, as far as their pool
and a host can take them; the rest of those is refused, since no plan may add to over-commitment.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.ledger import PoolLedger
from dcim.planning.capacity.pack import best_fit
from dcim.planning.estate import VM, Cluster, Snapshot
from dcim.vocabulary.amounts import Amounts, ResourceClass, capacity, total


@dataclass(slots=True)
class Rooms:
    """What each open pool, and each host in it, has left; and the promises that were kept.

    `admitted` are planned machines with their host ("" where hosts are not ours), `refused` those
    that do not fit, `barred` those that may not be where they are planned, `settled` the likely
    host of standing ones whose host is not recorded.
    """

    pools: dict[str, Amounts]
    hosts: dict[str, dict[str, Amounts]]
    admitted: dict[VM, str] = field(default_factory=dict)
    refused: list[VM] = field(default_factory=list)
    barred: frozenset[VM] = frozenset()
    settled: dict[VM, str] = field(default_factory=dict)

    def admit(self, vm: VM, home: str) -> None:
        """Take the planned `vm` into its pools and onto a host, or refuse it."""
        pools = _pools_of(vm, home)
        host = self._host_for(vm, home)
        if host is None or not all(self._has(pool, vm.amounts) for pool in pools):
            self.refused.append(vm)
            return
        self.admitted[vm] = host
        for pool in pools:
            self.pools[pool] -= vm.amounts
        if host:
            self.hosts[home][host] -= vm.amounts

    def settle(self, vm: VM, home: str) -> None:
        """Take the host room of a standing `vm` whose host is not recorded: a likely host's."""
        host = self._host_for(vm, home)
        if host:
            self.hosts[home][host] -= vm.amounts
            self.settled[vm] = host

    def stand_back(self, vm: VM, home: str) -> None:
        """Refuse the planned `vm`, which was admitted, after all."""
        host = self.admitted.pop(vm)
        self.refused.append(vm)
        for pool in _pools_of(vm, home):
            self.pools[pool] += vm.amounts
        if host:
            self.hosts[home][host] += vm.amounts

    def _has(self, pool: str, amounts: Amounts) -> bool:
        return pool in self.pools and amounts.fits_in(self.pools[pool])

    def _host_for(self, vm: VM, home: str) -> str | None:
        hosts = self.hosts.get(home)
        if hosts is None:
            return ""
        able = hosts if vm.host is None else {vm.host: hosts.get(vm.host, Amounts())}
        likely = NewVM(name=vm.name, app="", workloads=(), amounts=vm.amounts)
        return (best_fit([likely], able, {}) or {}).get(vm.name)


def rooms(
    snapshot: Snapshot,
    ledgers: Iterable[PoolLedger],
    going: Container[VM],
    dropped: Container[VM],
    barred: frozenset[VM] = frozenset(),
) -> Rooms:
    """The rooms of `snapshot` without the machines that are `going`.

    Args:
        snapshot: in order.
        ledgers: of its pools.
        going: standing machines that are reclaimed.
        dropped: planned machines that are not to be made.
        barred: planned machines that may not be where they are planned.
    """
    homes = snapshot.homes()
    staying = {vm: home for vm, home in homes.items() if vm not in going and not vm.is_planned}
    left = Rooms(
        {one.pool: one.capacity - _taken(one.pool, staying) for one in ledgers if one.is_open},
        {one.ref: host_rooms(one, staying) for one in snapshot.clusters if one.hosts},
        barred=barred,
    )
    for vm in sorted(staying, key=lambda vm: (-vm.amounts.memory_mib, vm.name)):
        if vm.host is None:
            left.settle(vm, staying[vm])
    for vm, home in homes.items():
        if vm.is_planned and vm not in dropped and vm not in barred:
            left.admit(vm, home)
    return left


def host_rooms(cluster: Cluster, staying: Mapping[VM, str]) -> dict[str, Amounts]:
    """What each active host of `cluster` has left beside the machines known to be on it."""
    rooms: dict[str, Amounts] = {}
    for host in cluster.active_hosts:
        whole = {one: capacity(host.amounts[one], 0, cluster.ratios[one]) for one in ResourceClass}
        used = total(
            vm.amounts
            for vm, home in staying.items()
            if home == cluster.ref and vm.host == host.name
        )
        rooms[host.name] = Amounts.from_mapping(whole) - used
    return rooms


def _pools_of(vm: VM, home: str) -> set[str]:
    """The pools in which the machine counts."""
    return {home, f"allocation:{vm.allocation}" if vm.allocation else home}


def _taken(pool: str, staying: Mapping[VM, str]) -> Amounts:
    return total(
        vm.amounts for vm, home in staying.items() if pool in {home, f"allocation:{vm.allocation}"}
    )
