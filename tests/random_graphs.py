"""Small random graphs with groups, soft needs and cycles, and the rules of failure read aloud.

`brute_force` is the yardstick: sets and dictionaries by name, round after round, nothing of the
product's arrays.
"""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from dcim.graph.facts import Facts, Group, Need, Thing
from dcim.graph.failures.impact import Impact, impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.propagation import State
from dcim.vocabulary.things import Ref, ThingKind

WORST_FIRST: Final = (State.DOWN, State.DEGRADED, State.UP)
KINDS: Final = [kind for kind in ThingKind if kind is not ThingKind.GROUP]


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Up to eight things of any kind and four groups that need each other in any way."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8))
    things = [Ref(kind, str(n)) for n, kind in enumerate(kinds)]
    groups = [Ref(ThingKind.GROUP, str(n)) for n in range(draw(st.integers(0, 4)))]
    nodes = st.sampled_from(things + groups)
    needs = draw(st.lists(st.builds(Need, st.sampled_from(things), nodes, st.booleans())))
    counted = []
    for group in groups:
        members = draw(st.lists(nodes, min_size=1, max_size=4, unique=True))
        needs += [Need(group, member) for member in members]
        counted.append(Group(group, "", draw(st.integers(1, len(members)))))
    return Facts(
        1, tuple(Thing(ref, status="active") for ref in things), tuple(counted), tuple(needs)
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[Facts, list[Ref]]:
    """Facts, and what fails."""
    known = draw(facts())
    refs = [node.id for node in known.things + known.groups]
    return known, draw(st.lists(st.sampled_from(refs), min_size=1, max_size=3, unique=True))


def brute_force(known: Facts, failed: list[Ref]) -> dict[Ref, State]:
    """The rules of `propagation`, read aloud, round after round until nothing changes."""
    spare = spare_of(known)
    down = set(failed)
    while more := {r for r in spare if len(hard_needs(known, r) & down) > spare[r]} - down:
        down |= more
    hit = down | {need.source for need in known.needs if need.target in down}
    while more := {r for r in spare if len(hard_needs(known, r) & hit) > spare[r]} - hit:
        hit |= more
    return dict.fromkeys(hit, State.DEGRADED) | dict.fromkeys(down, State.DOWN)


def spare_of(known: Facts) -> dict[Ref, int]:
    members = {group.id: len(hard_needs(known, group.id)) - group.needed for group in known.groups}
    return {thing.id: 0 for thing in known.things} | members


def hard_needs(known: Facts, ref: Ref) -> set[Ref]:
    return {need.target for need in known.needs if need.source == ref and need.hard}


def states(known: Facts, answer: Impact) -> dict[Ref, State]:
    return {node.id: answer.state_of(node.id) for node in known.things + known.groups}


def ask(known: Facts, failed: list[Ref]) -> Impact:
    return impact(DependencyGraph.of(known), failed)
