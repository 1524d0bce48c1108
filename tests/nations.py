"""Invented regencies, each of its own size and the same every time: for planning many at once.

Each has apps of one to three tiers on a cluster that survives the loss of a host, and is too small
for all that would come back, so that every regency asks the PDN for something.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dcim.planning.capacity.demand import missing_vms
from dcim.planning.estate import VM, App, Carried, Snapshot
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import SystemCategory
from tests.snapshots import active, app, cluster, snapshot, tier

CATEGORIES = (SystemCategory.STRATEGIC, *[SystemCategory.HIGH] * 3, *[SystemCategory.LOW] * 6, None)


def regency(seed: int, *, apps: int = 94, idle: int = 31, hosts: int = 10) -> Snapshot:
    """A regency of so many apps, `idle` of them without machines.

    Args:
        seed: Which of all; its size follows from it.
        apps: In all.
        idle: Inactive for want of a server.
        hosts: Of its cluster, with room for what runs, the loss of one, and half of the idle apps.
    """
    chance = random.Random(seed)  # no secret: the same regency every time
    made = [_app(chance, n, runs=n >= idle) for n in range(apps)]
    running = [vm for one in made[idle:] for vm in missing_vms(one, (), set())]
    waiting = [vm for one in made[:idle] for vm in missing_vms(one, (), set())]
    need, more = total(vm.amounts for vm in running), total(vm.amounts for vm in waiting)
    memory_mib = need.memory_mib + int(more.memory_mib * chance.uniform(0.3, 0.8))
    memory_gib = -(-memory_mib // (hosts - 1) // 1024) + 4
    size = Amounts(memory_gib // 4, memory_gib * 1024, memory_gib * 40)
    floor = cluster(*[size] * hosts, host_failures_to_survive=1, vcpu_allocation_ratio=4.0)
    return snapshot(*made, *_machines(made[idle:], [host.name for host in floor.hosts]), floor)


def _app(chance: random.Random, number: int, *, runs: bool) -> App:
    tiers = [
        tier(
            name,
            str(chance.choice([1, 1, 2, 2, 4])),
            memory_mib=chance.choice([1024, 2048, 4096, 8192]),
            storage_gib=chance.choice([20, 40, 80, 160]),
        )
        for name in ("web", "app", "db")[: chance.choice([1, 1, 2, 2, 3])]
    ]
    needs = (f"A{chance.randrange(number):03d}",) if number and chance.random() < 0.2 else ()
    return (active if runs else app)(
        f"A{number:03d}",
        *tiers,
        category=chance.choice(CATEGORIES),
        users_per_month=int(chance.paretovariate(1.1) * 100),
        hard=() if runs else needs,
    )


def _machines(apps: Sequence[App], hosts: Sequence[str]) -> Iterator[VM]:
    """A machine per tier, on the hosts in turn."""
    turn = 0
    for one in apps:
        for new in missing_vms(one, (), set()):
            turn += 1
            yield VM(
                id=str(turn),
                name=new.name,
                amounts=new.amounts,
                cluster="KVM",
                host=hosts[turn % len(hosts)],
                carries=tuple(Carried(app=one.code, tier=name) for name in new.workloads),
            )
