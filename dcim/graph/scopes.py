"""Which part of a graph a word means, such as `app:SIMPEG`, `site:Pusat Data`, `tenant:dinkes`.

- `all`: every node;
- an app or a tier: it, and all that it rests on;
- a machine or a cluster: it, what it rests on, and what rests on it;
- a tenant: what the office answers for, and all that this rests on;
- a region: the sites in it, and all that rests on them;
- any other thing: it, and all that rests on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.reach import all_above, all_below, part_of
from dcim.graph.wiring import NOBODY
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

ALL: Final = "all"
TENANT, REGION = "tenant", "region"
SitesOf = Callable[[str], Collection[int] | None]


def numbers_in(
    graph: DependencyGraph, scope: str, sites_of: SitesOf = lambda _: None
) -> Collection[int]:
    """The numbers of the nodes that `scope` means.

    Args:
        graph: The graph of one serial.
        scope: `all`, `tenant:SLUG`, `region:SLUG` or KIND:NAME.
        sites_of: Gives the keys of the sites in a region by its slug, None for one that is not
            known: regions are no nodes.

    Raises:
        InvalidInput: `scope` is none of these; the hint says what may be written.
        UnknownThing: Nothing is called so; the hint suggests close names.

    Notes: O(V + E) of the answer; of all nodes for `all` and a tenant.
    """
    word, _, name = scope.partition(":")
    if scope == ALL:
        return range(len(graph))
    if word == TENANT and name:
        return all_below(graph.wiring, _owned_by(graph, name))
    if word == REGION and name:
        return all_above(graph.wiring, _sites_in(graph, name, sites_of))
    ref = _ref(scope)
    return part_of(graph.wiring, graph.find(ref), ref.kind)


def _ref(scope: str) -> Ref:
    try:
        return Ref.parse(scope)
    except InvalidInput as err:
        raise InvalidInput(
            f"“{scope}” is no part of the graph." if scope else "No part of the graph was named.",
            field="scope",
            hint=f"Write {ALL}, {TENANT}:SLUG, {REGION}:SLUG or KIND:NAME, for example app:SIMPEG "
            f"or rack:PDR-R01. Known kinds: {', '.join(ThingKind)}.",
        ) from err


def _owned_by(graph: DependencyGraph, slug: str) -> list[int]:
    blocks = [block for block in graph.roster.blocks if len(block.owners)]
    found = [
        number
        for block in blocks
        for number, owner in zip(block.numbers, block.owners, strict=True)
        if owner == slug
    ]
    if not found:
        known = {owner for block in blocks for owner in block.owners if owner}
        raise UnknownThing(
            f"No tenant “{slug}” answers for anything in the graph.",
            field="scope",
            hint=_close(TENANT, slug, known),
        )
    return found


def _sites_in(graph: DependencyGraph, slug: str, sites_of: SitesOf) -> list[int]:
    keys = sites_of(slug)
    if keys is None:
        raise UnknownThing(
            f"There is no region “{slug}”.", field="scope", hint="Look it up in the list."
        )
    rows = np.array(sorted(keys), np.int64)
    numbers = [block.of_rows(rows) for block in graph.roster.of_kind(ThingKind.SITE)]
    return [number for some in numbers for number in some.tolist() if number != NOBODY]


def _close(word: str, name: str, known: Iterable[str]) -> str:
    close = [f"{word}:{one}" for one in get_close_matches(name, sorted(known), 3)]
    return f"Did you mean {', '.join(close)}?" if close else "Look it up in the list."
