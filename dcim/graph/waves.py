"""Failure that hits thousands of nodes, spread wave by wave over arrays.

The rules are those of `propagation`, which asks here once an answer grows large; a test holds both
equal. A wave costs what it touches, some hundred times less per node than following each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from dcim.graph.wiring import Numbers, Wiring


def wave_down(wiring: Wiring, failed: Collection[int]) -> dict[int, None]:
    """What is down when `failed` are, these first."""
    is_down = np.zeros(len(wiring), np.bool_)
    return _spread(wiring, _array(failed), is_down)


def wave_of_weakness(
    wiring: Wiring, down: Collection[int], shaken: Collection[int]
) -> dict[int, None]:
    """What is degraded when `down` is down and `shaken` points at it, `shaken` first."""
    is_hit = np.zeros(len(wiring), np.bool_)
    is_hit[_array(down)] = True
    return _spread(wiring, _array(shaken), is_hit)


def _spread(wiring: Wiring, first: Numbers, is_hit: np.ndarray) -> dict[int, None]:
    """From `first` upwards, but never into what is hit already, which is noted in `is_hit`."""
    lost = np.zeros(len(wiring), np.int32)
    is_hit[first] = True
    waves = [first]
    while len(waves[-1]):
        above, _ = wiring.hard_above.runs(waves[-1])
        above = above[~is_hit[above]]
        np.add.at(lost, above, 1)
        fresh = np.unique(above[lost[above] > wiring.spare[above]])
        is_hit[fresh] = True
        waves.append(fresh)
    return dict.fromkeys(np.concatenate(waves).tolist())


def _array(numbers: Collection[int]) -> Numbers:
    return np.fromiter(numbers, np.int32, len(numbers))
