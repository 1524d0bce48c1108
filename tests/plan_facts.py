"""What a plan and its snapshot say, as plain JSON: for judges that share no code with them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Any

Json = Any  # read with json.loads: the judge must not rest on the types that it judges
CLASSES = ("VCPU", "MEMORY_MIB", "STORAGE_GIB")
FIELDS = dict(zip(CLASSES, ("vcpus", "memory_mib", "storage_gib"), strict=True))
RATIOS = dict(
    zip(
        CLASSES,
        ("vcpu_allocation_ratio", "memory_allocation_ratio", "storage_allocation_ratio"),
        strict=True,
    )
)
NOT_STANDING = {"planned", "staged"}
AT_HAND = {"revive", "revive_after_reclaim"}
BACK = {*AT_HAND, "revive_on_grant"}


def capacity_of(snapshot: Json, pool: str) -> dict[str, int]:
    """What may be used of each class, from the hosts or the grant."""
    kind, _, name = pool.partition(":")
    if kind == "allocation":
        return dict(next(a["amounts"] for a in snapshot["allocations"] if a["reference"] == name))
    cluster = next(c for c in snapshot["clusters"] if c["name"] == name)
    capacity = {}
    for one in CLASSES:
        sizes = sorted(h["amounts"][one] for h in cluster["hosts"] if h["status"] == "active")
        kept = sizes[: max(0, len(sizes) - cluster["host_failures_to_survive"])]
        left = sum(kept) - cluster["reserved"][one]
        capacity[one] = floor(left * _ratio(cluster, one))
    return capacity


def rounded(snapshot: Json, pool: str, size: Sequence[int]) -> tuple[int, ...]:
    """A size as a pool gives it out: each class the smallest multiple of its step that will do."""
    units = next((c for c in snapshot["clusters"] if f"cluster:{c['name']}" == pool), None)
    if units is None:
        return tuple(size)
    found = []
    for one, amount in zip(CLASSES, size, strict=True):
        step, fits = units["step_size"][one], max(amount, units["min_unit"][one])
        while fits % step:
            fits += 1
        found.append(fits)
    return tuple(found)


def _ratio(cluster: Json, one: str) -> Fraction:
    """The ratio as it is written: 1.15 is 115 hundredths."""
    return Fraction(repr(cluster[RATIOS[one]]))


def home_of(snapshot: Json, vm: Json) -> str:
    """The pool that a recorded machine is in; empty for none."""
    ours = {c["name"] for c in snapshot["clusters"] if c["hosts"]}
    if vm["cluster"] in ours or (vm["cluster"] and not vm["allocation"]):
        return f"cluster:{vm['cluster']}"
    return f"allocation:{vm['allocation']}" if vm["allocation"] else ""


def host_sizes(snapshot: Json, pool: str) -> dict[str, dict[str, int]]:
    """What each active host of a pool can carry."""
    return {
        host["name"]: {one: floor(host["amounts"][one] * _ratio(cluster, one)) for one in CLASSES}
        for cluster in snapshot["clusters"]
        if f"cluster:{cluster['name']}" == pool
        for host in cluster["hosts"]
        if host["status"] == "active"
    }


def tiers_of(vm: Json) -> list[tuple[str, str]]:
    return [(one["app"], one["tier"]) for one in vm["carries"]]


def is_with(target: Json, change: str) -> list[Json]:
    return [vm for vm in target["vms"] if vm["change"] == change]
