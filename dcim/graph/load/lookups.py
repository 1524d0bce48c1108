"""Looking up many keys at once."""

from __future__ import annotations

import numpy as np

from dcim.graph.load.columns import Column
from dcim.graph.wiring import NOBODY, Flags, Numbers


def looked_up(keys: Column, values: Column | Numbers, sought: Column) -> Column:
    """The value beside each sought key, -1 where there is none; `keys` in any order, unique.

    >>> looked_up(np.array([3, 1]), np.array([30, 10]), np.array([1, 2, 3]))
    array([10, -1, 30])
    """
    if not len(keys):
        return np.full(len(sought), NOBODY, np.int64)
    order = np.argsort(keys, kind="stable")
    places = order[np.minimum(np.searchsorted(keys, sought, sorter=order), len(keys) - 1)]
    return np.where(keys[places] == sought, values[places], NOBODY)


def matches(left: Column, right: Column) -> tuple[Column, Column]:
    """The places of all pairs of equal keys, in `left` and in `right`, as a join gives them.

    >>> [places.tolist() for places in matches(np.array([7, 8]), np.array([8, 7, 8]))]
    [[0, 1, 1], [1, 0, 2]]
    """
    order = np.argsort(right, kind="stable")
    first = np.searchsorted(right, left, "left", sorter=order)
    counts = np.searchsorted(right, left, "right", sorter=order) - first
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.arange(len(left)), counts), order[np.repeat(first, counts) + within]


def known(numbers: Numbers, *, where: Flags) -> Numbers:
    """The numbers, nobody where the condition does not hold."""
    return np.where(where, numbers, np.int32(NOBODY))


def first_known(*choices: Numbers) -> Numbers:
    """In each place the first number that is somebody's."""
    found = choices[0]
    for other in choices[1:]:
        found = np.where(found == NOBODY, other, found)
    return found
