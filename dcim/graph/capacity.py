"""How many hosts a cluster needs: arithmetic on amounts, without packing."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from dcim.vocabulary.amounts import Amounts, ResourceClass, capacity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ClusterLoad:
    """A cluster's hosts and what its machines use; ratios and reserve as in Placement."""

    hosts: Sequence[Amounts]
    used: Amounts
    ratios: Mapping[ResourceClass, Decimal]
    reserved: Amounts = field(default_factory=Amounts)


def hosts_needed(load: ClusterLoad) -> int:
    """The fewest hosts that carry the load whichever of them are left: 1 to all of them.

    Notes:
        Per resource class the smallest k for which the k SMALLEST hosts have (total - reserved) x
        ratio >= used; the largest k over the classes counts. Sums may fit where machines do not, so
        packing may need one more. A class that no host states is left out; a load that all hosts
        together do not carry needs all of them.

    >>> from decimal import Decimal
    >>> ratios = {ResourceClass.VCPU: Decimal(4)}
    >>> hosts = [Amounts(vcpus=16)] * 4
    >>> hosts_needed(ClusterLoad(hosts, Amounts(vcpus=130), ratios))
    3
    """
    return max((_needed_for(one, load) for one in ResourceClass), default=1)


def _needed_for(resource_class: ResourceClass, load: ClusterLoad) -> int:
    sizes = sorted(host[resource_class] for host in load.hosts)
    if not any(sizes):
        return 1
    ratio = load.ratios.get(resource_class, 1)
    for count, total in enumerate(accumulate(sizes), start=1):
        if capacity(total, load.reserved[resource_class], ratio) >= load.used[resource_class]:
            return count
    return len(sizes)
