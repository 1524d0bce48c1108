"""Single points of failure of all apps: what stops any of them alone, the worst first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.failures.alone import Pairs, outcomes
from dcim.graph.failures.board import WORST, BoardRow, in_order
from dcim.graph.failures.remedies import Removal, removals
from dcim.graph.failures.tally import Costs, costs_of, counted_apps
from dcim.graph.selection import Selection, selected
from dcim.graph.stakes import CATEGORIES
from dcim.graph.wiring import NOBODY, Keys, Numbers
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

# A tier is part of its app: it does not fail by itself, and nothing can stand in for it.
EVERYTHING: Final = Selection()
POINT_KINDS: Final = frozenset(ThingKind) - {ThingKind.WORKLOAD, ThingKind.GROUP}


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A thing that stops apps alone: what that costs, some of the apps, and what would help each.

    `apps` is how many apps may be asked for in all.
    """

    row: BoardRow
    apps: int
    removals: tuple[Removal, ...]


@dataclass(frozen=True, slots=True)
class SinglePoints:
    """Things that stop running apps alone, the worst first.

    `stopped` are the pairs of a thing, by its place, and an app; `order` are places of things.
    """

    graph: DependencyGraph
    things: Numbers
    costs: Costs
    order: Keys
    stopped: Pairs

    def __len__(self) -> int:
        return len(self.order)

    def points(self, part: slice, apps: slice) -> list[SinglePoint]:
        """Some of the things, and of each some of the apps, the gravest first."""
        return [self._point(place, apps) for place in self.order[part].tolist()]

    def _point(self, place: int, part: slice) -> SinglePoint:
        number = int(self.things[place])
        row = BoardRow(self.graph.roster.thing(number), self.costs.of(place))
        apps = self._apps(place)
        return SinglePoint(row, len(apps), tuple(removals(self.graph, number, apps[part].tolist())))

    def _apps(self, place: int) -> Keys:
        """The apps that a thing stops: by category, then those with most users."""
        begin, end = np.searchsorted(self.stopped.failures, (place, place + 1))
        apps = self.stopped.nodes[begin:end]
        stakes, at = self.graph.roster.stakes, apps - self.graph.roster.apps.start
        category = stakes.categories[at]
        rank = np.where(category == NOBODY, len(CATEGORIES), category)
        ordered: Keys = apps[np.lexsort((apps, -stakes.users[at], rank))]
        return ordered


def single_points(
    graph: DependencyGraph,
    things: Numbers,
    *,
    app: int | None = None,
    apps: Collection[str] | None = None,
) -> SinglePoints:
    """Those of `things` whose loss alone stops a running app, the worst first.

    Args:
        graph: The graph of one serial.
        things: The numbers of things, see `selection`.
        app: Tell of this app only, also when it does not run; what each costs is told of all.
        apps: The codes of the apps that may be told of; None for all.

    Notes:
        Ranked by the apps that stop: most strategic apps, then high, low and unstated ones, then by
        users per month. That an app stops itself is not told. See `outcomes` for the cost.
    """
    alone = things.astype(np.int64)[:, np.newaxis]
    down = outcomes(graph.wiring, alone, among=graph.roster.apps).down
    others = down.only(things[down.failures] != down.nodes)
    told = counted_apps(graph.roster, apps)
    running = others.only(told[others.nodes - graph.roster.apps.start])
    costs = costs_of(graph.roster, len(things), running, Pairs.joined([]), told)
    stopped = running if app is None else others.only(others.nodes == app)
    stops = np.zeros(len(things), np.bool_)
    stops[stopped.failures] = True
    order = in_order(costs, WORST)
    return SinglePoints(graph, things, costs, order[stops[order]], stopped)


@dataclass(frozen=True, slots=True)
class PointsAsked:
    """Which single points of failure are asked for: by filters, one thing's, one app's."""

    chosen: Selection = EVERYTHING
    thing: Ref | None = None
    app: Ref | None = None


def points_asked(
    graph: DependencyGraph,
    asked: PointsAsked,
    *,
    among: Collection[int] | None = None,
    apps: Collection[str] | None = None,
) -> SinglePoints:
    """The single points of failure that are asked for.

    Args:
        graph: The graph of one serial.
        asked: Which ones.
        among: The nodes that may be told of; None for all.
        apps: The codes of the apps that may be told of; None for all.

    Raises:
        UnknownThing: The thing, the app, a place or an owner is not in the graph.
        InvalidInput: A place is of a kind that nothing stands in.
    """
    app = None if asked.app is None else graph.find(asked.app)
    if asked.thing is not None:
        things = np.array([graph.find(asked.thing)], np.int32)
    else:
        things = selected(graph, asked.chosen, POINT_KINDS, among)
    if app is not None:
        below = graph.requirements_of(app)
        things = things[np.isin(things, np.fromiter(below, np.int32, len(below)))]
    return single_points(graph, things, app=app, apps=apps)
