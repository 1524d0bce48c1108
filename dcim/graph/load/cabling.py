"""Where cables lead: endpoints joined by one cable at once, paths through panels by the record.

Nearly all cables join two endpoints; these are joined as columns. Only where a patch panel stands
at the other end is the path followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dcim.graph.load.columns import Column, Columns
from dcim.graph.load.lookups import matches
from dcim.graph.wiring import NOBODY, Flags
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT
from dcim.record.equipment.devices import Interface
from dcim.record.equipment.paths import Key, trace
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPort

PORT, OUTLET, FEED, INTERFACE = (
    FIELD_OF_ENDPOINT[model] for model in (PowerPort, PowerOutlet, PowerFeed, Interface)
)
STARTS: Final = (PORT, INTERFACE)  # the endpoints whose paths the graph asks for
ENDS: Final = (OUTLET, FEED, INTERFACE)
PANELS: Final = ("front_port", "rear_port")


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of endpoints that a run of connected cables joins, once from each start.

    `starts` and `ends` hold a column of keys for each kind of endpoint, -1 where the pair has
    another kind there.
    """

    starts: dict[str, Column]
    ends: dict[str, Column]


def links_of(cabled: Columns) -> Links:
    """The pairs that the record's cables join.

    Args:
        cabled: The ends of all cables: cable, side, whether it is connected, and the endpoint.
    """
    mine, other = _sides(cabled)
    starts = {name: cabled[f"{name}_id"][mine] for name in STARTS}
    ends = {name: cabled[f"{name}_id"][other] for name in ENDS}
    at_panel = np.any([cabled[f"{name}_id"][other] != NOBODY for name in PANELS], axis=0)
    begun = [(name, int(key)) for name in STARTS for key in np.unique(starts[name][at_panel])]
    followed = [key for key in begun if key[1] != NOBODY]
    direct = (cabled["is_connected"][mine] == 1) & ~_are_among(starts, followed)
    found = [
        (start, end)
        for start, path in trace(followed).items()
        if path.is_active
        for end in path.ends
    ]
    return Links(
        {name: _extended(starts[name][direct], name, [one for one, _ in found]) for name in STARTS},
        {name: _extended(ends[name][direct], name, [one for _, one in found]) for name in ENDS},
    )


def _sides(cabled: Columns) -> tuple[Column, Column]:
    """The places of both ends of each cable, once from either side."""
    sides = [np.flatnonzero(cabled["side"] == side) for side in (0, 1)]
    left, right = matches(*(cabled["cable_id"][side] for side in sides))
    a_ends, b_ends = sides[0][left], sides[1][right]
    return np.concatenate((a_ends, b_ends)), np.concatenate((b_ends, a_ends))


def _are_among(starts: dict[str, Column], keys: Sequence[Key]) -> Flags:
    """For each pair whether its start is one of `keys`."""
    found = np.zeros(len(starts[PORT]), np.bool_)
    for name, column in starts.items():
        found |= np.isin(column, [key for kind, key in keys if kind == name])
    return found


def _extended(column: Column, name: str, found: Sequence[Key]) -> Column:
    more = [key if kind == name else NOBODY for kind, key in found]
    return np.concatenate((column, np.array(more, np.int64)))
