"""What falls in a scenario, in words: apps that stop or lose redundancy, on both sides, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dcim.graph.failures.impact import Hit
from dcim.graph.propagation import State
from dcim.planning.scenarios.falling import Falls, Further
from dcim.web.planner.comparison import STATES
from dcim.web.values.things import NamedThing, named_thing, named_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_ROWS = 100
MOST_FURTHER = 10


@dataclass(frozen=True, slots=True)
class ShownFall:
    """An app that is hit on a side; `is_down` says that it stops in the scenario."""

    thing: NamedThing
    before: StrOrPromise
    after: StrOrPromise
    is_down: bool
    chain: list[NamedThing]


def shown_falls(before: Falls, after: Falls) -> dict[str, Any]:
    """The apps that are hit on either side, and what would stop more; the worst first."""
    was, now = _hits(before), _hits(after)
    refs = sorted(
        now | was,
        key=lambda ref: (ref not in now or now[ref].state is not State.DOWN, ref not in now, ref),
    )
    return {
        "failed": [str(ref) for ref in after.failed],
        "counts": [(len(side.down), len(side.degraded)) for side in (before, after)],
        "falls": [_fall((was | now)[ref], was.get(ref), now.get(ref)) for ref in refs[:MOST_ROWS]],
        "more_falls": max(0, len(refs) - MOST_ROWS),
        "further": _further(after.further),
    }


def _further(found: tuple[Further, ...] | None) -> list[Further] | None:
    return None if found is None else list(found[:MOST_FURTHER])


def _hits(found: Falls) -> dict[Any, Hit]:
    return {hit.thing.id: hit for hit in (*found.degraded, *found.down)}


def _fall(hit: Hit, before: Hit | None, after: Hit | None) -> ShownFall:
    names = named_things(hit.chain)
    return ShownFall(
        thing=named_thing(hit.thing),
        before=STATES[before.state if before else State.UP],
        after=STATES[after.state if after else State.UP],
        is_down=after is not None and after.state is State.DOWN,
        chain=[names[node.id] for node in hit.chain],
    )
