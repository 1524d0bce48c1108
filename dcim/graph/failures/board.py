"""The N-1 board: every thing failed alone, one row each, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.facts import Thing
from dcim.graph.failures.alone import outcomes
from dcim.graph.failures.tally import COLUMNS, Cost, Costs, costs_of, counted_apps
from dcim.graph.wiring import Keys, Numbers
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

# What people lose or work on. Machines, supplies, outlets and copies fail alone too, but would
# drown the board; single points of failure tell of those that stop an app.
BOARD_KINDS: Final = frozenset(ThingKind) - {
    ThingKind.APP,
    ThingKind.WORKLOAD,
    ThingKind.VM,
    ThingKind.PSU,
    ThingKind.OUTLET,
    ThingKind.BACKUP,
    ThingKind.GROUP,
}
WORST: Final = "worst"


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A thing, and what its loss alone costs."""

    thing: Thing
    cost: Cost


@dataclass(frozen=True, slots=True)
class Board:
    """Things failed alone, in an order, and what each failure costs; rows are made when asked."""

    graph: DependencyGraph
    things: Numbers
    costs: Costs
    order: Keys

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, part: slice) -> list[BoardRow]:
        """Some of the rows."""
        return [self._row(place) for place in self.order[part].tolist()]

    def _row(self, place: int) -> BoardRow:
        thing = self.graph.roster.thing(int(self.things[place]))
        return BoardRow(thing, self.costs.of(place))


def board(
    graph: DependencyGraph,
    things: Numbers,
    *,
    ordering: str = WORST,
    apps: Collection[str] | None = None,
) -> Board:
    """What falls with each of `things` alone.

    Args:
        graph: The graph of one serial.
        things: The numbers of things, see `selection`.
        ordering: A name in `ORDERINGS`; a leading hyphen turns it round.
        apps: The codes of the apps that may be told of; None for all.

    Raises:
        InvalidInput: There is no such order.

    Notes:
        The worst first: whatever stops most strategic apps, then high, low and unstated ones, then
        by users per month, and the same for what it degrades. See `outcomes` for the cost.
    """
    alone = things.astype(np.int64)[:, np.newaxis]
    found = outcomes(graph.wiring, alone, among=graph.roster.apps, degraded=True)
    told = counted_apps(graph.roster, apps)
    costs = costs_of(graph.roster, len(things), found.down, found.degraded, told)
    return Board(graph, things, costs, in_order(costs, ordering))


def in_order(costs: Costs, ordering: str) -> Keys:
    """The places of the rows, sorted; rows that are alike stay in the order of their numbers.

    Raises: InvalidInput.
    """
    name = ordering.removeprefix("-")
    if name not in ORDERINGS:
        raise InvalidInput(
            f"There is no order “{ordering}”.",
            field="ordering",
            hint=f"Write one of {', '.join(ORDERINGS)}, with a hyphen before it to turn it round.",
        )
    keys = ORDERINGS[name](costs)
    sign = -1 if ordering.startswith("-") else 1
    # The last key counts most for numpy.
    places: Keys = np.lexsort([sign * key for key in reversed(keys)])
    return places


def worst_first(costs: Costs) -> Sequence[Keys]:
    """Sort keys: apps down by category, their users, then the same of apps degraded."""
    return [
        -column
        for apps, users in (
            (costs.apps_down, costs.users_down),
            (costs.apps_degraded, costs.users_degraded),
        )
        for column in (*(apps[:, at] for at in range(len(COLUMNS))), users.sum(axis=1))
    ]


ORDERINGS: Final[Mapping[str, Callable[[Costs], Sequence[Keys]]]] = {
    WORST: worst_first,
    "apps_down": lambda costs: [costs.apps_down.sum(axis=1)],
    "apps_degraded": lambda costs: [costs.apps_degraded.sum(axis=1)],
    "users_per_month_down": lambda costs: [costs.users_down.sum(axis=1)],
    "users_per_month_degraded": lambda costs: [costs.users_degraded.sum(axis=1)],
    "owners_hit": lambda costs: [costs.owners],
}
