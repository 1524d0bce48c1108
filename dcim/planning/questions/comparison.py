"""What a plan does to the answers of the graph: what gets better, worse, new or gone.

Both sides are whole graphs, so that every question can be asked of each. Less to spare is no
standstill: an app with one more instance may be degraded by a loss that passed it by before, but
never stops by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dcim.graph.facts import Node, Thing
from dcim.graph.failures.board import BOARD_KINDS, board
from dcim.graph.failures.impact import Impact, impact
from dcim.graph.failures.single_points import POINT_KINDS, single_points
from dcim.graph.graph import DependencyGraph
from dcim.graph.propagation import State
from dcim.graph.selection import Selection, selected
from dcim.vocabulary.things import Ref, ThingKind


class Verdict(StrEnum):
    """How an answer changes, the worst first."""

    WORSE = "worse"
    GONE = "gone"
    NEW = "new"
    BETTER = "better"


RANK = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class AppChange:
    """An app that fares differently; no state where it does not run then.

    `chain` says why, after the plan where it is hit then, else before it.
    """

    app: Thing
    before: State | None
    after: State | None
    verdict: Verdict
    chain: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class PointsChange:
    """The things that stop an app alone after the plan and did not before, and the other way."""

    app: Thing
    new: tuple[Ref, ...]
    gone: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class LossChange:
    """Running apps that a thing's loss alone stops and degrades, before and after.

    `after` counts the apps that run before the plan, `revived` those that it brings back beside
    them.
    """

    thing: Thing
    before: tuple[int, int]
    after: tuple[int, int]
    revived: tuple[int, int]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that changes, in the state `serial` of the record; `failed` fail on both sides."""

    serial: int
    failed: tuple[Ref, ...]
    running: tuple[int, int]
    apps: tuple[AppChange, ...]
    points: tuple[PointsChange, ...]
    losses: tuple[LossChange, ...]


def compare(before: DependencyGraph, after: DependencyGraph, failed: Sequence[Ref]) -> Comparison:
    """What changes from one graph to the other.

    Args:
        before: The graph as it is.
        after: The graph as it would be.
        failed: What fails on both sides; where nothing is named, only apps that begin or end to
            run are told, with the single points of failure and the losses of things alone.

    Raises:
        UnknownThing: A name is in neither graph.

    Notes: both N-1 boards and both lists of single points, see `outcomes` for the cost.
    """
    for ref in failed:
        if ref not in before and ref not in after:
            before.find(ref)
    running = tuple(frozenset(_running(graph)) for graph in (before, after))
    return Comparison(
        serial=before.serial,
        failed=tuple(sorted(set(failed))),
        running=(len(running[0]), len(running[1])),
        apps=tuple(_apps(before, after, failed)),
        points=tuple(_points(before, after)),
        losses=tuple(_losses(before, after, {ref.name for ref in running[0]})),
    )


def _running(graph: DependencyGraph) -> list[Ref]:
    return [app.id for app in graph.things(ThingKind.APP) if app.is_running_app]


def _apps(
    before: DependencyGraph, after: DependencyGraph, failed: Sequence[Ref]
) -> list[AppChange]:
    found = [_impact(graph, failed) for graph in (before, after)]
    known = {app.id: app for graph in (before, after) for app in graph.things(ThingKind.APP)}
    changes = []
    for ref, app in known.items():
        was, now = _state(before, found[0], ref), _state(after, found[1], ref)
        if (verdict := _verdict(was, now)) is not None:
            chain = _chain(found[1], ref) or _chain(found[0], ref) or (app,)
            changes.append(AppChange(app, was, now, verdict, chain))
    return sorted(changes, key=lambda one: (list(Verdict).index(one.verdict), one.app.name))


def _impact(graph: DependencyGraph, failed: Sequence[Ref]) -> Impact | None:
    there = [ref for ref in failed if ref in graph]
    return impact(graph, there) if there else None


def _state(graph: DependencyGraph, found: Impact | None, app: Ref) -> State | None:
    """How a running app fares; None for one that does not run, or is not there."""
    number = graph.roster.number(app)
    node = None if number is None else graph.node(number)
    if not isinstance(node, Thing) or not node.is_running_app:
        return None
    return State.UP if found is None else found.state_of(app)


def _verdict(before: State | None, after: State | None) -> Verdict | None:
    if before is after:
        return None
    if before is None:
        return Verdict.NEW
    if after is None:
        return Verdict.GONE
    return Verdict.WORSE if RANK[after] > RANK[before] else Verdict.BETTER


def _chain(found: Impact | None, app: Ref) -> tuple[Node, ...]:
    hits = () if found is None else (*found.apps_down, *found.apps_degraded)
    return next((hit.chain for hit in hits if hit.thing.id == app), ())


def _points(before: DependencyGraph, after: DependencyGraph) -> list[PointsChange]:
    old, new = _pairs(before), _pairs(after)
    changes = []
    for app in sorted(old.keys() | new.keys()):
        gained, lost = new[app] - old[app], old[app] - new[app]
        if gained or lost:
            graph = after if app in after else before
            node = graph.node(graph.find(app))
            if isinstance(node, Thing):
                changes.append(PointsChange(node, tuple(sorted(gained)), tuple(sorted(lost))))
    return changes


def _pairs(graph: DependencyGraph) -> dict[Ref, set[Ref]]:
    """By running app the things that stop it alone."""
    found = single_points(graph, selected(graph, Selection(), POINT_KINDS))
    things = found.things.tolist()
    pairs: dict[Ref, set[Ref]] = defaultdict(set)
    places, apps = found.stopped.failures.tolist(), found.stopped.nodes.tolist()
    for place, app in zip(places, apps, strict=True):
        pairs[graph.node(app).id].add(graph.node(things[place]).id)
    return pairs


def _losses(
    before: DependencyGraph, after: DependencyGraph, running: Collection[str]
) -> list[LossChange]:
    old, same = _board(before, None), _board(after, running)
    whole = _board(after, None)
    changes = []
    for ref, thing in _board_things(after).items():
        was, now = old.get(ref, (0, 0)), same.get(ref, (0, 0))
        revived = (whole[ref][0] - now[0], whole[ref][1] - now[1])
        if was != now or any(revived):
            changes.append(LossChange(thing, was, now, revived, _verdict_of_loss(was, now)))
    return sorted(changes, key=lambda one: (list(Verdict).index(one.verdict), one.thing.id))


def _verdict_of_loss(before: tuple[int, int], after: tuple[int, int]) -> Verdict:
    """First by the apps that stop; new where only apps that the plan brings back are hit."""
    if before == after:
        return Verdict.NEW
    return Verdict.WORSE if after > before else Verdict.BETTER


def _board(graph: DependencyGraph, apps: Collection[str] | None) -> dict[Ref, tuple[int, int]]:
    found = board(graph, selected(graph, Selection(), BOARD_KINDS), apps=apps)
    return {
        row.thing.id: (sum(row.cost.apps_down), sum(row.cost.apps_degraded))
        for row in found[: len(found)]
    }


def _board_things(graph: DependencyGraph) -> dict[Ref, Thing]:
    return {thing.id: thing for thing in graph.things() if thing.kind in BOARD_KINDS}
