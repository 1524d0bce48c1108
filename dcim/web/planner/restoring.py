"""What can be restored of what fell, as pages show it: from which copy, how old, what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcim.graph.failures.restoring import LostTier, Restorable, Restoration
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.things import Ref
from dcim.web.values.amounts import AmountLine, amount_lines
from dcim.web.values.things import NamedThing, named_things

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph


@dataclass(frozen=True, slots=True)
class ShownTier:
    """A tier that is lost, and the copy that it comes back from."""

    lost: LostTier
    copy: NamedThing | None


@dataclass(frozen=True, slots=True)
class ShownRestoration:
    """An app that is down, and how it comes back."""

    app: NamedThing
    told: Restoration
    cause: NamedThing | None
    tiers: list[ShownTier]
    needed: list[AmountLine]


@dataclass(frozen=True, slots=True)
class ShownRestorable:
    """A leaf of the apps that come back from copies and that do not, and what it takes in sum.

    `pools` are what the pools that still stand have free, where that was asked for.
    """

    restored: list[ShownRestoration]
    lost: list[ShownRestoration]
    restored_count: int
    lost_count: int
    needed: list[AmountLine]
    wanted: list[AmountLine]
    copies_lost: int
    pools: list[tuple[NamedThing, list[AmountLine]]]


def shown_restorable(
    graph: DependencyGraph, found: Restorable, part: slice, pools: Mapping[str, Amounts]
) -> ShownRestorable:
    """What can be restored, some of the apps with their names and pages, and what pools have."""
    count = sum(one.is_restorable for one in found.apps)
    shown = [_shown(graph, one) for one in found.apps[part]]
    return ShownRestorable(
        restored=[one for one in shown if one.told.is_restorable],
        lost=[one for one in shown if not one.told.is_restorable],
        restored_count=count,
        lost_count=len(found.apps) - count,
        needed=amount_lines(found.needed),
        wanted=amount_lines(found.wanted),
        copies_lost=found.copies_lost,
        pools=[
            (_named(graph, Ref.parse(pool)), amount_lines(free)) for pool, free in pools.items()
        ],
    )


def _shown(graph: DependencyGraph, one: Restoration) -> ShownRestoration:
    told = [one.app] if one.cause is None else [one.app, one.cause]
    named = named_things(told)
    return ShownRestoration(
        app=named[one.app.id],
        told=one,
        cause=None if one.cause is None else named[one.cause.id],
        tiers=[_tier(graph, tier) for tier in one.tiers],
        needed=amount_lines(one.needed),
    )


def _tier(graph: DependencyGraph, lost: LostTier) -> ShownTier:
    if lost.source is None:
        return ShownTier(lost, None)
    return ShownTier(lost, _named(graph, lost.source.copy.id))


def _named(graph: DependencyGraph, ref: Ref) -> NamedThing:
    return named_things([graph.node(graph.find(ref))])[ref]
