"""Where the machines of lost hosts go: onto the other hosts of their cluster, whole, or nowhere.

One loss at a time; which losses a cluster has to survive is the question of `n_plus_one`. Hosts
give what they have times the ratios, the cluster's stated reserve stays free, and instances that
keep apart do. What stands on the other hosts is not moved, unless the evacuation is stuck: then
`repack` says whether moving it as well would help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcim.planning.capacity.floor import Floor, Occupant, open_rooms
from dcim.planning.capacity.pack import Fit, Packing, Rooms, Tenants, best_fit, pack
from dcim.planning.capacity.repack import Move, Repack, repack
from dcim.vocabulary.amounts import Amounts, ResourceClass, total


@dataclass(frozen=True, slots=True)
class Shortage:
    """A class of which more is asked than there is."""

    resource_class: ResourceClass
    asked: int
    free: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """A machine without a place: the host that comes nearest, what that lacks.

    `host` is empty where every host carries an instance that it must keep apart from.
    """

    machine: Occupant
    host: str
    lacking: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """What comes of losing `hosts` at once.

    Attributes:
        hosts: The hosts that are lost, in the order of their names.
        fit: Whether their machines fit on the others; UNSETTLED where no limit settled it.
        moves: The plan that proves it; empty unless they fit.
        stuck: Machines that best fit leaves without a place, the largest first.
        short: Classes in which all the others together have too little, with the reserve kept.
        repack: What moving others as well would give; None where not asked.
    """

    hosts: tuple[str, ...]
    fit: Fit
    moves: tuple[Move, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    short: tuple[Shortage, ...] = ()
    repack: Repack | None = None


def lose(
    floor: Floor, hosts: Sequence[str], *, with_repack: bool = True, by_solver: bool = True
) -> Loss:
    """What comes of losing `hosts` of `floor` at once.

    Args:
        floor: the cluster with its machines.
        hosts: names of hosts that give room; machines on no host are to be placed in any case.
        with_repack: whether to look for moves of others where the evacuation is stuck.
        by_solver: whether to go on where best fit is stuck, rather than leave it unsettled.

    Notes: best fit, then CP-SAT where that is stuck (see `pack`). `stuck` names the machines that
        best fit left over: others could be left over in their place.
    """
    gone = frozenset(hosts)
    leaving = [one for one in floor.occupants if not one.host or one.host in gone]
    rooms = open_rooms({host: room for host, room in floor.left().items() if host not in gone})
    tenants = {tier: on - gone for tier, on in floor.tenants().items()}
    names = tuple(sorted(gone))
    short = shortages(total(one.amounts for one in floor.occupants), floor.capacity_without(gone))
    packing = None if short else _packed(leaving, rooms, tenants, by_solver)
    if packing is not None and packing.fit is Fit.FITS:
        moves = (Move(one, packing.hosts[one.id]) for one in leaving)
        return Loss(names, Fit.FITS, tuple(sorted(moves, key=lambda one: one.machine.name)))
    return Loss(
        names,
        Fit.NEVER if packing is None else packing.fit,
        stuck=_left_over(leaving, rooms, tenants),
        short=short,
        repack=repack(floor, gone) if with_repack and not short else None,
    )


def _packed(
    leaving: Sequence[Occupant], rooms: Rooms, tenants: Tenants, by_solver: bool
) -> Packing:
    return pack([one.wish for one in leaving], rooms, tenants, by_solver=by_solver)


def shortages(asked: Amounts, free: Amounts) -> tuple[Shortage, ...]:
    """Each class of which more is asked than is free.

    >>> [str(one.resource_class) for one in shortages(Amounts(4, 8, 9), Amounts(4, 7, 10))]
    ['MEMORY_MIB']
    """
    return tuple(
        Shortage(one, asked[one], free[one])
        for one in ResourceClass
        if asked[one] > max(0, free[one])
    )


def _left_over(leaving: Sequence[Occupant], rooms: Rooms, tenants: Tenants) -> tuple[Stuck, ...]:
    """Those that have no place when one after the other goes where it fits best."""
    left, whole, apart = dict(rooms), total(rooms.values()), dict(tenants)
    stuck: list[Stuck] = []
    for one in sorted(leaving, key=lambda one: (-one.amounts.share_of(whole), one.name, one.id)):
        host = (best_fit([one.wish], left, apart) or {}).get(one.id)
        if host is None:
            stuck.append(_stuck(one, left, apart))
            continue
        left[host] -= one.amounts
        apart |= {tier: apart.get(tier, frozenset()) | {host} for tier in one.apart}
    return tuple(stuck)


def _stuck(one: Occupant, left: Rooms, apart: Tenants) -> Stuck:
    """The machine with the host that lacks the least of it, among those that are open to it."""
    closed: frozenset[str] = frozenset().union(*(apart.get(tier, ()) for tier in one.apart))
    open_to = left.keys() - closed
    if not open_to:
        return Stuck(one, "", ())
    host = min(open_to, key=lambda host: (_lack(one.amounts, left[host]), host))
    return Stuck(one, host, shortages(one.amounts, left[host]))


def _lack(asked: Amounts, room: Amounts) -> float:
    """The largest part of what is asked that the room lacks, in any class."""
    return max((asked[one] - room[one]) / max(1, asked[one]) for one in ResourceClass)
