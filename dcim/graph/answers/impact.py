"""The graph's answers as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, TypedDict

from dcim.graph.answers.board import CategoryAnswer, answer_of_cost
from dcim.graph.answers.restoring import RestorableAnswer, answer_of_restorable
from dcim.graph.facts import Node
from dcim.graph.failures.impact import Hit, Impact
from dcim.graph.failures.losses import OwnerLoss, losses_of
from dcim.graph.failures.restoring import restorable
from dcim.graph.needs.requirements import Explanation
from dcim.graph.propagation import State
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.things import ThingKind

MOST_ROWS: Final = 1000  # of each list of an answer


class HitApp(TypedDict):
    """An app that is hit, and a shortest chain of causes from it to what failed."""

    code: str
    name: str
    owner: str
    chain: list[str]


class OwnerAnswer(TypedDict):
    """Running apps of one owner that are hit, and their users per month."""

    slug: str
    name: str
    apps_down: int
    apps_degraded: int
    users_per_month_down: int
    users_per_month_degraded: int


class ImpactAnswer(TypedDict):
    """Running apps that stop or lose redundancy, idle apps hit on paper, and things by kind.

    Lists hold the rows from `offset` on, `limit` at most; counts are of all.
    """

    serial: int
    limit: int
    offset: int
    failed_count: int
    apps_down_count: int
    apps_degraded_count: int
    idle_apps_count: int
    users_per_month_down: int
    users_per_month_degraded: int
    owners_hit: int
    by_category: dict[str, CategoryAnswer]
    owners: list[OwnerAnswer]
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


def answer_of_impact(
    found: Impact,
    now: datetime,
    limit: int = MOST_ROWS,
    offset: int = 0,
    pools: Mapping[str, Amounts] | None = None,
) -> ImpactAnswer:
    """`found` as JSON; apps with their chains, other things as counts by kind.

    Args:
        found: What falls.
        now: The moment against which backup copies are old.
        limit: How many rows each list holds at most, from `offset` on.
        offset: How many rows are left out before them.
        pools: What each pool that still stands has free, where that was asked for.
    """
    part = slice(offset, offset + limit)
    losses = losses_of(found)
    cost = answer_of_cost(losses.cost)
    restored = restorable(found, now)
    return {
        "serial": found.serial,
        "limit": limit,
        "offset": offset,
        "failed_count": len(found.numbers),
        "apps_down_count": cost["apps_down"],
        "apps_degraded_count": cost["apps_degraded"],
        "idle_apps_count": found.idle_count,
        "users_per_month_down": cost["users_per_month_down"],
        "users_per_month_degraded": cost["users_per_month_degraded"],
        "owners_hit": cost["owners_hit"],
        "by_category": cost["by_category"],
        "owners": [_owner(one) for one in losses.owners[part]],
        "failed": names(found.failed[part]),
        "apps_down": [_hit_app(hit) for hit in found.app_hits(State.DOWN, part)],
        "apps_degraded": [_hit_app(hit) for hit in found.app_hits(State.DEGRADED, part)],
        "idle_apps": [hit.thing.name for hit in found.idle_hits(part)],
        "things_down": count_by_kind(found, State.DOWN),
        "things_degraded": count_by_kind(found, State.DEGRADED),
        "copies_lost": restored.copies_lost,
        "restorable": answer_of_restorable(restored, part, pools),
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


def _owner(loss: OwnerLoss) -> OwnerAnswer:
    return {
        "slug": loss.slug,
        "name": loss.name,
        "apps_down": loss.apps_down,
        "apps_degraded": loss.apps_degraded,
        "users_per_month_down": loss.users_down,
        "users_per_month_degraded": loss.users_degraded,
    }


def _hit_app(hit: Hit) -> HitApp:
    return {
        "code": hit.thing.name,
        "name": hit.thing.label,
        "owner": hit.thing.owner,
        "chain": names(hit.chain),
    }
