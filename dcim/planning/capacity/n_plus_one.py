"""Whether clusters survive the losses that they are to survive, shown by packing, not by sums.

For every set of as many hosts as a cluster declares, its machines fit on the others: shown by the
plan of the evacuation (see `evacuation`), or refuted by a machine that has no place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from math import comb
from typing import Final

from dcim.planning.capacity.evacuation import Loss, lose
from dcim.planning.capacity.floor import Floor, Occupant, floors
from dcim.planning.capacity.pack import Fit
from dcim.planning.estate import Snapshot
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.amounts import Amounts, total

# Sets of hosts tried per cluster; two of 64 hosts are 2,016 sets.
MOST_SETS: Final = 2_016


class Verdict(StrEnum):
    """What was found of a cluster."""

    SURVIVES = "survives"
    FAILS = "fails"
    UNSETTLED = "unsettled"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """Whether a cluster survives what it is to survive.

    Attributes:
        cluster: Its public name.
        verdict: NOT_ASKED where it is to survive nothing; UNSETTLED where none failed, but a
            set was not tried or a limit was reached.
        failures: How many hosts at once it is to survive the loss of.
        hosts: How many hosts give room.
        sets: How many sets of so many hosts there are.
        examined: How many of them were tried, or equal one that was.
        largest: When not all were tried: all sets of that many hosts, those with the most on them.
        losses: What comes of each set that was tried, the worst first.
        refused: Planned machines that no host can take now; they are not counted.
    """

    cluster: str
    verdict: Verdict
    failures: int
    hosts: int
    sets: int
    examined: int
    largest: int = 0
    losses: tuple[Loss, ...] = ()
    refused: tuple[Occupant, ...] = ()

    @property
    def failed(self) -> tuple[Loss, ...]:
        """The losses that were not shown to be survived."""
        return tuple(one for one in self.losses if one.fit is not Fit.FITS)


def n_plus_one(snapshot: Snapshot, watch: Watch = UNWATCHED) -> tuple[Survival, ...]:
    """What every cluster with hosts survives, in the snapshot's order.

    Notes: H packings per cluster of H hosts that is to survive one failure. Stopped, it gives the
        clusters that are done.
    """
    found: list[Survival] = []
    of = floors(snapshot)
    for done, floor in enumerate(of):
        watch.report(done, len(of), floor.cluster.ref)
        if watch.is_stopped():
            break
        found.append(survival(floor))
    return tuple(found)


def survival(floor: Floor, *, with_repack: bool = True) -> Survival:
    """What `floor` survives of what its cluster is to survive.

    Args:
        floor: the cluster with its machines.
        with_repack: whether to look for moves of others where an evacuation is stuck.
    """
    failures, hosts = floor.cluster.host_failures_to_survive, len(floor.whole())
    found = Survival(
        cluster=floor.cluster.ref,
        verdict=Verdict.NOT_ASKED,
        failures=failures,
        hosts=hosts,
        sets=comb(hosts, failures),
        examined=0,
        refused=floor.refused,
    )
    if failures == 0:
        return found
    if failures > hosts:  # fewer stand than are to be lost: losing all of them is the question
        found = replace(found, failures=hosts, sets=1)
    chosen = _worst(floor, found.failures)
    losses, examined = _losses(floor, chosen, found.failures, with_repack=with_repack)
    return replace(
        found,
        failures=failures,
        verdict=_verdict(losses, examined == found.sets),
        examined=examined,
        largest=len(chosen) if len(chosen) < hosts else 0,
        losses=losses,
    )


def survives(floor: Floor, *, by_solver: bool = True) -> bool:
    """Whether every loss that `floor` is to survive was shown to be survived.

    Args:
        floor: the cluster with its machines.
        by_solver: whether to ask CP-SAT where best fit is stuck; without it more is denied.

    Notes: for planners, who try many floors: it stops at the first loss that was not.
    """
    if floor.cluster.host_failures_to_survive == 0:
        return True
    failures = min(floor.cluster.host_failures_to_survive, len(floor.whole()))
    chosen = _worst(floor, failures)
    return len(chosen) == len(floor.whole()) and all(
        is_survived(floor, lost, by_solver=by_solver)
        for lost, _equals in _sets(floor, chosen, failures)
    )


def is_survived(floor: Floor, lost: tuple[str, ...], *, by_solver: bool = True) -> bool:
    """Whether what ran on `lost`, and what has no host yet, was shown to have a place."""
    return lose(floor, lost, with_repack=False, by_solver=by_solver).fit is Fit.FITS


def _losses(
    floor: Floor, chosen: Sequence[str], failures: int, *, with_repack: bool
) -> tuple[tuple[Loss, ...], int]:
    """What comes of each set, the worst first, and how many sets that tells of."""
    found: list[Loss] = []
    examined = 0
    for lost, equals in _sets(floor, chosen, failures):
        found.append(lose(floor, lost, with_repack=with_repack))
        examined += equals
    order = {Fit.NEVER: 0, Fit.UNSETTLED: 1, Fit.FITS: 2}
    return tuple(sorted(found, key=lambda one: order[one.fit])), examined


def _verdict(losses: Sequence[Loss], is_whole: bool) -> Verdict:
    fits = {one.fit for one in losses}
    if Fit.NEVER in fits:
        return Verdict.FAILS
    return Verdict.SURVIVES if is_whole and Fit.UNSETTLED not in fits else Verdict.UNSETTLED


def _worst(floor: Floor, failures: int) -> tuple[str, ...]:
    """The hosts whose sets are tried, those with the most on them first."""
    loads = _loads(floor)
    whole = total(loads.values())
    hosts = sorted(loads, key=lambda host: (-loads[host].share_of(whole), host))
    most = len(hosts)
    while comb(most, failures) > MOST_SETS and most > failures:
        most -= 1
    return tuple(hosts[:most])


def _loads(floor: Floor) -> dict[str, Amounts]:
    loads = dict.fromkeys(floor.whole(), Amounts())
    for one in floor.occupants:
        if one.host:
            loads[one.host] += one.amounts
    return loads


def _sets(
    floor: Floor, hosts: Sequence[str], failures: int
) -> Iterator[tuple[tuple[str, ...], int]]:
    """One of each kind of set, and how many there are of it.

    Notes: hosts are of a kind where they have the same and carry machines of the same sizes that
        keep apart from the same: to lose one or the other is the same question.
    """
    kinds = _kinds(floor)
    counts: dict[tuple[object, ...], int] = {}
    first: dict[tuple[object, ...], tuple[str, ...]] = {}
    for lost in combinations(hosts, failures):
        kind = tuple(sorted((kinds[host] for host in lost), key=repr))
        counts[kind] = counts.get(kind, 0) + 1
        first.setdefault(kind, lost)
    for kind, lost in first.items():
        yield lost, counts[kind]


def _kinds(floor: Floor) -> dict[str, object]:
    carried: dict[str, list[object]] = {host: [] for host in floor.whole()}
    for one in floor.occupants:
        if one.host:
            carried[one.host].append((one.amounts, tuple(sorted(one.apart))))
    seen: dict[object, int] = {}
    return {
        host: seen.setdefault((room, tuple(sorted(carried[host], key=repr))), len(seen))
        for host, room in floor.whole().items()
    }
