"""What failures cost, as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from dcim.graph.board import Board, BoardRow
from dcim.graph.tally import COLUMNS, Cost

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
