"""Who stands on which host of a cluster: what evacuation and packing begin with.

Machines whose host is not recorded, or no longer gives room, are taken to stand where they fit
best, as `rooms` takes them to; planned machines follow, as far as a host can take them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.pack import best_fit
from dcim.planning.estate import NOTHING, VM, Carried, Cluster, Snapshot
from dcim.vocabulary.amounts import Amounts, ResourceClass, capacity, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """A machine of a cluster; `host` is empty where it stands on none that gives room."""

    id: str
    name: str
    amounts: Amounts
    host: str = ""
    apart: tuple[Carried, ...] = ()

    @property
    def wish(self) -> NewVM:
        """The machine as packing knows it, by its id."""
        return NewVM(name=self.id, app="", workloads=(), amounts=self.amounts, apart=self.apart)


@dataclass(frozen=True, slots=True)
class Floor:
    """A cluster, its machines each with a host, and planned ones that have no place (`refused`)."""

    cluster: Cluster
    occupants: tuple[Occupant, ...]
    refused: tuple[Occupant, ...] = ()

    def whole(self) -> dict[str, Amounts]:
        """What each host that gives room has, with the ratios."""
        return {host.name: self._lent(host.amounts) for host in self.cluster.active_hosts}

    def left(self) -> dict[str, Amounts]:
        """What each host has left beside its machines; negative where over-committed."""
        rooms = self.whole()
        for one in self.occupants:
            if one.host:
                rooms[one.host] -= one.amounts
        return rooms

    def tenants(self) -> dict[Carried, frozenset[str]]:
        """Per tier that keeps apart, the hosts that carry an instance."""
        found: dict[Carried, set[str]] = defaultdict(set)
        for one in self.occupants:
            for tier in one.apart if one.host else ():
                found[tier].add(one.host)
        return {tier: frozenset(hosts) for tier, hosts in found.items()}

    def capacity_without(self, lost: Iterable[str]) -> Amounts:
        """What the other hosts give together beside the cluster's stated reserve."""
        gone = frozenset(lost)
        staying = total(one.amounts for one in self.cluster.active_hosts if one.name not in gone)
        return self._lent(staying, self.cluster.reserved)

    def _lent(self, amounts: Amounts, reserved: Amounts = NOTHING) -> Amounts:
        ratios = self.cluster.ratios
        return Amounts(
            *(capacity(amounts[one], reserved[one], ratios[one]) for one in ResourceClass)
        )


def floors(snapshot: Snapshot) -> tuple[Floor, ...]:
    """The floor of every cluster that has hosts, in the snapshot's order.

    Notes: O(V log V + V x H) for V machines and H hosts of a cluster.
    """
    apart = {
        Carried(app=app.code, tier=tier.name)
        for app in snapshot.apps
        for tier in app.workloads
        if tier.anti_affinity
    }
    machines: dict[str, list[VM]] = defaultdict(list)
    for vm, home in snapshot.homes().items():
        machines[home].append(vm)
    return tuple(
        _floor(cluster, machines[cluster.ref], apart)
        for cluster in snapshot.clusters
        if cluster.hosts
    )


def _floor(cluster: Cluster, machines: list[VM], apart: set[Carried]) -> Floor:
    active = {host.name for host in cluster.active_hosts}
    known = [_occupant(vm, apart, active) for vm in machines if not vm.is_planned]
    homeless = sorted(
        (one for one in known if not one.host), key=lambda one: (-one.amounts.memory_mib, one.name)
    )
    floor = Floor(cluster, tuple(one for one in known if one.host))
    rooms = floor.left()
    standing = [_settled(one, rooms) for one in homeless]
    planned = [_occupant(vm, apart, active) for vm in machines if vm.is_planned]
    promised = [_settled(one, rooms) for one in planned]
    return Floor(
        cluster,
        (*floor.occupants, *standing, *(one for one in promised if one.host)),
        tuple(one for one in promised if not one.host),
    )


def _occupant(vm: VM, apart: set[Carried], active: set[str]) -> Occupant:
    return Occupant(
        id=vm.id,
        name=vm.name,
        amounts=vm.amounts,
        host=vm.host if vm.host in active and vm.host else "",
        apart=tuple(tier for tier in vm.carries if tier in apart),
    )


def _settled(one: Occupant, rooms: dict[str, Amounts]) -> Occupant:
    """The machine on its host, else where it fits best, taking room there; on none if none can."""
    able = {one.host: rooms[one.host]} if one.host else rooms
    host = (best_fit([one.wish], open_rooms(able), {}) or {}).get(one.id, "")
    if host:
        rooms[host] -= one.amounts
    return replace(one, host=host)


def open_rooms(rooms: Mapping[str, Amounts]) -> dict[str, Amounts]:
    """`rooms` for what is to come: where a class is over-committed it gives nothing more."""
    return {
        host: Amounts(max(0, room.vcpus), max(0, room.memory_mib), max(0, room.storage_gib))
        for host, room in rooms.items()
    }
