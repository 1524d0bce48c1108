"""Drawn graphs whose tiers have backup copies, for tests of restoring."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dcim.graph.facts import Copy, Demand, Need, Thing
from dcim.graph.failures.impact import impact
from dcim.graph.failures.restoring import Restorable, Restoration, restorable
from dcim.graph.graph import DependencyGraph
from dcim.vocabulary.things import Ref, ThingKind
from tests.drawn_graphs import facts_of, refs

NOW: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def copy(tier: str, *places: str, hours: float | None = 1, **values: Any) -> Copy:
    """A copy of a tier at a site, a provider or both, that succeeded so many hours ago."""
    found: dict[str, Any] = {one.kind.value: one for one in refs(*places)}
    made = None if hours is None else hours_ago(hours)
    name = values.pop("name", f"{tier}@{','.join(places)}")
    return Copy(
        Ref(ThingKind.BACKUP, name),
        Ref(ThingKind.WORKLOAD, tier),
        **found,
        **{"last_success": made, **values},
    )


def copied(text: str, *copies: Copy, demands: tuple[Demand, ...] = ()) -> DependencyGraph:
    """The graph that `text` draws, with `copies` on the places that are stated of them."""
    facts = facts_of(text)
    places = [(one.id, at) for one in copies for at in (one.site, one.provider) if at is not None]
    known = {one.id for one in facts.things}
    new = {ref for one in copies for ref in (one.id, one.site, one.provider) if ref} - known
    return DependencyGraph.of(
        replace(
            facts,
            things=(*facts.things, *(Thing(ref) for ref in sorted(new))),
            needs=(*facts.needs, *(Need(one, at) for one, at in places)),
            demands=demands,
            copies=copies,
        )
    )


def restored(graph: DependencyGraph, *failed: str) -> Restorable:
    return restorable(impact(graph, refs(*failed)), NOW)


def of_app(answer: Restorable, code: str) -> Restoration:
    return next(one for one in answer.apps if one.app.name == code)
