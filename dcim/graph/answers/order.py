"""The order of starting and stopping as JSON: the same from the command line and from the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from dcim.graph.answers.impact import names
from dcim.graph.needs.order import Order, Step


class StepAnswer(TypedDict):
    """A thing, or several that need each other; `stands` where it need not be stopped."""

    things: list[str]
    together: bool
    stands: bool


class OrderAnswer(TypedDict):
    """Waves, first to last; soft needs that order nothing, and what does not run now."""

    serial: int
    things: list[str]
    direction: str
    scope: str
    waves: list[list[StepAnswer]]
    unordered: list[list[str]]
    idle: list[str]


def answer_of_order(found: Order) -> OrderAnswer:
    """`found` as JSON; of each soft need that orders nothing what needs and what is needed."""
    return {
        "serial": found.serial,
        "things": names(found.named),
        "direction": found.direction.value,
        "scope": found.scope.value,
        "waves": answer_of_waves(found.waves),
        "unordered": [names(pair) for pair in found.unordered],
        "idle": names(found.idle),
    }


def answer_of_waves(waves: Iterable[Iterable[Step]]) -> list[list[StepAnswer]]:
    """The steps of each wave as JSON."""
    return [[_step(step) for step in wave] for wave in waves]


def _step(step: Step) -> StepAnswer:
    return {"things": names(step.things), "together": step.is_knot, "stands": step.stands}
