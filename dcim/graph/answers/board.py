"""What failures cost, as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from dcim.graph.failures.board import Board, BoardRow
from dcim.graph.failures.pairs import FailurePairs, PairRow
from dcim.graph.failures.remedies import TEXTS, Change, Removal
from dcim.graph.failures.single_points import SinglePoint, SinglePoints
from dcim.graph.failures.tally import COLUMNS, Cost
from dcim.graph.graph import DependencyGraph

NOT_STATED = "not_stated"


class CategoryAnswer(TypedDict):
    """Running apps of one system category that are hit, and their users per month."""

    apps_down: int
    apps_degraded: int
    users_per_month_down: int
    users_per_month_degraded: int


class CostAnswer(CategoryAnswer):
    """Running apps that are hit, their users and owners, in all and by system category."""

    owners_hit: int
    by_category: dict[str, CategoryAnswer]


class BoardRowAnswer(CostAnswer):
    """A thing that fails alone, and what that costs."""

    thing: str
    label: str


class BoardAnswer(TypedDict):
    """Some rows of the board, `count` in all."""

    serial: int
    count: int
    results: list[BoardRowAnswer]


class ChangeAnswer(TypedDict):
    """One change: `count` more of what `at` lacks, away from `on`; `text` says it in a sentence."""

    code: str
    at: str
    on: str
    count: int
    text: str


class StoppedAppAnswer(TypedDict):
    """An app that a thing stops alone, and all that would have to change, if anything helps."""

    code: str
    name: str
    owner: str
    category: str
    users_per_month: int
    changes: list[ChangeAnswer]


class CategoryStoppedAnswer(TypedDict):
    """Running apps of one system category that stop, and their users per month."""

    apps_down: int
    users_per_month_down: int


class SinglePointAnswer(CategoryStoppedAnswer):
    """A thing that stops apps alone; `apps` are some of the `apps_count` that are asked for."""

    thing: str
    label: str
    owners_hit: int
    by_category: dict[str, CategoryStoppedAnswer]
    apps_count: int
    apps: list[StoppedAppAnswer]


class SinglePointsAnswer(TypedDict):
    """Some single points of failure, `count` in all."""

    serial: int
    count: int
    results: list[SinglePointAnswer]


class PairAnswer(CategoryStoppedAnswer):
    """Two things that are worse at once than each; counts are of what only both stop."""

    first: str
    second: str
    owners_hit: int
    by_category: dict[str, CategoryStoppedAnswer]
    apps: list[str]


class PairsAnswer(TypedDict):
    """Some pairs, `count` in all, of `tried` that might have been worse together."""

    serial: int
    count: int
    tried: int
    results: list[PairAnswer]


def answer_of_board(found: Board, rows: Sequence[BoardRow]) -> BoardAnswer:
    """Some of the rows of `found` as JSON."""
    return {
        "serial": found.graph.serial,
        "count": len(found),
        "results": [answer_of_row(row) for row in rows],
    }


def answer_of_row(row: BoardRow) -> BoardRowAnswer:
    """One row as JSON."""
    return {"thing": str(row.thing.id), "label": row.thing.label, **answer_of_cost(row.cost)}


def answer_of_cost(cost: Cost) -> CostAnswer:
    """What a failure costs as JSON; apps without a category are counted as not stated."""
    columns = zip(
        cost.apps_down, cost.apps_degraded, cost.users_down, cost.users_degraded, strict=True
    )
    names = [name or NOT_STATED for name in COLUMNS]
    return {
        **_counted(
            *(
                sum(column)
                for column in (
                    cost.apps_down,
                    cost.apps_degraded,
                    cost.users_down,
                    cost.users_degraded,
                )
            )
        ),
        "owners_hit": cost.owners,
        "by_category": {
            name: _counted(*column) for name, column in zip(names, columns, strict=True)
        },
    }


def _counted(down: int, degraded: int, users_down: int, users_degraded: int) -> CategoryAnswer:
    return {
        "apps_down": down,
        "apps_degraded": degraded,
        "users_per_month_down": users_down,
        "users_per_month_degraded": users_degraded,
    }


def answer_of_points(found: SinglePoints, points: Sequence[SinglePoint]) -> SinglePointsAnswer:
    """Some of the single points of failure as JSON."""
    return {
        "serial": found.graph.serial,
        "count": len(found),
        "results": [_point(found.graph, one) for one in points],
    }


def _point(graph: DependencyGraph, point: SinglePoint) -> SinglePointAnswer:
    thing, cost = point.row.thing, point.row.cost
    return {
        "thing": str(thing.id),
        "label": thing.label,
        **_stops(cost),
        "owners_hit": cost.owners,
        "by_category": _stops_by_category(cost),
        "apps_count": point.apps,
        "apps": [_stopped(graph, one) for one in point.removals],
    }


def _stopped(graph: DependencyGraph, removal: Removal) -> StoppedAppAnswer:
    app = removal.app
    return {
        "code": app.name,
        "name": app.label,
        "owner": app.owner,
        "category": app.category,
        "users_per_month": app.users_per_month,
        "changes": [answer_of_change(graph, change) for change in removal.changes],
    }


def answer_of_change(graph: DependencyGraph, change: Change) -> ChangeAnswer:
    """A change as JSON."""
    named = {"at": str(graph.node(change.at).id), "on": str(graph.node(change.on).id)}
    text = TEXTS[change.remedy] % {**named, "count": change.count}
    return {
        "code": change.remedy.value,
        "at": named["at"],
        "on": named["on"],
        "count": change.count,
        "text": text,
    }


def answer_of_pairs(found: FailurePairs, rows: Sequence[PairRow]) -> PairsAnswer:
    """Some of the pairs as JSON."""
    return {
        "serial": found.graph.serial,
        "count": len(found),
        "tried": found.asked,
        "results": [_pair(row) for row in rows],
    }


def _pair(row: PairRow) -> PairAnswer:
    return {
        "first": str(row.first.id),
        "second": str(row.second.id),
        **_stops(row.cost),
        "owners_hit": row.cost.owners,
        "by_category": _stops_by_category(row.cost),
        "apps": [app.name for app in row.apps],
    }


def _stops(cost: Cost) -> CategoryStoppedAnswer:
    return {"apps_down": sum(cost.apps_down), "users_per_month_down": sum(cost.users_down)}


def _stops_by_category(cost: Cost) -> dict[str, CategoryStoppedAnswer]:
    columns = zip(COLUMNS, cost.apps_down, cost.users_down, strict=True)
    return {
        name or NOT_STATED: {"apps_down": apps, "users_per_month_down": users}
        for name, apps, users in columns
    }
