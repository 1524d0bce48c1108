"""Possible futures of one series: its own weeks, drawn anew, many times over.

A ledger is counted, not measured: there is no noise around a line, there are machines that come in
lumps, fewer on some days of the week. So the model is a walk made of the past's own changes, in
blocks of seven days, and no distribution is assumed. Each path first draws which weeks the past
might have had, then its future from these: the second is what may come, the first is how little a
short history tells of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Paths = NDArray[np.float64]

BLOCK_DAYS: Final = 7
# A past of n weeks is drawn as one of n - 2: about what Student's t takes off for not knowing the
# spread either. Backtests hold the claim to it.
UNKNOWN_WEEKS: Final = 2
SEED: Final = 20_260_101  # fixed, so that the same history gives the same forecast


def paths(changes: Sequence[float], horizon_days: int, count: int) -> Paths:
    """`count` paths of what is added by the end of each of the next `horizon_days` days.

    Args:
        changes: What was added on each day of the past, at least `BLOCK_DAYS` of them.
        horizon_days: Days ahead.
        count: How many futures.

    Notes: a moving-block bootstrap (Künsch 1989) within a bootstrap of the blocks; O(count x
        horizon_days) in time and memory.
    """
    draw = np.random.default_rng(SEED)
    past = np.asarray(changes, dtype=float)
    blocks = np.lib.stride_tricks.sliding_window_view(past, BLOCK_DAYS)
    weeks = max(len(past) // BLOCK_DAYS - UNKNOWN_WEEKS, 1)
    ahead = -(-horizon_days // BLOCK_DAYS)
    known = draw.integers(len(blocks), size=(count, weeks))
    chosen = np.take_along_axis(known, draw.integers(weeks, size=(count, ahead)), axis=1)
    future = blocks[chosen].reshape(count, ahead * BLOCK_DAYS)[:, :horizon_days]
    return np.cumsum(future, axis=1)


def first_days_full(added: Paths, room: Sequence[float]) -> list[int]:
    """Per path the first day, from 1 on, by which as much is added as there is room; 0: by none."""
    full = added >= np.asarray(room)
    return [int(one) for one in np.where(full.any(axis=1), full.argmax(axis=1) + 1, 0)]


def shares(added: Paths, days: Sequence[int], levels: Sequence[float]) -> list[list[float]]:
    """What is added by each of `days` (from 1 on), at each of the shares of paths `levels`."""
    at = np.quantile(added[:, np.asarray(days) - 1], levels, axis=0)
    return [[float(one) for one in row] for row in at.T]
