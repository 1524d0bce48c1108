"""An independent judge of what plans say of lost hosts, of what goes first, and of the work.

Reads plain JSON and shares no code with the planner: evacuations are found by trying.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from tests.plan_facts import (
    BACK,
    CLASSES,
    FIELDS,
    Json,
    capacity_of,
    home_of,
    host_sizes,
    is_with,
    tiers_of,
)

Machine = tuple[str, tuple[int, ...], frozenset[tuple[str, str]]]
Tier = tuple[str, str]
RUNNING = {"active", "decommissioning"}
MOST_TRIES = 50_000
MOST_COUNTED = 8


def survival_complaints(snapshot: Json, plan: Json) -> Iterator[str]:
    """What is wrong with what the plan says of lost hosts."""
    for target in plan["targets"]:
        cluster = next((c for c in snapshot["clusters"] if _ref(c) == target["pool"]), None)
        said = target["n_plus_one"]
        if (said is not None) != bool(cluster and cluster["hosts"]):
            yield f"{target['name']}: N+1 is said of what has no hosts, or not of what has"
        elif said is not None:
            yield from _floor_complaints(_Floor(snapshot, target, cluster))


def _ref(cluster: Json) -> str:
    return f"cluster:{cluster['name']}"


class _Floor:
    """The hosts of a target: their sizes, and who stands on them before and after the plan."""

    def __init__(self, snapshot: Json, target: Json, cluster: Json) -> None:
        self.said, self.name = target["n_plus_one"], target["name"]
        self.sizes = host_sizes(snapshot, target["pool"])
        lost = min(cluster["host_failures_to_survive"], len(self.sizes))
        self.losses = list(combinations(sorted(self.sizes), lost)) if lost else []
        self.failures = cluster["host_failures_to_survive"]
        known = {(home_of(snapshot, vm), vm["id"]): vm for vm in snapshot["vms"]}
        self.apart = {
            (app["code"], tier["name"])
            for app in snapshot["apps"]
            for tier in app["workloads"]
            if tier["anti_affinity"]
        }
        recorded = [(vm, known.get((target["pool"], vm["id"]))) for vm in target["vms"]]
        gone = [(vm, known[target["pool"], vm["id"]]) for vm in target["reclaim"]]
        stays = [(vm, old) for vm, old in recorded if old and vm["change"] == "keep"]
        self.is_known = all(vm["host"] for vm, _ in (*stays, *gone))
        self.after = [
            self._placed(vm, old, vm["running"] or vm["change"] == "create") for vm, old in recorded
        ]
        self.staying = [self._placed(vm, old, old["status"] in RUNNING) for vm, old in stays]
        self.before = [
            *self.staying,
            *(self._placed(vm, old, old["status"] in RUNNING) for vm, old in gone),
        ]

    def _placed(self, vm: Json, old: Json | None, runs: bool) -> tuple[str, bool, Machine]:
        size = tuple(vm[FIELDS[one]] for one in CLASSES)
        tiers = set(tiers_of(old)) if old else {(vm["app"], tier) for tier in vm["workloads"]}
        return vm["host"] or "", runs, (vm["name"], size, frozenset(tiers & self.apart))

    def stranded(
        self, there: Sequence[tuple[str, bool, Machine]], lost: Sequence[str], most: int
    ) -> bool:
        """Whether the loss leaves at most `most` machines without a place."""
        left = {host: list(size.values()) for host, size in self.sizes.items()}
        tenants: dict[str, set[Tier]] = {host: set() for host in left}
        for host, _, (_, size, tiers) in there:
            if host in left:
                left[host] = [a - b for a, b in zip(left[host], size, strict=True)]
                tenants[host] |= tiers
        leaving = [machine for host, runs, machine in there if host in lost and runs]
        rest = {host: room for host, room in left.items() if host not in lost}
        leaving.sort(key=lambda one: (-max(one[1]), one[0]))
        return _evacuate(leaving, rest, tenants, most, [MOST_TRIES])


def _evacuate(
    leaving: Sequence[Machine],
    left: Mapping[str, Sequence[int]],
    tenants: Mapping[str, set[Tier]],
    most: int,
    tries: list[int],
) -> bool:
    if len(leaving) <= most:
        return True
    tries[0] -= 1
    if tries[0] < 0:
        return False
    (_, size, tiers), *rest = leaving
    for host, room in sorted(left.items(), key=lambda item: min(item[1])):
        after = [a - b for a, b in zip(room, size, strict=True)]
        if min(after) >= 0 and not tiers & tenants[host]:
            now = {**tenants, host: tenants[host] | tiers}
            if _evacuate(rest, {**left, host: after}, now, most, tries):
                return True
    return most > 0 and _evacuate(rest, left, tenants, most - 1, tries)


def _floor_complaints(floor: _Floor) -> Iterator[str]:
    said = {tuple(loss["hosts"]): loss for loss in floor.said["losses"]}
    if floor.said["host_failures"] != floor.failures:
        yield f"{floor.name}: survives another number of hosts"
    if (floor.said["verdict"] == "holds") != (not said):
        yield f"{floor.name}: says {floor.said['verdict']} and names {len(said)} losses"
    for lost in floor.losses:
        loss = said.pop(lost, {"without_place": [], "before": 0})
        named = len(loss["without_place"])
        if named > loss["before"]:
            yield f"{floor.name}: without {lost} {named} machines fall, {loss['before']} before"
        here = [one for one in floor.after if one[2][0] not in loss["without_place"]]
        gone = [
            (host, False, one) for host, _, one in floor.after if one[0] in loss["without_place"]
        ]
        if not floor.stranded([*here, *gone], lost, 0):
            yield f"{floor.name}: without {lost} not all but those named have a place"
        fallen = sum(runs and host in lost for host, runs, _ in floor.staying)
        if floor.is_known and fallen <= MOST_COUNTED:
            yield from _least(floor, lost, loss["before"])
    if said:
        yield f"{floor.name}: knows losses that are none: {sorted(said)}"
    if floor.is_known:
        held = all(floor.stranded(floor.before, lost, 0) for lost in floor.losses)
        if held != floor.said["held_before"]:
            yield f"{floor.name}: held before is {held}"


def _least(floor: _Floor, lost: Sequence[str], before: int) -> Iterator[str]:
    """Whether as many as are said to fall by what stands do, and no fewer could."""
    if not floor.stranded(floor.staying, lost, before):
        yield f"{floor.name}: without {lost} more than {before} fell before"
    if before and floor.stranded(floor.staying, lost, before - 1):
        yield f"{floor.name}: without {lost} fewer than {before} fell before"


def work_complaints(snapshot: Json, plan: Json) -> Iterator[str]:
    """What is wrong with the order of work, and with what is said to go first."""
    yield from _steps(plan)
    gone = {f"{t['name']}/{vm['name']}": vm for t in plan["targets"] for vm in t["reclaim"]}
    for line in plan["apps"]:
        first = line["after_reclaim"]
        if (line["outcome"] == "revive_after_reclaim") and not first:
            yield f"{line['code']} waits for nothing"
        if line["outcome"] == "revive" and first:
            yield f"{line['code']} comes back at once and waits"
        if {*first} - {*gone}:
            yield f"{line['code']} waits for machines that do not go"
    yield from _room(snapshot, plan, {"revive"}, set())
    named = {name for line in plan["apps"] for name in line["after_reclaim"]}
    yield from _room(snapshot, plan, BACK, named)


def _steps(plan: Json) -> Iterator[str]:
    work = plan["work"]
    if [step["number"] for step in work] != list(range(1, len(work) + 1)):
        yield "steps are not numbered in turn"
    order = ["reclaim", "create", "revive", "ask", "revive_on_grant"]
    places = [order.index(step["deed"]) for step in work]
    if places != sorted(places):
        yield "steps are out of order"
    line_of = {line["code"]: line for line in plan["apps"]}
    waves = [step for step in work if step["deed"].startswith("revive")]
    codes = [code for step in waves for code in step["apps"]]
    if sorted(codes) != sorted(c for c, line in line_of.items() if line["outcome"] in BACK):
        yield "not every app that comes back has its step"
    for deed in ("revive", "revive_on_grant"):
        orders = [line_of[c]["order"] for s in waves if s["deed"] == deed for c in s["apps"]]
        if orders != sorted(orders):
            yield f"waves of {deed} are out of order"
    reclaimed = [one for step in work if step["deed"] == "reclaim" for one in step["machines"]]
    gone = [f"{t['name']}/{vm['name']}" for t in plan["targets"] for vm in t["reclaim"]]
    if sorted(reclaimed) != sorted(gone):
        yield "not every machine that goes has its step"
    made = [one for s in work if s["deed"] not in {"reclaim", "ask"} for one in s["machines"]]
    new = {f"{t['name']}/{vm['name']}" for t in plan["targets"] for vm in is_with(t, "create")}
    if new - {*made} or len({*made}) != len(made):
        yield "not every new machine has its one step"


def _room(snapshot: Json, plan: Json, outcomes: set[str], gone: set[str]) -> Iterator[str]:
    """Whether the machines of apps with these outcomes fit while all but `gone` still stands."""
    codes = {line["code"] for line in plan["apps"] if line["outcome"] in outcomes}
    still = [
        (target["pool"], vm)
        for target in plan["targets"]
        for vm in target["reclaim"]
        if f"{target['name']}/{vm['name']}" not in gone
    ]
    there = [
        (target["pool"], vm)
        for target in plan["targets"]
        for vm in target["vms"]
        if vm["change"] == "keep" or vm["id"] is not None or vm["app"] in codes
    ]
    for target in plan["targets"]:
        new = [vm for vm in target["vms"] if vm["id"] is None and vm["app"] in codes]
        capacity = capacity_of(snapshot, target["pool"])
        for one in CLASSES if new else ():
            used = sum(
                vm[FIELDS[one]]
                for pool, vm in (*there, *still)
                if target["pool"] in {pool, f"allocation:{vm['allocation']}"}
            )
            if used > capacity[one]:
                yield f"{target['pool']} {one}: no room yet for {sorted(outcomes)}"
        sizes = host_sizes(snapshot, target["pool"])
        for host in {vm["host"] for vm in new} & {*sizes}:
            here = [
                vm for pool, vm in (*there, *still) if pool == target["pool"] and vm["host"] == host
            ]
            if any(sum(vm[FIELDS[one]] for vm in here) > sizes[host][one] for one in CLASSES):
                yield f"{host}: no room yet for {sorted(outcomes)}"
