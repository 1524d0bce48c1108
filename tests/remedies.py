"""Changes against single points of failure, made to facts in memory as people would make them."""

from __future__ import annotations

from dataclasses import replace

from dcim.graph.facts import Facts, Group, Need, Thing
from dcim.graph.failures.impact import impact
from dcim.graph.failures.remedies import Change, Remedy, removals
from dcim.graph.graph import DependencyGraph
from dcim.graph.propagation import State
from dcim.vocabulary.things import Ref, ThingKind


def stands_after(graph: DependencyGraph, app: Ref, thing: Ref) -> bool:
    """Whether the app no longer falls with the thing once the suggested changes are made."""
    (removal,) = removals(graph, graph.find(thing), [graph.find(app)])
    facts = graph.to_facts()
    for change in removal.changes:
        at, on = (graph.node(number).id for number in (change.at, change.on))
        facts = _made(facts, change, at, on, thing)
    changed = DependencyGraph.of(facts)
    return bool(removal.changes) and impact(changed, [thing]).state_of(app) is not State.DOWN


def _made(facts: Facts, change: Change, at: Ref, on: Ref, thing: Ref) -> Facts:
    if change.remedy is Remedy.LOOSEN_DEPENDENCY:
        hard = Need(at, on)
        assert hard in facts.needs
        return replace(facts, needs=(*(n for n in facts.needs if n != hard), Need(at, on, False)))
    hit = impact(DependencyGraph.of(facts), [thing])
    lost = [n for n in facts.needs if n.source == at and hit.state_of(n.target) is State.DOWN]
    assert lost, f"{at} has lost nothing for {change.remedy}"
    if change.remedy is Remedy.SPREAD_INSTANCES:
        members = [
            n.target
            for group in lost
            for n in facts.needs
            if n.source == group.target and hit.state_of(n.target) is State.DOWN
        ]
        moved = members[: change.count]
        return replace(facts, needs=tuple(n for n in facts.needs if n.source not in moved))
    return _with_legs(facts, change, at, lost)


def _with_legs(facts: Facts, change: Change, at: Ref, lost: list[Need]) -> Facts:
    """More of what the node has lost, each leg standing on nothing that can fail."""
    groups = {group.id: group for group in facts.groups}
    for place, need in enumerate(lost):
        if need.target in groups:
            for number in range(change.count):
                facts = _with_member(facts, need.target, f"{at}+{place}.{number}")
        else:
            own = Ref(ThingKind.GROUP, f"{at}+{place}")
            kept = tuple(n for n in facts.needs if n != need)
            facts = replace(
                facts,
                needs=(*kept, Need(at, own), Need(own, need.target)),
                groups=(*facts.groups, Group(own, "added", 1)),
            )
            facts = _with_member(facts, own, f"{at}+{place}")
    return facts


def _with_member(facts: Facts, group: Ref, name: str) -> Facts:
    fresh = Thing(Ref(ThingKind.SITE, f"new for {name}"))
    return replace(
        facts, things=(*facts.things, fresh), needs=(*facts.needs, Need(group, fresh.id))
    )
