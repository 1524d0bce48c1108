"""What can be restored of what fell, as pages show it: from which copy, how old, what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcim.graph.restoring import LostTier, Restorable, Restoration
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
    """The apps that come back from copies, those that do not, and what it takes in sum."""

    restored: list[ShownRestoration]
    lost: list[ShownRestoration]
    needed: list[AmountLine]
    wanted: list[AmountLine]
    copies_lost: int


def shown_restorable(graph: DependencyGraph, found: Restorable, part: slice) -> ShownRestorable:
    """What can be restored, some of the apps with their names and pages."""
    shown = [_shown(graph, one) for one in found.apps[part]]
    return ShownRestorable(
        restored=[one for one in shown if one.told.is_restorable],
        lost=[one for one in shown if not one.told.is_restorable],
        needed=amount_lines(found.needed),
        wanted=amount_lines(found.wanted),
        copies_lost=found.copies_lost,
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
    copy = graph.node(graph.find(lost.source.copy.id))
    return ShownTier(lost, named_things([copy])[copy.id])
