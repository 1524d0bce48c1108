"""What is asked to fail: things by name, by filter, and grants on the day they lapse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from dcim.graph.facts import Thing
from dcim.graph.failures.impact import Impact, impact_of
from dcim.graph.selection import Selection, selected
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

EVERYTHING: Final = Selection()
GRANTS: Final = frozenset({ThingKind.ALLOCATION})


@dataclass(frozen=True, slots=True)
class Failing:
    """What fails at once: what is `named`, and all that the filters mean.

    With `lapse_on` grants fail that are recorded to end on that day or before: those that are
    named, else those that the filters mean, else all.
    """

    named: tuple[Ref, ...] = ()
    chosen: Selection = EVERYTHING
    lapse_on: date | None = None


def impact_of_failing(
    graph: DependencyGraph, asked: Failing, among: Collection[int] | None = None
) -> Impact:
    """What is down and degraded when all that is asked for fails at once.

    Args:
        graph: The graph of one serial.
        asked: What fails.
        among: The nodes that filters choose from; all unless given.

    Raises:
        InvalidInput: Nothing is asked for, the filters mean nothing, or no grant lapses.
        UnknownThing: A name, place or owner is not in the graph.
    """
    numbers = {graph.find(ref) for ref in asked.named}
    if asked.lapse_on is not None:
        numbers.update(_lapsing(graph, asked, asked.lapse_on, among))
    elif asked.chosen:
        numbers.update(_standing(graph, asked.chosen, among))
    return impact_of(graph, sorted(numbers))


def day(text: str) -> date:
    """The day on which grants lapse, as ISO writes it.

    Raises: InvalidInput.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise _refused(f"“{text}” is not a day.", "Write it as 2026-12-31.") from err


def _standing(
    graph: DependencyGraph, chosen: Selection, among: Collection[int] | None
) -> Sequence[int]:
    found: list[int] = selected(graph, chosen, among=among).tolist()
    if not found:
        raise InvalidInput(
            f"Nothing stands in {chosen.said}.",
            field=chosen.field,
            hint="Leave out a filter, or look the thing up in its list.",
        )
    return found


def _lapsing(
    graph: DependencyGraph, asked: Failing, on: date, among: Collection[int] | None
) -> Sequence[int]:
    named = [ref for ref in asked.named if ref.kind is ThingKind.ALLOCATION]
    if named:
        for ref in named:
            _refuse_unless_lapsed(graph.roster.thing(graph.find(ref)), on)
        return ()
    numbers = selected(graph, asked.chosen, GRANTS, among)
    grants = [graph.roster.thing(number) for number in numbers.tolist()]
    ending = {one.valid_until for one in grants if one.valid_until is not None}
    found = [
        number
        for number, one in zip(numbers.tolist(), grants, strict=True)
        if one.valid_until is not None and one.valid_until <= on
    ]
    if not found:
        raise _refused(f"No grant lapses on {on} or before.", _first_end(ending))
    return found


def _first_end(ends: Iterable[date]) -> str:
    first = min(ends, default=None)
    if first is None:
        return "No grant that is meant has a last day; record it, or name grants to fail."
    return f"The first that lapses does so on {first}."


def _refuse_unless_lapsed(grant: Thing, on: date) -> None:
    if grant.valid_until is None:
        raise _refused(
            f"Until when {grant.id} is valid is not recorded.",
            "Record its last day, or leave out the day and let the grant fail by name.",
        )
    if grant.valid_from is not None and on < grant.valid_from:
        raise _refused(
            f"On {on} {grant.id} has not begun: it is valid from {grant.valid_from}.",
            f"Write its last day, {grant.valid_until}, or a later one.",
        )
    if on < grant.valid_until:
        raise _refused(
            f"On {on} {grant.id} is still valid: until {grant.valid_until}.",
            "Write that day or a later one.",
        )


def _refused(reason: str, hint: str) -> InvalidInput:
    return InvalidInput(reason, field="lapse_on", hint=hint)
