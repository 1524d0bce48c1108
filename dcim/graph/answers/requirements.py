"""What an app rests on, as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NotRequired, TypedDict

from dcim.graph.answers.impact import names
from dcim.graph.facts import Group, Node, Thing
from dcim.graph.needs.requirements import Requirements


class NodeAnswer(TypedDict):
    """A thing, or a group of which `needed` of `size` members are needed."""

    id: str
    kind: str
    name: str
    label: str
    status: NotRequired[str]
    owner: NotRequired[str]
    is_external: NotRequired[bool]
    needed: NotRequired[int]
    size: NotRequired[int]


class NeedAnswer(TypedDict):
    """One node rests on another; soft: it only suffers without it."""

    source: str
    target: str
    hard: bool


class ShortfallAnswer(TypedDict):
    """A tier of a running app that needs more instances than are recorded as working."""

    tier: str
    needed: int
    working: int


class RequirementsAnswer(TypedDict):
    """All that an app rests on, what alone stops it, what circles, and tiers that are short."""

    serial: int
    app: str
    layers: list[list[NodeAnswer]]
    needs: list[NeedAnswer]
    single_points_of_failure: list[str]
    cycles: list[list[str]]
    shortfalls: list[ShortfallAnswer]


def answer_of_requirements(found: Requirements, single: Iterable[Thing]) -> RequirementsAnswer:
    """`found` as JSON, layers from the app down; `single` are the things that stop it alone."""
    return {
        "serial": found.serial,
        "app": str(found.top.id),
        "layers": [[_node(node) for node in layer] for layer in found.layers],
        "needs": [
            {"source": str(need.source), "target": str(need.target), "hard": need.hard}
            for need in found.needs
        ],
        "single_points_of_failure": names(single),
        "cycles": [names(cycle) for cycle in found.cycles],
        "shortfalls": [
            {"tier": str(one.tier.id), "needed": one.needed, "working": one.working}
            for one in found.shortfalls
        ],
    }


def _node(node: Node) -> NodeAnswer:
    head: NodeAnswer = {
        "id": str(node.id),
        "kind": node.kind.value,
        "name": node.name,
        "label": node.label,
    }
    if isinstance(node, Group):
        return {**head, "needed": node.needed, "size": node.size}
    return {**head, "status": node.status, "owner": node.owner, "is_external": node.is_external}
