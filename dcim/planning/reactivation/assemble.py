"""From a draft to the plan document: targets, machines with names and addresses, apps, figures.

Writes down what was decided and decides only what is left open: which address of a pool's network a
new machine gets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from itertools import islice
from typing import TypeAlias

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.ledger import PoolLedger
from dcim.planning.document import (
    AT_HAND,
    AppLine,
    Ask,
    CapacityLine,
    Change,
    DocumentKind,
    Network,
    Objective,
    PlanDocument,
    PlannedVM,
    Target,
    digest_of,
)
from dcim.planning.document_grounds import Grant, MayHold
from dcim.planning.document_work import Loss, NPlusOne, Survival
from dcim.planning.estate import VM, Cluster, Pool, PoolNetwork
from dcim.planning.reactivation.candidate import ASK
from dcim.planning.reactivation.connecting import connected
from dcim.planning.reactivation.draft import Draft
from dcim.planning.reactivation.grounds import guest_name
from dcim.planning.reactivation.reasons import Reasons
from dcim.planning.reactivation.resting import needed_by
from dcim.planning.reactivation.work import order_of_work
from dcim.planning.sentences import told
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import AppStatus
from dcim.vocabulary.hypervisors import driver_of
from dcim.vocabulary.naming import (
    LONGEST_SLUG,
    allowed_names,
    free_name,
    is_allowed_range,
    slug,
    target_stem,
)

PLAN_NAME = "reactivation"
LOCAL = "local"

Holders: TypeAlias = Counter[str]


def assemble(draft: Draft) -> PlanDocument:
    """The plan document that says `draft`, with its digest."""
    targets, ask = tuple(targets_of(draft)), _ask(draft)
    apps = _app_lines(draft, targets)
    document = PlanDocument(
        kind=DocumentKind.PLAN,
        name=PLAN_NAME,
        stance=draft.stance.value,
        base_serial=draft.snapshot.serial,
        pools=tuple(sorted(draft.only)),
        grants=tuple(_grants(draft, targets)),
        targets=targets,
        ask=ask,
        apps=apps,
        work=order_of_work(targets, ask, apps),
        objective=_objective(draft),
    )
    return replace(document, digest=digest_of(document))


def targets_of(draft: Draft) -> Iterator[Target]:
    """Every pool that has machines, or takes new ones, as a target."""
    names: set[str] = set()
    held = _held_addresses(draft)
    for pool in draft.snapshot.pools:
        here = [vm for vm, home in draft.homes.items() if home == pool.ref]
        if here or draft.ledgers[pool.ref].is_open:
            yield _TargetWriter(draft, pool, here, held).target(_target_name(pool, names))


def _held_addresses(draft: Draft) -> Holders:
    """How many hold each address, machines that go included: they still stand."""
    texts = [
        address for pool in draft.snapshot.pools for one in pool.networks for address in one.taken
    ]
    texts = list(dict.fromkeys(texts))  # pools may share a network
    texts.extend(address for vm in draft.snapshot.vms for address in {*vm.addresses})
    return Counter(_ip(text) for text in texts)


def _target_name(pool: Pool, taken: set[str]) -> str:
    taken.add(name := free_name(target_stem(pool.ref.partition(":")[2]), taken))
    return name


def _grants(draft: Draft, targets: Iterable[Target]) -> Iterator[Grant]:
    """The grants that are pools of the plan, or that machines in its pools draw on."""
    pools = {target.pool for target in targets}
    drawn = {vm.allocation for target in targets for vm in (*target.vms, *target.reclaim)}
    for one in draft.snapshot.allocations:
        if one.ref in pools or one.reference in drawn:
            yield Grant(
                name=one.reference,
                provider=one.provider,
                amounts=one.amounts,
                committed=one.committed,
            )


def _ask(draft: Draft) -> Ask:
    provider = draft.asked_provider
    vms = tuple(_new_vm(vm) for vm in draft.new_vms(ASK))
    return Ask(provider=provider.slug if provider else "", amounts=draft.asked(), vms=vms)


def _app_lines(draft: Draft, targets: Iterable[Target]) -> tuple[AppLine, ...]:
    reasons = Reasons(draft)
    named = {target.pool: target.name for target in targets}
    resting = needed_by(draft.snapshot.apps)
    whys = {app.code: reasons.why(app) for app in draft.snapshot.apps}
    return tuple(
        AppLine(
            code=app.code,
            name=app.name,
            owner=app.owner,
            status=app.status.value,
            category=app.category.value if app.category else "",
            data_class=app.data_class.value if app.data_class else "",
            backup_copies=app.backup_copies,
            outcome=draft.outcome(app),
            pool=draft.pool_of(app),
            reason=told(whys[app.code]),
            why=whys[app.code],
            order=draft.order.get(app.code, 0),
            after_reclaim=tuple(
                sorted(
                    f"{named[draft.homes[vm]]}/{draft.names[vm]}"
                    for vm in draft.first.get(app.code, ())
                )
            ),
            needed_by=resting.get(app.code, ()),
        )
        for app in draft.snapshot.apps
    )


def _objective(draft: Draft) -> Objective:
    reached = draft.choice.weight
    return Objective(
        revived_weight=reached,
        revived=sum(draft.outcome(app) in AT_HAND for app in draft.snapshot.apps),
        asked=draft.asked(),
        reclaimed=draft.reclaimed(),
        bound=draft.bound,
        gap=round((draft.bound - reached) / max(1, draft.bound), 6),
        proved=draft.proved,
        limit_s=None if draft.proved else draft.effort.limit_s,
        stopped=not draft.proved and draft.effort.watch.is_stopped(),
    )


def _new_vm(vm: NewVM) -> PlannedVM:
    return PlannedVM(
        name=vm.name,
        vcpus=vm.amounts.vcpus,
        memory_mib=vm.amounts.memory_mib,
        storage_gib=vm.amounts.storage_gib,
        app=vm.app,
        workloads=vm.workloads,
        change=Change.CREATE,
    )


def _ip(address: str) -> str:
    return str(ip_interface(address).ip)


def _range(network: PoolNetwork) -> str | None:
    """The range of `network`, unless it has no addresses for machines."""
    return network.cidr if network.cidr and is_allowed_range(network.cidr) else None


def _lies_in(address: str, cidr: str | None) -> bool:
    return cidr is None or ip_interface(address).ip in ip_network(cidr)


class _TargetWriter:
    """One pool of a draft as a target."""

    def __init__(self, draft: Draft, pool: Pool, here: list[VM], held: Holders) -> None:
        self.draft = draft
        self.pool = pool
        self.here = here
        self.held = held
        standing = (vm for vm in here if not vm.is_planned)
        self.connected = connected(pool.networks, standing)
        names = [network.name for network in pool.networks]
        self.allowed = dict(zip(names, allowed_names(names), strict=True))
        self.active = {app.code for app in draft.snapshot.apps if app.status is AppStatus.ACTIVE}
        self.revived = {app.code for app in draft.snapshot.apps if draft.outcome(app) in AT_HAND}

    def target(self, name: str) -> Target:
        """The target, complete."""
        provider = slug(self.pool.provider or "")[:LONGEST_SLUG].strip("-") or LOCAL
        address = self.draft.snapshot.hypervisor_of(self.pool)
        guests = self.draft.snapshot.guests_of(self.pool)
        return Target(
            name=name,
            pool=self.pool.ref,
            provider=provider,
            driver=driver_of(address),
            hypervisor=address,
            may_hold=self._may_hold(),
            name_servers=guests.name_servers,
            ssh_keys=guests.ssh_keys,
            capacity=self._capacity(self.draft.ledgers[self.pool.ref]),
            networks=tuple(
                Network(name=self.allowed[one.name], mode=one.mode, cidr=_range(one), vlan=one.vlan)
                for one in self.connected.networks
            ),
            vms=tuple(sorted((*self._kept(), *self._created()), key=lambda vm: vm.name)),
            reclaim=tuple(
                replace(self._as_planned(vm, Change.RECLAIM), reason=self.draft.going[vm])
                for vm in self.here
                if vm in self.draft.going
            ),
            n_plus_one=self._n_plus_one(),
        )

    def _may_hold(self) -> MayHold:
        slug_of = self.pool.provider
        provider = next((one for one in self.draft.snapshot.providers if one.slug == slug_of), None)
        if provider is None:
            return MayHold()
        return MayHold(
            data_classes=tuple(one.value for one in provider.data_classes),
            highest_category=provider.highest_category.value if provider.highest_category else "",
            residency=provider.residency.value if provider.residency else "",
        )

    def _n_plus_one(self) -> NPlusOne | None:
        """Whether the cluster survives the loss of hosts; None where hosts are not ours."""
        if (ground := self.draft.grounds.by_pool.get(self.pool.ref)) is None:
            return None
        fallen = self.draft.fallen[self.pool.ref]
        before = self.draft.grounds.fallen[self.pool.ref]
        called = {guest_name(vm): self.draft.names[vm] for vm in self.here}
        losses = tuple(
            Loss(
                hosts=lost,
                without_place=tuple(sorted(called.get(name, name) for name in one.names)),
                before=len(before[lost].names),
            )
            for lost, one in fallen.items()
        )
        verdict = Survival.BROKEN_BEFORE if losses else Survival.HOLDS
        return NPlusOne(
            host_failures=ground.failures,
            verdict=verdict if ground.is_countable else Survival.UNSETTLED,
            held_before=self.pool.ref not in self.draft.grounds.failed_before,
            losses=losses,
        )

    def _kept(self) -> Iterator[PlannedVM]:
        for vm in self.here:
            if vm in self.draft.rooms.admitted:
                yield self._promised(vm)
            elif not vm.is_planned and vm not in self.draft.going:
                kept = self._as_planned(vm, Change.KEEP)
                starts = kept.running and not vm.is_running
                yield replace(kept, runs_now=False) if starts else kept

    def _promised(self, vm: VM) -> PlannedVM:
        """A machine planned before, without addresses that somebody else holds too."""
        whole = self._as_planned(vm, Change.CREATE)
        own = tuple(one for one in whole.addresses if self.held[_ip(one)] == 1)
        inside = any(_lies_in(one, self._cidr(vm.network)) for one in own)
        return replace(
            whole,
            host=self.draft.rooms.admitted[vm] or None,
            addresses=own,
            network=whole.network if inside or not own else None,
        )

    def _cidr(self, network: str | None) -> str | None:
        made = self.connected.stand_in.get(network or "")
        return made.cidr if made else None

    def _named(self, network: str | None) -> str | None:
        """What the network that stands for the recorded one is called in the plan."""
        made = self.connected.stand_in.get(network or "")
        return self.allowed[made.name] if made else None

    def _created(self) -> Iterator[PlannedVM]:
        network = self._main_network()
        addresses = self._free_addresses(network)
        for vm in sorted(self.draft.new_vms(self.pool.ref), key=lambda vm: vm.name):
            address = next(addresses, None)
            yield replace(
                _new_vm(vm),
                host=self.draft.hosts.get(vm.name),
                network=self._named(network.name) if network else None,
                addresses=(address,) if address else (),
                allocation=None if isinstance(self.pool, Cluster) else self.pool.reference,
            )

    def _as_planned(self, vm: VM, change: Change) -> PlannedVM:
        app = min(vm.apps, key=lambda code: (code not in self.active, code), default="")
        return PlannedVM(
            id=vm.id,
            name=self.draft.names[vm],
            vcpus=vm.amounts.vcpus,
            memory_mib=vm.amounts.memory_mib,
            storage_gib=vm.amounts.storage_gib,
            image=vm.image,
            network=self._named(vm.network),
            addresses=tuple(dict.fromkeys(vm.addresses)),
            app=app,
            shared_with=tuple(code for code in vm.apps if code != app),
            workloads=tuple(sorted({one.tier for one in vm.carries if one.app == app})),
            allocation=vm.allocation,
            host=vm.host,
            change=change,
            running=vm.is_running or not self.revived.isdisjoint(vm.apps),
        )

    def _capacity(self, ledger: PoolLedger) -> tuple[CapacityLine, ...]:
        after = ledger.used - self._drawn(self.draft.going) + self._drawn(self.draft.rooms.admitted)
        after += total(vm.amounts for vm in self.draft.new_vms(self.pool.ref))
        return tuple(
            CapacityLine(
                resource_class=line.inventory.resource_class,
                total=line.inventory.total,
                reserved=line.inventory.reserved,
                allocation_ratio=line.inventory.allocation_ratio,
                used_before=line.used,
                used_after=after[line.inventory.resource_class],
            )
            for line in ledger.lines
        )

    def _drawn(self, vms: Iterable[VM]) -> Amounts:
        """What those of `vms` take that draw on this pool, here or as their grant."""
        homes = self.draft.homes
        return total(
            vm.amounts
            for vm in vms
            if self.pool.ref in {homes.get(vm), f"allocation:{vm.allocation}"}
        )

    def _main_network(self) -> PoolNetwork | None:
        """The network that most machines of the pool are on, else its first."""
        usage = Counter(vm.network for vm in self.here)
        ranked = sorted(self.connected.networks, key=lambda one: (-usage[one.name], one.name))
        return ranked[0] if ranked else None

    def _free_addresses(self, network: PoolNetwork | None) -> Iterator[str]:
        """Addresses of `network` that nobody holds; its first is left for a gateway."""
        cidr = _range(network) if network else None
        if cidr is None:
            return
        whole: IPv4Network | IPv6Network = ip_network(cidr)
        for address in islice(whole.hosts(), 1, None):
            if not self.held[str(address)]:
                self.held[str(address)] += 1
                yield f"{address}/{whole.prefixlen}"
