"""Many failures at once, each by itself: what falls with each of thousands of things.

The rules are those of `propagation`; a test holds both equal. All failures spread side by side,
wave by wave: a pair of a failure and a node that it hits is one number, so that a nation's things
are failed alone in a few passes over arrays instead of one walk each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.wiring import Flags, Keys, are_in, distinct

if TYPE_CHECKING:
    from dcim.graph.wiring import Ways, Wiring

AT_ONCE: Final = 1_000  # failures that spread side by side: more sort slower, fewer wait longer


@dataclass(frozen=True, slots=True)
class Pairs:
    """Failures, by their place among those asked for, and beside each a node that it hits."""

    failures: Keys
    nodes: Keys

    @classmethod
    def joined(cls, parts: Sequence[Pairs]) -> Pairs:
        """All of `parts` in one."""
        nothing = np.zeros(0, np.int64)
        return cls(
            np.concatenate([nothing, *(one.failures for one in parts)]),
            np.concatenate([nothing, *(one.nodes for one in parts)]),
        )

    def only(self, kept: Flags) -> Pairs:
        """Those of the pairs that are kept."""
        return Pairs(self.failures[kept], self.nodes[kept])


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What each failure brings down and, where that was asked for, what it degrades.

    `worn` are the groups that lose members and stand: each once per member that it loses.
    """

    down: Pairs
    degraded: Pairs
    worn: Pairs


def outcomes(
    wiring: Wiring, failures: Keys, *, among: range, degraded: bool = False, worn: bool = False
) -> Outcomes:
    """What falls when each of `failures` happens by itself.

    Args:
        wiring: What each node needs, and how many it can spare.
        failures: One row per failure: the nodes that fail together, one or several.
        among: The nodes to tell of.
        degraded: Whether to look for what is degraded too.
        worn: Whether to tell of groups that lose members and stand.

    Notes: the cost is the number of edges into all that is hit, in some passes over arrays.
    """
    found = list(_parts(wiring, failures, among, degraded, worn))
    return Outcomes(
        Pairs.joined([one.down for one in found]),
        Pairs.joined([one.degraded for one in found]),
        Pairs.joined([one.worn for one in found]),
    )


def _parts(
    wiring: Wiring, failures: Keys, among: range, degraded: bool, worn: bool
) -> Iterator[Outcomes]:
    size = len(wiring)
    nothing = np.zeros(0, np.int64)
    everything = range(size)
    for start in range(0, len(failures), AT_ONCE):
        part = failures[start : start + AT_ONCE]
        places = np.arange(len(part), dtype=np.int64)[:, np.newaxis]
        first = distinct((places * size + part).ravel())
        down, lost = _spread(wiring, first, nothing)
        weak = _weakened(wiring, down) if degraded else nothing
        yield Outcomes(
            _pairs(down, size, start, among),
            _pairs(weak, size, start, among),
            _pairs(lost if worn else nothing, size, start, everything),
        )


def _weakened(wiring: Wiring, down: Keys) -> Keys:
    """What is degraded where `down` is down."""
    ways = (wiring.hard_above, wiring.soft_above)
    shaken = distinct(np.concatenate([_above(one, down, len(wiring)) for one in ways]))
    shaken = shaken[~are_in(down, shaken)]
    hit, _ = _spread(wiring, shaken, down)
    return hit[~are_in(down, hit)]


def _spread(wiring: Wiring, first: Keys, hit: Keys) -> tuple[Keys, Keys]:
    """What is hit in the end, `hit` among it, and the losses of groups that stand."""
    size = len(wiring)
    lost = np.zeros(0, np.int64)
    wave, hit = first, _merged(hit, first)
    while len(wave):
        above = _above(wiring.hard_above, wave, size)
        above = above[~are_in(hit, above)]
        can_spare = wiring.spare[above % size] > 0
        lost = _merged(lost, np.sort(above[can_spare]))
        broken = _broken(wiring, lost)
        lost = lost[~are_in(broken, lost)]
        wave = distinct(np.concatenate((above[~can_spare], broken)))
        hit = _merged(hit, wave)
    return hit, lost


def _broken(wiring: Wiring, lost: Keys) -> Keys:
    """The groups among `lost`, ascending, that have lost more than they can spare."""
    begins = np.flatnonzero(np.diff(lost, prepend=-1))
    counts = np.diff(begins, append=len(lost))
    groups = lost[begins]
    broken: Keys = groups[counts > wiring.spare[groups % len(wiring)]]
    return broken


def _above(ways: Ways, hit: Keys, size: int) -> Keys:
    """What points at each node that is hit, with the failure that hits it."""
    nodes = (hit % size).astype(np.int32)
    above, below = ways.runs(nodes)
    counts = ways.starts[nodes + 1] - ways.starts[nodes]
    found: Keys = np.repeat(hit, counts) - below + above
    return found


def _merged(some: Keys, more: Keys) -> Keys:
    """Both, ascending; numpy's stable sort merges runs that are in order."""
    merged: Keys = np.sort(np.concatenate((some, more)), kind="stable")
    return merged


def _pairs(hit: Keys, size: int, start: int, among: range) -> Pairs:
    failures, nodes = np.divmod(hit, size)
    told = (nodes >= among.start) & (nodes < among.stop)
    return Pairs(failures[told] + start, nodes[told])
