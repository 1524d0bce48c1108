"""Answers about many failures, for a reader: of someone's own apps, what these rest on and lose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dcim.actions.questions.answers import (
    app_seen,
    known_below,
    require_known,
    told_to,
    unknown_to_reader,
)
from dcim.graph.facts import Thing
from dcim.graph.failures.board import BOARD_KINDS, Board, board
from dcim.graph.failures.failing import Failing, impact_of_failing
from dcim.graph.failures.impact import Impact
from dcim.graph.failures.pairs import FailurePairs, PairsAsked, pairs_asked
from dcim.graph.failures.single_points import PointsAsked, SinglePoints, points_asked
from dcim.graph.graph import DependencyGraph
from dcim.graph.needs.findings import Findings, findings
from dcim.graph.selection import Selection, selected
from dcim.graph.wiring import Numbers
from dcim.record.people.account import User
from dcim.vocabulary.things import Ref, ThingKind


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader may be told of: apps by their codes, nodes by their numbers; None for all."""

    apps: frozenset[str] | None
    nodes: frozenset[int] | None

    @classmethod
    def of(cls, graph: DependencyGraph, reader: User) -> Sight:
        """All, or the reader's own apps and what these rest on."""
        told = told_to(reader)
        return cls(told, None if told is None else frozenset(known_below(graph, told)))

    def know(self, graph: DependencyGraph, refs: Iterable[Ref]) -> None:
        """Refuse what the reader does not know.

        Raises: UnknownThing.
        """
        if self.nodes is not None:
            require_known(graph, refs, self.nodes)

    def know_choice(self, graph: DependencyGraph, chosen: Selection) -> None:
        """Refuse filters by places and owners that the reader does not know.

        Raises: UnknownThing.
        """
        self.know(graph, chosen.places)
        if self.nodes is None or not chosen.tenants:
            return
        nodes = (graph.node(number) for number in self.nodes)
        owners = {node.owner for node in nodes if isinstance(node, Thing)}
        for slug in chosen.tenants:
            if slug not in owners:
                raise unknown_to_reader(slug)

    def selected(
        self, graph: DependencyGraph, chosen: Selection, kinds: Iterable[ThingKind]
    ) -> Numbers:
        """The chosen things that the reader knows; of `kinds` where no filter names any.

        Raises: UnknownThing, InvalidInput.
        """
        self.know_choice(graph, chosen)
        return selected(graph, chosen, kinds, self.nodes)


def findings_seen(graph: DependencyGraph, reader: User) -> Findings:
    """What can't be right in what the reader's apps are and rest on."""
    return findings(graph, Sight.of(graph, reader).nodes)


def impact_seen(graph: DependencyGraph, asked: Failing, reader: User) -> Impact:
    """What falls when all that is asked for fails, told of the apps that the reader sees.

    Who sees some apps only may ask about what these rest on; of all else not even whether it is
    there.

    Raises:
        UnknownThing: The graph, or the reader, does not know a name.
        InvalidInput: Nothing is asked for, or the filters mean nothing.
    """
    sight = Sight.of(graph, reader)
    sight.know(graph, asked.named)
    sight.know_choice(graph, asked.chosen)
    return replace(impact_of_failing(graph, asked, sight.nodes), apps=sight.apps)


def board_seen(graph: DependencyGraph, chosen: Selection, ordering: str, reader: User) -> Board:
    """What falls with each of the chosen things alone, told of the apps that the reader sees.

    Raises: UnknownThing, InvalidInput.
    """
    sight = Sight.of(graph, reader)
    things = sight.selected(graph, chosen, BOARD_KINDS)
    return board(graph, things, ordering=ordering, apps=sight.apps)


def points_seen(graph: DependencyGraph, asked: PointsAsked, reader: User) -> SinglePoints:
    """What stops apps alone, told of the apps that the reader sees.

    Raises: UnknownThing, InvalidInput.
    """
    sight = Sight.of(graph, reader)
    sight.know(graph, [] if asked.thing is None else [asked.thing])
    sight.know_choice(graph, asked.chosen)
    if asked.app is not None:
        app_seen(graph, asked.app, reader)
    return points_asked(graph, asked, among=sight.nodes, apps=sight.apps)


def pairs_seen(graph: DependencyGraph, asked: PairsAsked, reader: User) -> FailurePairs:
    """Which pairs of failures are worse than both alone, told of the apps that the reader sees.

    Raises: UnknownThing, InvalidInput.
    """
    sight = Sight.of(graph, reader)
    sight.know_choice(graph, asked.chosen)
    return pairs_asked(graph, asked, among=sight.nodes, apps=sight.apps)
