"""Who needs whom, as arrays of node numbers: quick to build, small to keep, quick to follow.

A nation's graph has hundreds of thousands of nodes; as Python objects it takes seconds to build and
hundreds of megabytes to keep, as arrays a fraction of a second and some ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int32]
Keys: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

NOBODY: Final = -1  # stands where a number is missing


def quick(numbers: Numbers) -> memoryview[int]:
    """The same numbers, to be read one by one: several times faster than from the array."""
    return numbers.data


@dataclass(frozen=True)
class Ways:
    """For every node a run of others: those of node n are `ends[starts[n]:starts[n + 1]]`."""

    starts: Numbers
    ends: Numbers

    @classmethod
    def of(cls, size: int, sources: Numbers, ends: Numbers) -> Ways:
        """The ways from `sources`, which are sorted, to `ends`, in a graph of `size` nodes."""
        counts = np.bincount(sources, minlength=size)
        starts = np.zeros(size + 1, np.int32)
        np.cumsum(counts, out=starts[1:])
        return cls(starts, ends.astype(np.int32, copy=False))

    @cached_property
    def _quick_starts(self) -> memoryview[int]:
        return quick(self.starts)

    @cached_property
    def _quick_ends(self) -> memoryview[int]:
        return quick(self.ends)

    def __getitem__(self, node: int) -> memoryview[int]:
        """The others of one node, as plain numbers."""
        starts = self._quick_starts
        return self._quick_ends[starts[node] : starts[node + 1]]

    def count(self, node: int) -> int:
        """How many others the node has."""
        return self._quick_starts[node + 1] - self._quick_starts[node]

    def runs(self, nodes: Numbers) -> tuple[Numbers, Numbers]:
        """The others of all of `nodes`, and beside each the node that it is of."""
        starts, counts = self.starts[nodes], self.starts[nodes + 1] - self.starts[nodes]
        total = int(counts.sum())
        shifts = np.repeat(starts - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        return self.ends[np.arange(total) + shifts], np.repeat(nodes, counts)


@dataclass(frozen=True, slots=True)
class Wiring:
    """The needs between numbered nodes, both ways, and how many each node can spare.

    `hard_below[n]` are what n needs, `soft_below[n]` what it only suffers without; `…_above` are
    the same seen from what is needed. `spare[n]` is how many of its hard needs n can lose and
    still stand: n - k for a group, 0 for a thing.
    """

    hard_below: Ways
    hard_above: Ways
    soft_below: Ways
    soft_above: Ways
    spare: Numbers

    def __len__(self) -> int:
        return len(self.spare)


def wiring_of(
    size: int, hard: tuple[Numbers, Numbers], soft: tuple[Numbers, Numbers], spare: Numbers
) -> Wiring:
    """The wiring of needs given as sources and targets, in any order, with repetitions.

    What is needed both hard and soft is needed hard.
    """
    hard_keys, soft_keys = distinct(_keys(*hard)), distinct(_keys(*soft))
    soft_keys = soft_keys[~are_in(hard_keys, soft_keys)]
    return Wiring(*_both_ways(size, hard_keys), *_both_ways(size, soft_keys), spare)


def _both_ways(size: int, keys: Keys) -> tuple[Ways, Ways]:
    sources, targets = split(keys)
    upwards = np.argsort(targets, kind="stable")
    return (
        Ways.of(size, sources, targets),
        Ways.of(size, targets[upwards], sources[upwards]),
    )


def _keys(sources: Numbers, targets: Numbers) -> Keys:
    """One number for each pair, in the order of sources, then targets."""
    return (sources.astype(np.int64) << 32) | targets.astype(np.int64)


def distinct(keys: Keys) -> Keys:
    """The keys, ascending, each once; ten times quicker than numpy's unique, which hashes them."""
    in_order: Keys = np.sort(keys)
    distinct: Keys = in_order[np.diff(in_order, prepend=-1) != 0]
    return distinct


def are_in(known: Keys, keys: Keys) -> Flags:
    """For each key whether it is among `known`, which is ascending."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    found: Flags = known[places] == keys
    return found


def split(keys: Keys) -> tuple[Numbers, Numbers]:
    """The pairs behind `keys`."""
    return (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Choice:
    """Groups of one label: of each owner's members so many are needed.

    `owners` and `needed` are one row per group; `sources` and `members` one per member, with
    `sources` the position of the group.
    """

    label: str
    owners: Numbers
    needed: Numbers
    sources: Numbers
    members: Numbers


class WiringBuilder:
    """Needs in the making: things are numbered beforehand, groups are numbered at the end."""

    def __init__(self) -> None:
        self._hard: list[tuple[Numbers, Numbers]] = []
        self._soft: list[tuple[Numbers, Numbers]] = []
        self.choices: list[Choice] = []

    def need(self, sources: Numbers, targets: Numbers, *, hard: bool = True) -> None:
        """Each of `sources` rests on the target beside it; on nothing where that is not known."""
        known = (sources != NOBODY) & (targets != NOBODY)
        (self._hard if hard else self._soft).append((sources[known], targets[known]))

    def choose(self, label: str, owners: Numbers, members: Numbers, needed: Numbers | int) -> None:
        """Each owner rests on so many of the members beside it, in as many rows as it has members.

        A group stands only where there is a member to spare: an owner with fewer than it needs
        rests on all of them. `needed` is one number, or one per row.
        """
        known = (owners != NOBODY) & (members != NOBODY)
        keys, rows = np.unique(_keys(owners[known], members[known]), return_index=True)
        wanted = np.broadcast_to(np.asarray(needed, np.int32), owners.shape)[known][rows]
        sources, targets = split(keys)
        distinct, first, position, counts = np.unique(
            sources, return_index=True, return_inverse=True, return_counts=True
        )
        counted = counts > wanted[first]
        in_group = counted[position]
        self._hard.append((sources[~in_group], targets[~in_group]))
        places = (np.cumsum(counted) - 1).astype(np.int32)
        self.choices.append(
            Choice(
                label, distinct[counted], wanted[first][counted],
                places[position][in_group], targets[in_group],
            )
        )  # fmt: skip

    def build(self, things: int) -> Wiring:
        """The wiring of `things` numbered from 0; groups follow, in the order of `choices`."""
        hard, size = list(self._hard), things
        spare = [np.zeros(things, np.int32)]
        for choice in self.choices:
            groups = np.arange(size, size + len(choice.owners), dtype=np.int32)
            hard += [(choice.owners, groups), (groups[choice.sources], choice.members)]
            counts = np.bincount(choice.sources, minlength=len(groups))
            spare.append((counts - choice.needed).astype(np.int32))
            size += len(groups)
        return wiring_of(size, _joined(hard), _joined(self._soft), np.concatenate(spare))


def _joined(pairs: list[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    nothing = np.zeros(0, np.int32)
    return (
        np.concatenate([nothing, *(sources for sources, _ in pairs)]),
        np.concatenate([nothing, *(targets for _, targets in pairs)]),
    )
