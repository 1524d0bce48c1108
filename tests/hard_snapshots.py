"""Estates where packing is the whole question: seeded, so that each is the same every time.

In `triplets` every host is filled exactly by three machines, and by hardly any other three, so
that best fit fails; in `apart` instances keep apart on nearly as many hosts as there are.
"""

from __future__ import annotations

import random
from decimal import Decimal

from dcim.planning.estate import App, Cluster, Host, Snapshot
from dcim.vocabulary.amounts import Amounts
from tests.snapshots import app, cluster, snapshot, tier

WHOLE = 1000


def triplets(hosts: int, seed: int, failures: int = 0) -> Snapshot:
    """Hosts of 1,000 MiB and three apps for each, of 250 to 500 MiB, that fill them exactly.

    With `failures` there are as many empty hosts beside them, which the cluster is to survive.
    """
    chance = random.Random(seed)  # no secret: the same estate every time
    sizes: list[int] = []
    for _ in range(hosts):
        first = chance.randint(380, 490)
        second = chance.randint((WHOLE - first) // 2, WHOLE - first - 250)
        sizes.extend((first, second, WHOLE - first - second))
    chance.shuffle(sizes)
    apps = [_app(f"T{n:03d}", size) for n, size in enumerate(sizes)]
    floor = cluster(
        *[Amounts(100, WHOLE, 100_000)] * (hosts + failures), host_failures_to_survive=failures
    )
    return snapshot(*apps, floor)


def fragments(hosts: int, seed: int) -> Snapshot:
    """Hosts whose rooms are a little too small for two of most machines: the sum deceives."""
    chance = random.Random(seed)  # as above
    sizes = [chance.randint(400, 640) for _ in range(2 * hosts)]
    apps = [_app(f"F{n:03d}", size) for n, size in enumerate(sizes)]
    return snapshot(*apps, cluster(*[Amounts(100, WHOLE, 100_000)] * hosts))


def apart(hosts: int, apps: int, seed: int) -> Snapshot:
    """Apps of two or three instances that keep apart, on few hosts that just hold them."""
    chance = random.Random(seed)  # as above
    made = [
        app(
            f"P{n:03d}",
            tier(
                "web",
                "1",
                memory_mib=chance.randint(150, 400),
                storage_gib=1,
                instances_wanted=chance.randint(2, min(3, hosts)),
                anti_affinity=True,
            ),
        )
        for n in range(apps)
    ]
    return snapshot(*made, cluster(*[Amounts(100, WHOLE, 1000)] * hosts))


def large(hosts: int, apps: int, seed: int) -> Snapshot:
    """A cluster of `hosts` that are to survive one, with room for about nine in ten of the apps."""
    chance = random.Random(seed)  # as above
    made = [
        app(
            f"L{n:04d}",
            *(
                tier(
                    name,
                    str(chance.choice([1, 2, 4])),
                    memory_mib=chance.choice([2048, 4096, 8192, 16384]),
                    storage_gib=chance.choice([40, 80, 160, 320]),
                )
                for name in ("db", "web")
            ),
            users_per_month=chance.randint(0, 9_000),
        )
        for n in range(apps)
    ]
    memory_mib = sum(one.memory_mib for each in made for one in each.workloads)
    size = Amounts(96, memory_mib * 9 // (10 * (hosts - 1)), 100_000)
    names = (f"h{n:03d}" for n in range(hosts))
    floor = Cluster(
        name="LARGE",
        provider="paser",
        vcpu_allocation_ratio=4.0,
        hosts=tuple(Host(name=name, amounts=size) for name in names),
    )
    return snapshot(*made, floor)


def _app(code: str, memory_mib: int) -> App:
    return app(code, tier("web", vcpus=Decimal(1), memory_mib=memory_mib, storage_gib=1))  # type: ignore[arg-type]
