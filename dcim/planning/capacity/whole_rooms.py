"""What new machines can take of hosts at most, since none of them is cut in two.

Sums deceive where machines come in few sizes: of a host with room for 8.9 times a size that all
others are multiples of, 0.9 times are never used. Counted so, the choice on totals is bound more
tightly, and what it takes packs more often at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain
from math import gcd

from dcim.planning.capacity.survival import Ground
from dcim.vocabulary.amounts import Amounts, ResourceClass, total


def room_for(ground: Ground, sizes: Collection[Amounts], starting: Iterable[Amounts]) -> Amounts:
    """The most of each class that machines of `sizes` can take together, whichever they are.

    Args:
        ground: the hosts, who runs there, and which losses are to be survived.
        sizes: of the machines that may be made.
        starting: of machines that stand stopped and may be started.

    Notes: no more than the hosts have in whole steps, a step being what all sizes are multiples of;
        and for each loss, no more than the other hosts have, beside those that then move there. A
        loss that may leave machines without a place bounds nothing. O(H) per loss.
    """
    guests = {host: [vm.amounts for vm in vms] for host, vms in ground.guests.items()}
    moving = list(chain(starting, *guests.values()))
    steps = _steps(sizes), _steps([*sizes, *moving])
    most = total(_whole(room, steps[0]) for room in ground.free.values())
    hosts = {host: _whole(room, steps[1]) for host, room in ground.free.items()}
    leaving = {host: total(guests.get(host, ())) for host in hosts}
    whole = total(hosts.values())
    for lost in ground.losses:
        if not ground.allowed.get(lost, 0):
            rest = whole - total(hosts[host] + leaving[host] for host in lost)
            most = Amounts(*(min(most[one], rest[one]) for one in ResourceClass))
    return most


def _steps(sizes: Iterable[Amounts]) -> Amounts:
    """Of each class the largest amount that every size is a multiple of."""
    sizes = list(sizes)
    return Amounts(*(max(1, gcd(*(size[one] for size in sizes))) for one in ResourceClass))


def _whole(room: Amounts, step: Amounts) -> Amounts:
    return Amounts(*(max(0, room[one]) // step[one] * step[one] for one in ResourceClass))
