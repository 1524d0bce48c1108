"""Which things a filter means: by kind, by where they stand, by who answers for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.propagation import down_with
from dcim.graph.wiring import Numbers
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

# What a filter by place can name.
PLACES: Final = (
    ThingKind.SITE,
    ThingKind.LOCATION,
    ThingKind.RACK,
    ThingKind.CLUSTER,
    ThingKind.PROVIDER,
)
FILTERS: Final = ("kind", "within", *(kind.value for kind in PLACES), "tenant")
# Apps and their tiers stand in no place, copies carry nothing, and a group is no thing.
STANDING: Final = frozenset(ThingKind) - {
    ThingKind.APP,
    ThingKind.WORKLOAD,
    ThingKind.BACKUP,
    ThingKind.GROUP,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Things by filter: every filter that is given narrows, its own values widen.

    `kinds` are kinds of thing; `within` are sites, rooms, racks, clusters and providers, one tuple
    per filter; `tenants` are slugs of those who answer for a thing.
    """

    kinds: frozenset[ThingKind] = frozenset()
    within: tuple[tuple[Ref, ...], ...] = ()
    tenants: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Ref, ...]:
        """Every place that is named."""
        return tuple(place for places in self.within for place in places)

    @property
    def field(self) -> str:
        """The filter that a refusal is about."""
        return "within" if self.within else "tenant" if self.tenants else "kind"

    @property
    def said(self) -> str:
        """The filters in words."""
        kinds = sorted(kind.value for kind in self.kinds)
        tenants = [f"tenant:{slug}" for slug in self.tenants]
        return ", ".join([*map(str, self.places), *tenants, *(f"kind {kind}" for kind in kinds)])

    def __bool__(self) -> bool:
        return bool(self.kinds or self.within or self.tenants)


def selection_of(asked: Mapping[str, Sequence[str]]) -> Selection:
    """The selection that filters in words mean.

    Args:
        asked: For each name in `FILTERS` the values that are asked for, if any: `kind=host`,
            `within=rack:PDR-R01`, the same as `rack=PDR-R01`, `tenant=dinkes`.

    Raises: InvalidInput, with the filter as its field.
    """
    given = {name: [one.strip() for one in asked.get(name, ()) if one.strip()] for name in FILTERS}
    within = [tuple(_named_place(text) for text in given["within"])]
    within += [tuple(Ref(kind, text) for text in given[kind.value]) for kind in PLACES]
    return Selection(
        kinds_of(given["kind"]),
        tuple(places for places in within if places),
        tuple(given["tenant"]),
    )


def _named_place(text: str) -> Ref:
    try:
        return Ref.parse(text)
    except InvalidInput as err:
        raise InvalidInput(err.reason, field="within", hint=err.hint) from err


def kinds_of(texts: Iterable[str], field: str = "kind") -> frozenset[ThingKind]:
    """The kinds of thing that words mean.

    Raises: InvalidInput, with `field` as its field.
    """
    return frozenset(_kind(text, field) for text in texts)


def _kind(text: str, field: str) -> ThingKind:
    known = [kind for kind in ThingKind if kind is not ThingKind.GROUP]
    if text not in known:
        raise InvalidInput(
            f"“{text}” is not a kind of thing.",
            field=field,
            hint=f"Known kinds: {', '.join(known)}.",
        )
    return ThingKind(text)


def selected(
    graph: DependencyGraph,
    chosen: Selection,
    kinds: Iterable[ThingKind] = STANDING,
    among: Collection[int] | None = None,
) -> Numbers:
    """The numbers of the things that `chosen` means, ascending.

    Args:
        graph: The graph of one serial.
        chosen: The filters.
        kinds: Which kinds are meant where no filter names any.
        among: The numbers to choose from; all unless given.

    Raises:
        UnknownThing: A place or tenant is not in the graph.
        InvalidInput: A place is of a kind that nothing stands in.

    Notes:
        In a place stands what cannot stand without it, and the place itself; in a cluster also its
        hosts.
    """
    wanted = chosen.kinds or frozenset(kinds)
    numbers = [block.numbers for block in graph.roster.blocks if block.kind in wanted]
    found = np.concatenate([np.zeros(0, np.int32), *map(np.array, numbers)]).astype(np.int32)
    narrowed = [set().union(*(_within(graph, one) for one in places)) for places in chosen.within]
    for inside in (*narrowed, *(() if among is None else (among,))):
        found = found[np.isin(found, np.fromiter(inside, np.int32, len(inside)))]
    if chosen.tenants:
        found = found[np.isin(found, _owned(graph, chosen.tenants))]
    return found


def _within(graph: DependencyGraph, place: Ref) -> set[int]:
    if place.kind not in PLACES:
        raise InvalidInput(
            f"Nothing stands in a {place.kind}.",
            field="within",
            hint=f"Name one of these kinds: {', '.join(PLACES)}.",
        )
    number = graph.find(place)
    inside = set(down_with(graph.wiring, [number]))
    return inside | _hosts_of(graph, inside) if place.kind is ThingKind.CLUSTER else inside


def _hosts_of(graph: DependencyGraph, cluster: set[int]) -> set[int]:
    """The hosts that a cluster or its machines need, also where they need some of them only."""
    below = graph.wiring.hard_below
    pool = graph.roster.things_among(cluster, {ThingKind.CLUSTER, ThingKind.VM})
    ends = {end for number in pool for end in below[number]}
    members = {end for group in ends for end in below[group]}
    return set(graph.roster.things_among(ends | members, {ThingKind.HOST}))


def _owned(graph: DependencyGraph, tenants: Iterable[str]) -> Numbers:
    known = graph.roster.stakes.slugs
    for slug in tenants:
        if slug not in known:
            close = get_close_matches(slug, known)
            hint = f"Did you mean {', '.join(close)}?" if close else "Look it up in the list."
            raise UnknownThing(f"There is no tenant {slug}.", field="tenant", hint=hint)
    wanted = frozenset(tenants)
    owned = [
        block.start + at
        for block in graph.roster.blocks
        for at, owner in enumerate(block.owners)
        if owner in wanted
    ]
    return np.array(owned, np.int32)
