"""An independent judge of reactivation plans: it reads plain JSON and shares no code with them.

`complaints` says what is wrong with a plan for a snapshot; `tests.plan_brute_force` says how good a
plan could be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil

from tests.plan_facts import (
    AT_HAND,
    BACK,
    CLASSES,
    FIELDS,
    NOT_STANDING,
    Json,
    capacity_of,
    home_of,
    host_sizes,
    is_with,
    rounded,
    tiers_of,
)
from tests.plan_survival import survival_complaints, work_complaints


def complaints(snapshot: Json, plan: Json) -> list[str]:
    """Everything that is wrong with `plan`, in words; empty when it is right."""
    return [
        *_apps_each_once(snapshot, plan),
        *_machines_accounted_for(snapshot, plan),
        *_pools_not_exceeded(snapshot, plan),
        *_hosts_not_exceeded(snapshot, plan),
        *_sizes_given_out(snapshot, plan),
        *_instances_apart(snapshot, plan),
        *_needs_up(snapshot, plan),
        *_apps_whole(snapshot, plan),
        *_data_allowed(snapshot, plan),
        *_names_and_addresses_free(snapshot, plan),
        *_figures_right(plan),
        *survival_complaints(snapshot, plan),
        *work_complaints(snapshot, plan),
    ]


def _apps_each_once(snapshot: Json, plan: Json) -> Iterator[str]:
    if sorted(line["code"] for line in plan["apps"]) != sorted(a["code"] for a in snapshot["apps"]):
        yield "not every app has exactly one line"
    by_code = {app["code"]: app for app in snapshot["apps"]}
    for line in plan["apps"]:
        app = by_code[line["code"]]
        if not line["reason"]:
            yield f"{line['code']} has no reason"
        if line["outcome"] in BACK:
            yield from may_come_back(app, plan["stance"])
        if app["status"] == "active" and line["outcome"] != "stays":
            yield f"{line['code']} is active and does not stay"


def may_come_back(app: Json, stance: str) -> Iterator[str]:
    if app["status"] != "inactive":
        yield f"{app['code']} comes back and is {app['status']}"
    if app["blocker"] == "superseded" or app["verdict"] in {"retire", "migrate"}:
        yield f"{app['code']} comes back though given up"
    if stance == "as-declared" and app["blocker"] not in {None, "server"}:
        yield f"{app['code']} comes back with its blocker {app['blocker']}"


def _machines_accounted_for(snapshot: Json, plan: Json) -> Iterator[str]:
    outcome = {line["code"]: line["outcome"] for line in plan["apps"]}
    status = {app["code"]: app["status"] for app in snapshot["apps"]}
    kept = {(t["pool"], vm["id"]) for t in plan["targets"] for vm in is_with(t, "keep")}
    gone = {(t["pool"], vm["id"]) for t in plan["targets"] for vm in t["reclaim"]}
    for vm in snapshot["vms"]:
        key = (home_of(snapshot, vm), vm["id"])
        if not key[0] or vm["status"] in NOT_STANDING:
            continue
        if (key in kept) == (key in gone):
            yield f"{key} is not either kept or reclaimed"
        codes = _codes(vm)
        given_up = bool(codes) and all(outcome[c] in {"retire", "migrate"} for c in codes)
        leaving = vm["status"] == "decommissioning" and "active" not in {status[c] for c in codes}
        if (key in gone) != (given_up or leaving):
            yield f"{key} is kept or reclaimed wrongly"


def _pools_not_exceeded(snapshot: Json, plan: Json) -> Iterator[str]:
    for target in plan["targets"]:
        capacity = capacity_of(snapshot, target["pool"])
        used = {one: _drawn(snapshot, plan, target["pool"], one) for one in CLASSES}
        for line in target["capacity"]:
            one = line["resource_class"]
            if line["used_after"] != used[one]:
                yield f"{target['pool']} {one}: says {line['used_after']}, is {used[one]}"
            if used[one] > max(capacity[one], line["used_before"]):
                yield f"{target['pool']} {one}: {used[one]} of {capacity[one]}"
            if is_with(target, "create") and used[one] > capacity[one]:
                yield f"{target['pool']} {one}: the plan adds to over-commitment"


def _drawn(snapshot: Json, plan: Json, pool: str, one: str) -> int:
    """What the plan's machines take of a pool, those included that draw on it as their grant."""
    return sum(
        vm[FIELDS[one]]
        for target in plan["targets"]
        for vm in target["vms"]
        if target["pool"] == pool or f"allocation:{vm['allocation']}" == pool
    )


def _hosts_not_exceeded(snapshot: Json, plan: Json) -> Iterator[str]:
    for target in plan["targets"]:
        for vm in is_with(target, "create"):
            if vm["host"] is None and host_sizes(snapshot, target["pool"]):
                yield f"{vm['name']} has no host"
        for host, size in host_sizes(snapshot, target["pool"]).items():
            there = [vm for vm in target["vms"] if vm["host"] == host]
            if any(vm["change"] == "create" for vm in there):
                for one in CLASSES:
                    if sum(vm[FIELDS[one]] for vm in there) > size[one]:
                        yield f"{host} {one} is exceeded"


def _sizes_given_out(snapshot: Json, plan: Json) -> Iterator[str]:
    """Every machine that a plan makes has a size that its pool gives out."""
    for target in plan["targets"]:
        for vm in is_with(target, "create"):
            size = tuple(vm[FIELDS[one]] for one in CLASSES)
            if rounded(snapshot, target["pool"], size) != size:
                yield f"{vm['name']} has a size that {target['pool']} does not give out"


def _instances_apart(snapshot: Json, plan: Json) -> Iterator[str]:
    apart = {
        (app["code"], tier["name"])
        for app in snapshot["apps"]
        for tier in app["workloads"]
        if tier["anti_affinity"]
    }
    for target in plan["targets"]:
        seen = {
            (vm["host"], tier)
            for vm in snapshot["vms"]
            for tier in tiers_of(vm)
            if vm["host"] and any(_is_kept(target, vm, snapshot))
        }
        for vm in is_with(target, "create"):
            for tier in _new_tiers(vm) & apart if vm["host"] else ():
                if (vm["host"], tier) in seen:
                    yield f"two instances of {tier} on {vm['host']}"
                seen.add((vm["host"], tier))


def _is_kept(target: Json, vm: Json, snapshot: Json) -> Iterator[bool]:
    if home_of(snapshot, vm) == target["pool"]:
        yield any(one["id"] == vm["id"] for one in is_with(target, "keep"))


def _new_tiers(vm: Json) -> set[tuple[str, str]]:
    """The tiers on a machine that the plan makes anew; none for those planned before."""
    return {(vm["app"], tier) for tier in vm["workloads"]} if vm["id"] is None else set()


def _needs_up(snapshot: Json, plan: Json) -> Iterator[str]:
    line_of = {line["code"]: line for line in plan["apps"]}
    needs = {app["code"]: app["hard"] for app in snapshot["apps"]}
    active = {app["code"] for app in snapshot["apps"] if app["status"] == "active"}
    for code, line in line_of.items():
        if line["outcome"] not in BACK:
            if line["order"]:
                yield f"{code} has a step and does not come back"
            continue
        allowed = AT_HAND if line["outcome"] in AT_HAND else BACK
        for needed in set(needs[code]) - active:
            other = line_of[needed]
            if other["outcome"] not in allowed:
                yield f"{code} comes back without {needed}"
            if (other["order"] < line["order"]) == (code in _below(needed, needs, active)):
                yield f"{needed} and {code} come up in the wrong order"


def _below(code: str, needs: Mapping[str, Sequence[str]], active: set[str]) -> set[str]:
    """What `code` needs, directly or not, short of what is active."""
    found: set[str] = set()
    waiting = [code]
    while waiting:
        for needed in set(needs[waiting.pop()]) - active - found:
            found.add(needed)
            waiting.append(needed)
    return found


def _apps_whole(snapshot: Json, plan: Json) -> Iterator[str]:
    new = [(t["pool"], vm) for t in plan["targets"] for vm in is_with(t, "create")]
    new += [("ask", vm) for vm in plan["ask"]["vms"]]
    staying = _staying_tiers(snapshot, plan)
    for app in snapshot["apps"]:
        line = next(line for line in plan["apps"] if line["code"] == app["code"])
        mine = [(pool, vm) for pool, vm in new if app["code"] == vm["app"] and vm["id"] is None]
        if len({pool for pool, _ in mine}) > 1:
            yield f"{app['code']} is split"
        if line["outcome"] not in BACK and mine:
            yield f"{app['code']} gets machines and does not come back"
        for tier in app["workloads"] if line["outcome"] in BACK else ():
            ours = sum(tier["name"] in vm["workloads"] for _, vm in mine)
            stays = staying.count((app["code"], tier["name"]))
            if max(stays, tier["instances_wanted"]) != ours + stays:
                yield f"{app['code']}/{tier['name']}: {ours} new and {stays} old instances"
        yield from (
            f"{vm['name']} has the wrong size"
            for pool, vm in mine
            if not _fits(snapshot, app, pool, vm)
        )


def _staying_tiers(snapshot: Json, plan: Json) -> list[tuple[str, str]]:
    """A tier for each instance that the plan keeps or that was planned before and is made."""
    there = {(t["pool"], vm["id"]) for t in plan["targets"] for vm in t["vms"]}
    return [
        tier
        for vm in snapshot["vms"]
        if (home_of(snapshot, vm), vm["id"]) in there or _is_nowhere(snapshot, vm)
        for tier in tiers_of(vm)
    ]


def _is_nowhere(snapshot: Json, vm: Json) -> bool:
    """Whether a machine stands outside every pool, where no plan touches it."""
    active = {app["code"] for app in snapshot["apps"] if app["status"] == "active"}
    leaving = vm["status"] == "decommissioning" and not active & _codes(vm)
    return not home_of(snapshot, vm) and vm["status"] not in NOT_STANDING and not leaving


def _codes(vm: Json) -> set[str]:
    return {code for code, _ in tiers_of(vm)}


def _fits(snapshot: Json, app: Json, pool: str, vm: Json) -> bool:
    tiers = [tier for tier in app["workloads"] if tier["name"] in vm["workloads"]]
    size = (
        max(1, ceil(sum(Fraction(tier["vcpus"]) for tier in tiers))),
        max(1, sum(tier["memory_mib"] for tier in tiers)),
        max(1, sum(tier["storage_gib"] for tier in tiers)),
    )
    return rounded(snapshot, pool, size) == (vm["vcpus"], vm["memory_mib"], vm["storage_gib"])


def _data_allowed(snapshot: Json, plan: Json) -> Iterator[str]:
    for target in plan["targets"]:
        for vm in is_with(target, "create"):
            for code in filter(None, (vm.get("app", ""), *vm.get("shared_with", ()))):
                if not may_hold(snapshot, code, target["provider"]):
                    yield f"{code} must not go to {target['provider']}"
    for vm in plan["ask"]["vms"]:
        if not may_hold(snapshot, vm["app"], plan["ask"]["provider"]):
            yield f"{vm['app']} must not be asked of {plan['ask']['provider']}"


def may_hold(snapshot: Json, code: str, slug: str) -> bool:
    """Whether a provider may hold an app; what is not stated forbids nothing."""
    app = next(one for one in snapshot["apps"] if one["code"] == code)
    provider = next((one for one in snapshot["providers"] if one["slug"] == slug), None)
    if provider is None:
        return True
    grave = ["low", "high", "strategic"]
    classes, highest = provider["data_classes"], provider["highest_category"]
    too_secret = classes and app["data_class"] and app["data_class"] not in classes
    too_grave = highest and app["category"] and grave.index(app["category"]) > grave.index(highest)
    return not (too_secret or too_grave or provider["residency"] == "abroad")


def _names_and_addresses_free(snapshot: Json, plan: Json) -> Iterator[str]:
    new = [vm for t in plan["targets"] for vm in is_with(t, "create")]
    names = [vm["name"] for vm in (*new, *plan["ask"]["vms"]) if vm["id"] is None]
    if len({*names}) != len(names) or {*names} & {one["name"] for one in snapshot["vms"]}:
        yield "a name is given twice"
    for target in plan["targets"]:
        names = [vm["name"] for vm in (*target["vms"], *target["reclaim"])]
        if len({*names}) != len(names):
            yield f"a name stands twice in {target['name']}"
    made = {vm["id"] for vm in new}
    old = [one for vm in snapshot["vms"] if vm["id"] not in made for one in vm["addresses"]]
    fresh = [address for vm in new for address in vm["addresses"]]
    if len({*fresh}) != len(fresh) or {*fresh} & {*old}:
        yield "an address is given twice"


def _figures_right(plan: Json) -> Iterator[str]:
    objective = plan["objective"]
    for one in CLASSES:
        asked = sum(vm[FIELDS[one]] for vm in plan["ask"]["vms"])
        back = sum(vm[FIELDS[one]] for t in plan["targets"] for vm in t["reclaim"])
        if asked != plan["ask"]["amounts"][one] or asked != objective["asked"][one]:
            yield f"asked {one} is not the sum"
        if back != objective["reclaimed"][one]:
            yield f"reclaimed {one} is not the sum"
    if objective["revived"] != sum(line["outcome"] in AT_HAND for line in plan["apps"]):
        yield "revived is not the count"
    if objective["revived_weight"] > objective["bound"]:
        yield "the bound is broken"
