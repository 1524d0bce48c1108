"""The hosts of our clusters as a plan finds them: what they have left, and who runs there.

Also judges the promises that were kept before: a machine planned earlier stands back where the
cluster would survive less with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.rooms import Rooms
from dcim.planning.capacity.survival import Ground, Lost, Stranding, strandings
from dcim.planning.estate import VM, Carried, Cluster, Snapshot


@dataclass(frozen=True, slots=True)
class Grounds:
    """Per cluster its ground; the machines that stand stopped there, by app and host.

    `stopped` start with their app, `fallen` say where a loss leaves what stands without a place;
    `failed_before` are the clusters of which that is so while what goes still stands.
    """

    by_pool: Mapping[str, Ground]
    stopped: Mapping[str, Mapping[str, Mapping[str, tuple[NewVM, ...]]]]
    fallen: Mapping[str, Mapping[Lost, Stranding]]
    failed_before: frozenset[str]

    def starting(self, pool: str, codes: Iterable[str]) -> dict[str, list[NewVM]]:
        """The machines of `codes` that stand stopped in the pool, by host, each once."""
        found: dict[str, dict[str, NewVM]] = {}
        for code in codes:
            for host, vms in self.stopped.get(pool, {}).get(code, {}).items():
                found.setdefault(host, {}).update((vm.name, vm) for vm in vms)
        return {host: list(vms.values()) for host, vms in found.items()}

    def may_start(self, pool: str) -> Iterator[NewVM]:
        """The machines that stand stopped in the pool and may start with their app."""
        for hosts in self.stopped.get(pool, {}).values():
            for vms in hosts.values():
                yield from vms

    def starts(self, code: str) -> frozenset[str]:
        """The pools where machines start when the app comes back."""
        return frozenset(pool for pool, apps in self.stopped.items() if code in apps)


def grounds(
    snapshot: Snapshot, left: Rooms, going: Collection[VM], may_start: Collection[str]
) -> Grounds:
    """The grounds of the clusters in `left`, whose promises stand back where they must.

    Args:
        snapshot: in order.
        left: what is left; promises that no longer stand are taken out of it.
        going: machines that are reclaimed.
        may_start: the apps that may come back.
    """
    reader = _Reader(snapshot, left, going)
    by_pool: dict[str, Ground] = {}
    fallen: dict[str, dict[Lost, Stranding]] = {}
    failed: set[str] = set()
    for cluster in snapshot.clusters:
        if cluster.ref in left.hosts:
            bare = reader.ground(cluster)
            fallen[cluster.ref] = strandings(bare)
            if fallen[cluster.ref] or strandings(reader.before(cluster, bare)):
                failed.add(cluster.ref)
            allowed = {lost: len(one.names) for lost, one in fallen[cluster.ref].items()}
            by_pool[cluster.ref] = reader.promised(cluster, replace(bare, allowed=allowed))
    return Grounds(by_pool, reader.stopped(may_start), fallen, frozenset(failed))


class _Reader:
    """What stands on the hosts of each cluster."""

    def __init__(self, snapshot: Snapshot, left: Rooms, going: Collection[VM]) -> None:
        self.left, self.homes = left, snapshot.homes()
        self.standing = [vm for vm in self.homes if not vm.is_planned and vm not in going]
        self.going = [vm for vm in self.homes if vm in going]
        self.apart = {
            Carried(app=app.code, tier=tier.name)
            for app in snapshot.apps
            for tier in app.workloads
            if tier.anti_affinity
        }

    def ground(self, cluster: Cluster) -> Ground:
        """The cluster with what stands in it, its promises not yet made."""
        here = self.left.hosts[cluster.ref]
        guests: dict[str, list[NewVM]] = {host: [] for host in here}
        tenants: dict[Carried, set[str]] = {}
        for vm in (vm for vm in self.standing if self.homes[vm] == cluster.ref):
            for tier in vm.carries if vm.host else ():
                tenants.setdefault(tier, set()).add(vm.host or "")
            if vm.is_running and (host := self._host(vm)) in guests:
                guests[host].append(self._guest(vm))
        free = dict(here)
        for vm, host in self._promises(cluster):
            free[host] += vm.amounts
        return Ground(
            free=free,
            guests={host: tuple(vms) for host, vms in guests.items()},
            tenants={tier: frozenset(on) for tier, on in tenants.items() if tier in self.apart},
            failures=cluster.host_failures_to_survive,
        )

    def before(self, cluster: Cluster, ground: Ground) -> Ground:
        """The cluster while what goes still stands."""
        free, guests = dict(ground.free), dict(ground.guests)
        for vm in self.going:
            if self.homes[vm] == cluster.ref and vm.host in free and vm.host:
                free[vm.host] -= vm.amounts
                if vm.is_running:
                    guests[vm.host] = (*guests[vm.host], self._guest(vm))
        return replace(ground, free=free, guests=guests)

    def promised(self, cluster: Cluster, ground: Ground) -> Ground:
        """The ground with its promises; those that it would survive less with are refused.

        Notes: all at once where that goes well, else one after the other in their order.
        """
        promises = self._promises(cluster)
        if promises and self._holds(ground, promises):
            return self._with(ground, promises)
        kept: list[tuple[VM, str]] = []
        for vm, host in promises:
            if self._holds(ground, [*kept, (vm, host)]):
                kept.append((vm, host))
            else:
                self.left.stand_back(vm, cluster.ref)
        return self._with(ground, kept)

    def stopped(
        self, may_start: Collection[str]
    ) -> dict[str, dict[str, dict[str, tuple[NewVM, ...]]]]:
        """By pool, app that may come back and host, the machines that stand stopped."""
        found: dict[str, dict[str, dict[str, tuple[NewVM, ...]]]] = {}
        for vm in self.standing:
            pool, host = self.homes[vm], self._host(vm)
            if vm.is_running or host not in self.left.hosts.get(pool, {}):
                continue
            for code in (code for code in vm.apps if code in may_start):
                hosts = found.setdefault(pool, {}).setdefault(code, {})
                hosts[host] = (*hosts.get(host, ()), self._guest(vm))
        return found

    def _promises(self, cluster: Cluster) -> list[tuple[VM, str]]:
        admitted = self.left.admitted.items()
        return [(vm, host) for vm, host in admitted if self.homes[vm] == cluster.ref and host]

    def _holds(self, ground: Ground, promises: list[tuple[VM, str]]) -> bool:
        whole = self._with(ground, promises)
        return all(
            len(one.names) <= ground.allowed.get(lost, 0) for lost, one in strandings(whole).items()
        )

    def _with(self, ground: Ground, promises: list[tuple[VM, str]]) -> Ground:
        free = dict(ground.free)
        guests, tenants = dict(ground.guests), dict(ground.tenants)
        for vm, host in promises:
            free[host] -= vm.amounts
            guests[host] = (*guests[host], self._guest(vm))
            for tier in self._guest(vm).apart:
                tenants[tier] = tenants.get(tier, frozenset()) | {host}
        return replace(ground, free=free, guests=guests, tenants=tenants)

    def _host(self, vm: VM) -> str:
        return vm.host or self.left.settled.get(vm, "")

    def _guest(self, vm: VM) -> NewVM:
        apart = tuple(tier for tier in vm.carries if tier in self.apart)
        return NewVM(name=guest_name(vm), app="", workloads=(), amounts=vm.amounts, apart=apart)


def guest_name(vm: VM) -> str:
    """What packing knows a recorded machine by, as no new machine is named.

    Ties between hosts are broken by it, so it begins with what is alike in every database.
    """
    return f"recorded {vm.name} {vm.id}"
