"""How good a plan could be, found by trying everything; shares no code with the planner.

`best_weight` is what the best plan could bring back at hand, for a handful of apps and hosts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import ceil

from tests.plan_checker import may_come_back, may_hold
from tests.plan_facts import CLASSES, Json, capacity_of, home_of, host_sizes, rounded

Tier = tuple[str, str]
Machine = tuple[tuple[int, ...], set[Tier]]
WEIGHTS = {"strategic": 400, "high": 200, "low": 100, None: 100}


def best_weight(snapshot: Json, stance: str) -> int:
    """The most weight that could come back without asking, by trying every choice on every host.

    For snapshots whose inactive apps hold no machines and whose other machines all stand on a host:
    a handful of apps, machines and hosts.
    """
    apps = [app for app in snapshot["apps"] if not list(may_come_back(app, stance))]
    pools = [*_open_pools(snapshot)]
    best = 0
    for choice in product([None, *pools], repeat=len(apps)):
        placed = {app["code"]: pool for app, pool in zip(apps, choice, strict=True) if pool}
        weight = sum(_weight(app) for app in apps if app["code"] in placed)
        if weight > best and _stands(snapshot, apps, placed):
            best = weight
    return best


def _weight(app: Json) -> int:
    points = int(app["users_per_month"]) // 100
    return WEIGHTS[app["category"]] + min(99, points)


def _open_pools(snapshot: Json) -> Iterator[str]:
    kinds = {provider["slug"]: provider["kind"] for provider in snapshot["providers"]}
    for cluster in snapshot["clusters"]:
        if cluster["status"] == "active" and any(h["status"] == "active" for h in cluster["hosts"]):
            yield f"cluster:{cluster['name']}"
    for grant in snapshot["allocations"]:
        if grant["status"] == "active" and kinds[grant["provider"]] == "pdn":
            yield f"allocation:{grant['reference']}"


def _stands(snapshot: Json, apps: Sequence[Json], placed: Mapping[str, str]) -> bool:
    """Whether what is placed has what it needs, may lie there, and fits."""
    active = {app["code"] for app in snapshot["apps"] if app["status"] == "active"}
    chosen = [app for app in apps if app["code"] in placed]
    if any(not app["workloads"] or {*app["hard"]} - active - {*placed} for app in chosen):
        return False
    provider = {f"cluster:{c['name']}": c["provider"] for c in snapshot["clusters"]} | {
        f"allocation:{a['reference']}": a["provider"] for a in snapshot["allocations"]
    }
    if any(not may_hold(snapshot, code, provider[pool]) for code, pool in placed.items()):
        return False
    return all(
        _fits_pool(snapshot, pool, [app for app in chosen if placed[app["code"]] == pool])
        for pool in {*placed.values()}
    )


def _fits_pool(snapshot: Json, pool: str, apps: Sequence[Json]) -> bool:
    machines = [
        (rounded(snapshot, pool, size), tiers) for app in apps for size, tiers in _machines(app)
    ]
    standing = [vm for vm in snapshot["vms"] if home_of(snapshot, vm) == pool]
    drawing = [
        vm
        for vm in snapshot["vms"]
        if pool in {home_of(snapshot, vm), f"allocation:{vm['allocation']}"}
    ]
    capacity = capacity_of(snapshot, pool)
    for n, one in enumerate(CLASSES):
        used = sum(vm["amounts"][one] for vm in drawing)
        if used + sum(size[n] for size, _ in machines) > capacity[one]:
            return False
    sizes = host_sizes(snapshot, pool)
    if not sizes:
        return True
    largest = _largest_machine(snapshot, pool)
    if any(
        amount > most for size, _ in machines for amount, most in zip(size, largest, strict=True)
    ):
        return False
    left = {
        host: [
            size[one] - sum(v["amounts"][one] for v in standing if v["host"] == host)
            for one in CLASSES
        ]
        for host, size in sizes.items()
    }
    return _packs(machines, left, {}, _Losses(snapshot, pool, standing, left))


def _largest_machine(snapshot: Json, pool: str) -> list[int]:
    """Per class the largest host: a ratio gives a pool more machines, but no larger ones."""
    hosts = [
        host["amounts"]
        for cluster in snapshot["clusters"]
        if f"cluster:{cluster['name']}" == pool
        for host in cluster["hosts"]
        if host["status"] == "active"
    ]
    return [max(amounts[one] for amounts in hosts) for one in CLASSES]


def _machines(app: Json) -> list[Machine]:
    """Size of each machine of an app that has none, and the tiers on it that keep apart."""
    groups = [[tier] for tier in app["workloads"] if not tier["co_hosted"]]
    groups.append([tier for tier in app["workloads"] if tier["co_hosted"]])
    machines: list[Machine] = []
    for group in groups:
        for i in range(max((tier["instances_wanted"] for tier in group), default=0)):
            tiers = [tier for tier in group if tier["instances_wanted"] > i]
            size = (
                max(1, ceil(sum(Fraction(tier["vcpus"]) for tier in tiers))),
                max(1, sum(tier["memory_mib"] for tier in tiers)),
                max(1, sum(tier["storage_gib"] for tier in tiers)),
            )
            apart = {(app["code"], t["name"]) for t in tiers if t["anti_affinity"]}
            machines.append((size, apart))
    return machines


def _packs(
    machines: Sequence[Machine],
    left: Mapping[str, Sequence[int]],
    placed: Mapping[str, tuple[Machine, ...]],
    losses: _Losses,
) -> bool:
    """Whether the machines fit on the hosts and survive, trying every host for each in turn."""
    if not machines:
        return losses.survived(left, placed)
    (size, tiers), *rest = machines
    for host, room in left.items():
        after = [have - take for have, take in zip(room, size, strict=True)]
        here = placed.get(host, ())
        if min(after) >= 0 and not any(tiers & taken for _, taken in here):
            now = {**placed, host: (*here, (size, tiers))}
            if _packs(rest, {**left, host: after}, now, losses):
                return True
    return False


class _Losses:
    """The losses of hosts that a pool is to survive as well as it does with what stands."""

    def __init__(
        self,
        snapshot: Json,
        pool: str,
        standing: Sequence[Json],
        left: Mapping[str, Sequence[int]],
    ) -> None:
        cluster = next(c for c in snapshot["clusters"] if f"cluster:{c['name']}" == pool)
        count = min(cluster["host_failures_to_survive"], len(left))
        self.sets = list(combinations(sorted(left), count)) if count else []
        self.guests: dict[str, list[Machine]] = {
            host: [
                (tuple(vm["amounts"][one] for one in CLASSES), set())
                for vm in standing
                if vm["host"] == host
            ]
            for host in left
        }
        self.before = {lost: self._fallen(lost, left, {}) for lost in self.sets}

    def survived(
        self, left: Mapping[str, Sequence[int]], placed: Mapping[str, tuple[Machine, ...]]
    ) -> bool:
        """Whether no loss leaves more machines without a place than before."""
        return all(self._fallen(lost, left, placed) <= self.before[lost] for lost in self.sets)

    def _fallen(
        self,
        lost: Sequence[str],
        left: Mapping[str, Sequence[int]],
        placed: Mapping[str, tuple[Machine, ...]],
    ) -> int:
        leaving = [one for host in lost for one in (*self.guests[host], *placed.get(host, ()))]
        rest = {host: room for host, room in left.items() if host not in lost}
        return _least_fallen(leaving, rest, placed)


def _least_fallen(
    leaving: Sequence[Machine],
    left: Mapping[str, Sequence[int]],
    placed: Mapping[str, tuple[Machine, ...]],
) -> int:
    """The fewest machines that stay without a place, trying every host for each, and none."""
    if not leaving:
        return 0
    (size, tiers), *rest = leaving
    least = len(leaving)
    for host, room in left.items():
        after = [have - take for have, take in zip(room, size, strict=True)]
        here = placed.get(host, ())
        if min(after) >= 0 and not any(tiers & taken for _, taken in here):
            now = {**placed, host: (*here, (size, tiers))}
            least = min(least, _least_fallen(rest, {**left, host: after}, now))
            if not least:
                return 0
    return min(least, 1 + _least_fallen(rest, left, placed))


def regency_choices(snapshot: Json) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Every choice that stands: weight at hand, weight once granted, and what is asked by class.

    For snapshots as `best_weight` takes them, whose providers may hold everything.
    """
    apps = [app for app in snapshot["apps"] if not list(may_come_back(app, "as-declared"))]
    active = {app["code"] for app in snapshot["apps"] if app["status"] == "active"}
    for choice in product([None, "ask", *_open_pools(snapshot)], repeat=len(apps)):
        placed = {app["code"]: pool for app, pool in zip(apps, choice, strict=True) if pool}
        chosen = [app for app in apps if app["code"] in placed]
        here = {code: pool for code, pool in placed.items() if pool != "ask"}
        if any({*app["hard"]} - active - {*placed} for app in chosen):
            continue
        granted = {**snapshot, "apps": [_granted(app, placed) for app in snapshot["apps"]]}
        if not _stands(granted, [app for app in granted["apps"] if app["code"] in here], here):
            continue
        up = set(here)
        while late := [a for a in apps if a["code"] in up and {*a["hard"]} - active - up]:
            up -= {app["code"] for app in late}
        sizes = [size for app in chosen if app["code"] not in here for size, _ in _machines(app)]
        yield (
            sum(_weight(app) for app in chosen if app["code"] in up),
            sum(map(_weight, chosen)),
            tuple(sum(size[n] for size in sizes) for n in range(len(CLASSES))),
        )


def _granted(app: Json, placed: Mapping[str, str]) -> Json:
    """The app, which counts as up where it is asked for: what rests on it may stand here."""
    return {**app, "status": "active"} if placed.get(app["code"]) == "ask" else app
