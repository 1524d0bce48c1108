"""Dependency graphs for tests, drawn as text: one node and what it needs on each line.

    app:SIMPEG -> workload:SIMPEG/web, ~app:SSO      needs both, the second softly
    workload:SIMPEG/web -> 1 of vm:w1 vm:w2          needs one of a group, named after its owner

Things need no line of their own. An app is active unless its line says `(inactive)`.
"""

from __future__ import annotations

import re

from dcim.graph.facts import Facts, Group, Need, Thing
from dcim.graph.graph import DependencyGraph
from dcim.vocabulary.things import Ref, ThingKind

MEMBERS = re.compile(r"(\d+) of (.+)")


def drawn(text: str, serial: int = 1) -> DependencyGraph:
    """The graph that `text` draws."""
    return DependencyGraph.of(facts_of(text, serial))


def facts_of(text: str, serial: int = 1) -> Facts:
    """The facts that `text` draws."""
    things: dict[Ref, str] = {}
    groups: list[Group] = []
    needs: list[Need] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        owner, _, right = line.partition("->")
        source = _thing(owner, things)
        for wanted in filter(None, map(str.strip, right.split(","))):
            needs.append(_need(source, wanted, things, groups, needs))
    return Facts(
        serial,
        tuple(Thing(ref, status=status) for ref, status in things.items()),
        tuple(groups),
        tuple(needs),
    )


def _thing(text: str, things: dict[Ref, str]) -> Ref:
    name, _, status = text.strip().removesuffix(")").partition(" (")
    ref = Ref.parse(name)
    if status or ref not in things:
        things[ref] = status or "active"
    return ref


def _need(
    source: Ref, wanted: str, things: dict[Ref, str], groups: list[Group], needs: list[Need]
) -> Need:
    counted = MEMBERS.fullmatch(wanted)
    if counted is None:
        return Need(source, _thing(wanted.removeprefix("~"), things), hard=wanted[0] != "~")
    group = Ref(ThingKind.GROUP, f"{source.name}#{len(groups) + 1}")
    groups.append(Group(group, "members", int(counted[1])))
    needs.extend(Need(group, _thing(member, things)) for member in counted[2].split())
    return Need(source, group)


def refs(*names: str) -> list[Ref]:
    """The things that `names` name."""
    return [Ref.parse(name) for name in names]
