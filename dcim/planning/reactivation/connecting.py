"""The networks that a target gets, of those that its pool's machines are recorded in.

The record nests ranges within ranges. Where machines stand on such networks both are kept. A range
that only machines yet to come are in, and that overlaps another, is no network of its own: they go
on the one that it overlaps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network

from dcim.planning.estate import VM, PoolNetwork
from dcim.vocabulary.naming import is_allowed_range


@dataclass(frozen=True, slots=True)
class Connected:
    """The networks that are made, and by its name which one stands for each recorded one."""

    networks: tuple[PoolNetwork, ...]
    stand_in: dict[str, PoolNetwork]


def connected(networks: Iterable[PoolNetwork], standing: Iterable[VM]) -> Connected:
    """What of `networks` is made where the machines of `standing` stand."""
    vms = list(standing)
    ordered = sorted(networks, key=lambda one: (not _is_used(one, vms), one.name))
    kept: list[PoolNetwork] = []
    stand_in: dict[str, PoolNetwork] = {}
    for one in ordered:
        beside = None if _is_used(one, vms) else _overlapping(one, kept)
        stand_in[one.name] = beside or one
        if beside is None:
            kept.append(one)
    return Connected(tuple(sorted(kept, key=lambda one: one.name)), stand_in)


def range_of(network: PoolNetwork) -> IPv4Network | IPv6Network | None:
    """The range of `network`, unless it has no addresses for machines."""
    return ip_network(network.cidr) if network.cidr and is_allowed_range(network.cidr) else None


def _is_used(network: PoolNetwork, vms: Iterable[VM]) -> bool:
    within = range_of(network)
    return any(
        vm.network == network.name
        or (within and any(ip_interface(one).ip in within for one in vm.addresses))
        for vm in vms
    )


def _overlapping(network: PoolNetwork, others: Iterable[PoolNetwork]) -> PoolNetwork | None:
    within = range_of(network)
    for one in others:
        beside = range_of(one)
        if within and beside and within.version == beside.version and within.overlaps(beside):
            return one
    return None
