"""The graph's answers as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from dcim.graph.facts import Node
from dcim.graph.impact import Hit, Impact
from dcim.graph.propagation import State
from dcim.graph.requirements import Explanation
from dcim.graph.restoring import restorable
from dcim.graph.restoring_answer import RestorableAnswer, answer_of_restorable
from dcim.vocabulary.things import ThingKind


class HitApp(TypedDict):
    """An app that is hit, and a shortest chain of causes from it to what failed."""

    code: str
    name: str
    owner: str
    chain: list[str]


class ImpactAnswer(TypedDict):
    """Running apps that stop or lose redundancy, idle apps hit on paper, and things by kind."""

    serial: int
    failed: list[str]
    apps_down: list[HitApp]
    apps_degraded: list[HitApp]
    idle_apps: list[str]
    things_down: dict[str, int]
    things_degraded: dict[str, int]
    copies_lost: int
    restorable: RestorableAnswer


class ExplanationAnswer(TypedDict):
    """Whether and why an app rests on a thing, and what the loss of the thing alone does to it."""

    serial: int
    app: str
    thing: str
    rests: bool
    is_hard: bool
    effect: str
    chains: list[list[str]]


def answer_of_impact(found: Impact, now: datetime) -> ImpactAnswer:
    """`found` as JSON; apps with their chains, other things as counts by kind.

    Args:
        found: What falls.
        now: The moment against which backup copies are old.
    """
    restored = restorable(found, now)
    return {
        "serial": found.serial,
        "failed": names(found.failed),
        "apps_down": [_hit_app(hit) for hit in found.apps_down],
        "apps_degraded": [_hit_app(hit) for hit in found.apps_degraded],
        "idle_apps": [hit.thing.name for hit in found.idle_apps],
        "things_down": count_by_kind(found, State.DOWN),
        "things_degraded": count_by_kind(found, State.DEGRADED),
        "copies_lost": restored.copies_lost,
        "restorable": answer_of_restorable(restored),
    }


def answer_of_explanation(why: Explanation) -> ExplanationAnswer:
    """`why` as JSON; each chain leads from the app to the thing."""
    return {
        "serial": why.serial,
        "app": str(why.app.id),
        "thing": str(why.thing.id),
        "rests": why.rests,
        "is_hard": why.is_hard,
        "effect": why.effect.value,
        "chains": [names(chain) for chain in why.chains],
    }


def names(nodes: Iterable[Node]) -> list[str]:
    """The public names of `nodes`, KIND:NAME."""
    return [str(node.id) for node in nodes]


def count_by_kind(found: Impact, state: State) -> dict[str, int]:
    """How many things of each kind are in `state`; every kind is named."""
    count = found.counts(state)
    return {kind.value: count[kind] for kind in ThingKind if kind is not ThingKind.GROUP}


def _hit_app(hit: Hit) -> HitApp:
    return {
        "code": hit.thing.name,
        "name": hit.thing.label,
        "owner": hit.thing.owner,
        "chain": names(hit.chain),
    }
