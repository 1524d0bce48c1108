"""The dependency graph as it would be once a plan is carried out.

The plan's machines take their places in the graph of the record, in memory: what is reclaimed goes,
what is made or started carries its tiers, what is revived runs. The same rules as when the record
is read decide who is in a group, and how many hosts a cluster needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from dcim.graph.capacity import ClusterLoad, hosts_needed
from dcim.graph.facts import Facts, Group, Need, Node, Thing
from dcim.graph.graph import DependencyGraph
from dcim.planning.document import Change, Outcome, PlanDocument, PlannedVM, Target
from dcim.planning.estate import VM, Cluster, Snapshot
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import AppStatus, VirtualMachineStatus
from dcim.vocabulary.things import Ref, ThingKind

HOSTS, INSTANCES = "hosts", "instances"
STATUSES: Final = {
    Outcome.REVIVE: AppStatus.ACTIVE.value,
    Outcome.REVIVE_AFTER_RECLAIM: AppStatus.ACTIVE.value,
    Outcome.RETIRE: AppStatus.RETIRED.value,
}
Hosts = Mapping[int, tuple[str, str]]


def graph_after(
    graph: DependencyGraph, snapshot: Snapshot, document: PlanDocument, hosts: Hosts
) -> DependencyGraph:
    """The graph once `document` is carried out.

    Args:
        graph: The graph of the record.
        snapshot: The estate of the same record.
        document: The plan; what waits for a grant is not there yet.
        hosts: By the key of each host's row the public name of its pool and its name there.

    Notes:
        A plan that is older than the record is laid over what is there now: machines and apps that
        are gone are passed over. The graph is made anew of facts: about 10 s for a nation.
    """
    after = GraphInWork(graph, snapshot, hosts)
    for target in document.targets:
        for vm in target.reclaim:
            after.take_away(vm)
    for target in document.targets:
        for vm in filter(_comes_up, target.vms):
            after.bring_up(vm, target)
    for line in document.apps:
        if line.outcome in STATUSES:
            after.set_status(Ref(ThingKind.APP, line.code), STATUSES[line.outcome])
    return after.graph()


def _comes_up(vm: PlannedVM) -> bool:
    """Whether the plan makes or starts the machine."""
    return vm.running and (vm.change is Change.CREATE or vm.runs_now is False)


class GraphInWork:
    """Facts on the way from what is to what will be."""

    def __init__(self, graph: DependencyGraph, snapshot: Snapshot, hosts: Hosts) -> None:
        facts = graph.to_facts()
        self.serial = facts.serial
        nodes: list[Node] = [*facts.things, *facts.groups]
        self.nodes = {node.id: node for node in nodes}
        self.below: dict[Ref, dict[Ref, bool]] = defaultdict(dict)
        self.above: dict[Ref, set[Ref]] = defaultdict(set)
        for need in facts.needs:
            self._need(need.source, need.target, hard=need.hard)
        self.snapshot = snapshot
        self.machines = {vm.id: vm for vm in snapshot.vms}
        self.rows = {
            (thing.kind, thing.pk): thing.id for thing in facts.things if thing.pk is not None
        }
        self.hosts = {
            place: self.rows[ThingKind.HOST, pk]
            for pk, place in hosts.items()
            if (ThingKind.HOST, pk) in self.rows
        }
        self.used: dict[str, Amounts] = {}  # by the clusters whose load changes
        self.tiers: dict[Ref, set[Ref]] = defaultdict(set)  # that change, and who comes up for them

    def take_away(self, vm: PlannedVM) -> None:
        """The machine is gone; its tiers have an instance less."""
        ref = self._known(vm)
        if ref is None or ref not in self.nodes:
            return
        for tier in self._carried_by(ref):
            self.tiers[tier] |= set()
        self._count(self.machines[vm.id or ""], taken=False)
        for above in tuple(self.above[ref]):
            self._forget(above, ref)
        for below in tuple(self.below[ref]):
            self._forget(ref, below)
        del self.nodes[ref]

    def bring_up(self, vm: PlannedVM, target: Target) -> None:
        """The machine runs, where the plan says, and carries its tiers."""
        ref = self._known(vm)
        if ref is None:
            ref = self._new(vm, target)
        elif vm.change is Change.CREATE:
            self._count(self.machines[vm.id or ""], taken=True)
        self.set_status(ref, VirtualMachineStatus.ACTIVE.value)
        for tier in self._tiers_of(vm):
            if tier in self.nodes:
                self.tiers[tier].add(ref)

    def set_status(self, ref: Ref, status: str) -> None:
        """A thing that is there gets another status."""
        if isinstance(node := self.nodes.get(ref), Thing):
            self.nodes[ref] = replace(node, status=status)

    def host_of(self, pool: str, name: str) -> Ref | None:
        """The node of a host by its pool's public name and its name there."""
        return self.hosts.get((pool, name))

    def add_host(self, pool: str, name: str) -> None:
        """A host that is not recorded stands in its cluster; `recount` says what is needed then."""
        ref = Ref(ThingKind.HOST, name)
        if ref in self.nodes:
            ref = Ref(ThingKind.HOST, f"{pool}/{name}")
        self.nodes[ref] = Thing(ref, label=name)
        self.hosts[pool, name] = ref
        owner = Ref.parse(pool)
        if members := self._members(owner, HOSTS):
            self._choose(owner, HOSTS, members | {ref}, 1)

    def empty_host(self, pool: str, name: str) -> None:
        """A host leaves its cluster; machines that stood on it alone go to one of the others."""
        ref, owner = self.hosts[pool, name], Ref.parse(pool)
        members = self._members(owner, HOSTS)
        if ref in members and len(members) > 1:
            self._choose(owner, HOSTS, members - {ref}, 1)
        others = {one for (where, _), one in self.hosts.items() if where == pool and one != ref}
        for machine in [one for one in self.above[ref] if one.kind is ThingKind.VM]:
            self._choose(machine, HOSTS, others or {ref}, 1)

    def recount(self, cluster: Cluster) -> None:
        """The cluster needs as many hosts as carry what stands on it in the snapshot."""
        self.used[cluster.ref] = self._used(cluster.ref)

    def graph(self) -> DependencyGraph:
        """The graph of all this."""
        for tier, added in self.tiers.items():
            members = self._members(tier, INSTANCES) | added
            working = {one for one in members if not self._is_idle(one)}
            self._choose(tier, INSTANCES, working or members, self._instances_needed(tier))
        for cluster in self.snapshot.clusters:
            if cluster.ref in self.used:
                self._recount(cluster)
        nodes = self.nodes.values()
        return DependencyGraph.of(
            Facts(
                self.serial,
                tuple(node for node in nodes if isinstance(node, Thing)),
                tuple(node for node in nodes if isinstance(node, Group)),
                tuple(
                    Need(source, target, hard)
                    for source, targets in self.below.items()
                    for target, hard in targets.items()
                ),
            )
        )

    def _known(self, vm: PlannedVM) -> Ref | None:
        """The machine's node, where the record has it."""
        if vm.id is None or vm.id not in self.machines or not vm.id.isdecimal():
            return None
        return self.rows.get((ThingKind.VM, int(vm.id)))

    def _new(self, vm: PlannedVM, target: Target) -> Ref:
        """A node for a machine that is made, on its pool, its grant and its host."""
        ref = Ref(ThingKind.VM, vm.name)
        if ref in self.nodes:
            ref = Ref(ThingKind.VM, f"{target.name}/{vm.name}")
        self.nodes[ref] = Thing(ref, label=vm.name)
        pool = Ref.parse(target.pool)
        grant = Ref(ThingKind.ALLOCATION, vm.allocation) if vm.allocation else None
        for below in filter(None, (pool, grant)):
            if below in self.nodes:
                self._need(ref, below)
        if pool.kind is ThingKind.CLUSTER and not self._members(pool, HOSTS):
            host = self.hosts.get((target.pool, vm.host or ""))
            of_pool = {one for (where, _), one in self.hosts.items() if where == target.pool}
            self._choose(ref, HOSTS, {host} if host else of_pool, 1)
        self.used[target.pool] = self._used(target.pool) + vm.amounts
        return ref

    def _count(self, vm: VM, *, taken: bool) -> None:
        """A machine of the record is added to what its cluster carries, or taken off.

        One that is planned takes nothing before it is made.
        """
        pool = f"cluster:{vm.cluster}"
        if taken == vm.is_planned:
            self.used[pool] = self._used(pool) + (vm.amounts if taken else Amounts() - vm.amounts)

    def _used(self, pool: str) -> Amounts:
        """What the machines of a cluster take now; planned ones take nothing yet."""
        if pool in self.used:
            return self.used[pool]
        standing = (vm for vm in self.snapshot.vms if not vm.is_planned)
        return total(vm.amounts for vm in standing if f"cluster:{vm.cluster}" == pool)

    def _recount(self, cluster: Cluster) -> None:
        """How many of its hosts the cluster needs for what it carries then."""
        ref = Ref.parse(cluster.ref)
        members = self._members(ref, HOSTS)
        if not members:
            return
        places = {one: name for (pool, name), one in self.hosts.items() if pool == cluster.ref}
        amounts = {host.name: host.amounts for host in cluster.hosts}
        ratios = {name: Decimal(str(ratio)) for name, ratio in cluster.ratios.items()}
        brought = [amounts[places[one]] for one in members if one in places]
        load = ClusterLoad(brought, self.used[cluster.ref], ratios, cluster.reserved)
        self._choose(ref, HOSTS, members, hosts_needed(load))

    def _tiers_of(self, vm: PlannedVM) -> Iterable[Ref]:
        known = self.machines.get(vm.id or "")
        if known is not None:
            return [Ref(ThingKind.WORKLOAD, f"{one.app}/{one.tier}") for one in known.carries]
        return [Ref(ThingKind.WORKLOAD, f"{vm.app}/{name}") for name in vm.workloads]

    def _carried_by(self, machine: Ref) -> Iterator[Ref]:
        """The tiers that rest on a machine, directly or as one of several."""
        for above in self.above[machine]:
            for owner in self.above[above] if above.kind is ThingKind.GROUP else (above,):
                if owner.kind is ThingKind.WORKLOAD:
                    yield owner

    def _instances_needed(self, tier: Ref) -> int:
        code, _, name = tier.name.partition("/")
        tiers = (one for app in self.snapshot.apps if app.code == code for one in app.workloads)
        return next((one.instances_needed for one in tiers if one.name == name), 1)

    def _is_idle(self, ref: Ref) -> bool:
        node = self.nodes[ref]
        return isinstance(node, Thing) and node.is_idle

    def _members(self, owner: Ref, label: str) -> set[Ref]:
        """What the owner needs some or all of: members of its group, or what stands for one."""
        group = self._group(owner, label)
        if group in self.nodes:
            return set(self.below[group])
        kinds = {ThingKind.HOST} if label == HOSTS else set(ThingKind) - {ThingKind.GROUP}
        return {one for one, hard in self.below[owner].items() if hard and one.kind in kinds}

    def _choose(self, owner: Ref, label: str, members: Collection[Ref], needed: int) -> None:
        """The owner needs so many of the members; a group stands only where one can be spared."""
        group = self._group(owner, label)
        for old in self._members(owner, label):
            self._forget(group if group in self.nodes else owner, old)
        if group in self.nodes:
            self._forget(owner, group)
            del self.nodes[group]
        source = owner
        if len(members) > needed:
            source = group
            self.nodes[group] = Group(group, label, needed)
            self._need(owner, group)
        for member in sorted(members):
            self._need(source, member)

    @staticmethod
    def _group(owner: Ref, label: str) -> Ref:
        return Ref(ThingKind.GROUP, f"{label}/{owner}")

    def _need(self, source: Ref, target: Ref, *, hard: bool = True) -> None:
        self.below[source][target] = hard
        self.above[target].add(source)

    def _forget(self, source: Ref, target: Ref) -> None:
        self.below[source].pop(target, None)
        self.above[target].discard(source)
