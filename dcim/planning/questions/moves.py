"""Where machines can go while the hosts below them are out.

First to the other hosts of their own cluster, whose reserve is kept for just that; then to the
pools that have room beside their reserve. Whole packings where they can be found, else one machine
after the other, the largest first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.ledger import ledgers
from dcim.planning.capacity.pack import Fit, best_fit, pack
from dcim.planning.capacity.rooms import rooms
from dcim.planning.estate import VM, Allocation, App, Carried, Cluster, Pool, Snapshot
from dcim.planning.holding import may_hold
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import ProviderKind


class Deed(StrEnum):
    """What is done with a machine before its host goes out."""

    MIGRATE = "migrate"
    MOVE = "move"
    NO_PLACE = "no_place"
    OTHERS_GO_ON = "others_go_on"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """What is out, in the snapshot's terms.

    Attributes:
        hosts: Hosts that are out, each with the public name of its pool.
        pools: Pools that are out altogether.
        machines: Ids of the machines that stop with them.
        needed: Ids of those of them that a running app can't do without.
    """

    hosts: frozenset[tuple[str, str]]
    pools: frozenset[str]
    machines: frozenset[str]
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Move:
    """What is done with a machine; `pool` and `host` say where it goes, where it goes anywhere.

    `host` is empty where hosts are not ours.
    """

    machine: VM
    deed: Deed
    pool: str = ""
    host: str = ""


def moves(snapshot: Snapshot, out: Out) -> tuple[Move, ...]:
    """What is done with each running machine that stops, or whose host is out, by name.

    Notes:
        A machine on a host that is out, which does not stop, is started elsewhere by its cluster:
        it migrates. That there is no place is proved for a cluster's own hosts, else it is what one
        machine after the other finds.
    """
    homes = snapshot.homes()
    leaving = [vm for vm in snapshot.vms if vm.is_running and _leaves(vm, homes.get(vm, ""), out)]
    going = [vm for vm in leaving if vm.id in out.needed or vm.id not in out.machines]
    active = {app.code for app in snapshot.apps if app.status == "active"}
    placed = _Places(snapshot, out, homes, going).found()
    found = [placed.get(vm.id) or _staying(vm, active) for vm in leaving]
    return tuple(sorted(found, key=lambda move: (list(Deed).index(move.deed), move.machine.name)))


def _leaves(vm: VM, home: str, out: Out) -> bool:
    return vm.id in out.machines or (home, vm.host or "") in out.hosts


def _staying(vm: VM, active: Collection[str]) -> Move:
    is_serving = any(code in active for code in vm.apps)
    return Move(vm, Deed.OTHERS_GO_ON if is_serving else Deed.STOP)


class _Places:
    """Finds a place for each of the machines that go."""

    def __init__(
        self, snapshot: Snapshot, out: Out, homes: Mapping[VM, str], going: list[VM]
    ) -> None:
        self.snapshot, self.out, self.homes, self.going = snapshot, out, homes, going
        self.books = {ledger.pool: ledger for ledger in ledgers(snapshot)}
        left = rooms(snapshot, self.books.values(), frozenset(going), ())
        self.pools = left.pools
        self.hosts = {
            pool: {host: room for host, room in hosts.items() if (pool, host) not in out.hosts}
            for pool, hosts in left.hosts.items()
        }
        self.apps = {app.code: app for app in snapshot.apps}
        self.providers = {one.slug: one for one in snapshot.providers}
        self.tenants = self._tenants()

    def found(self) -> dict[str, Move]:
        """The move of each machine, by its id."""
        moved: dict[str, Move] = {}
        for pool in self.snapshot.clusters:
            moved |= self._at_home(pool)
        for vm in sorted(self.going, key=lambda vm: (-vm.amounts.memory_mib, vm.name)):
            if vm.id not in moved:
                moved[vm.id] = self._elsewhere(vm)
        return moved

    def _at_home(self, cluster: Cluster) -> dict[str, Move]:
        """Those that the cluster's other hosts carry: all of them, or as many as fit."""
        own = [vm for vm in self.going if self.homes.get(vm) == cluster.ref]
        if not own or cluster.ref in self.out.pools:
            return {}
        packing = pack([self._wish(vm) for vm in own], *self._of(cluster.ref))
        if packing.fit is Fit.FITS:
            return {
                vm.id: self._take(vm, cluster.ref, packing.hosts[vm.id], self._deed(vm))
                for vm in own
            }
        own.sort(key=lambda vm: (-vm.amounts.memory_mib, vm.name))
        return {vm.id: move for vm in own if (move := self._onto(vm, cluster.ref, self._deed(vm)))}

    def _elsewhere(self, vm: VM) -> Move:
        for pool in self._preferred():
            provider = self.providers.get(pool.provider or "")
            fits = vm.amounts.fits_in(self.pools.get(pool.ref, Amounts()))
            if fits and all(may_hold(provider, app) for app in self._carried(vm)):
                if isinstance(pool, Allocation):
                    return self._take(vm, pool.ref, "", Deed.MOVE)
                if move := self._onto(vm, pool.ref, Deed.MOVE):
                    return move
        return Move(vm, Deed.NO_PLACE)

    def _preferred(self) -> Iterator[Pool]:
        """Pools that take machines: own clusters, the largest first, then grants of the PDN."""
        free = [
            pool
            for pool in self.snapshot.pools
            if pool.ref not in self.out.pools and self.books[pool.ref].is_open
        ]
        clusters = [pool for pool in free if isinstance(pool, Cluster)]
        clusters.sort(key=lambda one: (-self.books[one.ref].capacity.memory_mib, one.ref))
        yield from clusters
        for pool in free:
            provider = self.providers.get(pool.provider or "")
            if isinstance(pool, Allocation) and provider and provider.kind is ProviderKind.PDN:
                yield pool

    def _onto(self, vm: VM, pool: str, deed: Deed) -> Move | None:
        """The machine on one of the pool's hosts, if one can take it."""
        host = (best_fit([self._wish(vm)], *self._of(pool)) or {}).get(vm.id)
        return None if host is None else self._take(vm, pool, host, deed)

    def _take(self, vm: VM, pool: str, host: str, deed: Deed) -> Move:
        """Note that the machine takes its room there."""
        if pool != self.homes.get(vm):
            self.pools[pool] -= vm.amounts
        if host:
            self.hosts[pool][host] -= vm.amounts
            for tier in self._wish(vm).apart:
                self.tenants.setdefault((pool, tier), set()).add(host)
        return Move(vm, deed, pool, host)

    def _deed(self, vm: VM) -> Deed:
        return Deed.MOVE if vm.id in self.out.machines else Deed.MIGRATE

    def _of(self, pool: str) -> tuple[Mapping[str, Amounts], Mapping[Carried, frozenset[str]]]:
        """What a pool's hosts have left, and which of them carry instances that keep apart."""
        tenants = {
            tier: frozenset(hosts) for (of, tier), hosts in self.tenants.items() if of == pool
        }
        return self.hosts.get(pool, {}), tenants

    def _tenants(self) -> dict[tuple[str, Carried], set[str]]:
        staying = frozenset(self.homes) - frozenset(self.going)
        found: dict[tuple[str, Carried], set[str]] = {}
        for vm in staying:
            for tier in vm.carries if vm.host else ():
                found.setdefault((self.homes[vm], tier), set()).add(vm.host or "")
        return found

    def _wish(self, vm: VM) -> NewVM:
        """The machine as packing knows it, by its id."""
        apart = tuple(tier for tier in vm.carries if self._keeps_apart(tier))
        return NewVM(name=vm.id, app="", workloads=(), amounts=vm.amounts, apart=apart)

    def _keeps_apart(self, tier: Carried) -> bool:
        return any(
            one.name == tier.tier and one.anti_affinity for one in self.apps[tier.app].workloads
        )

    def _carried(self, vm: VM) -> list[App]:
        return [self.apps[code] for code in vm.apps]
