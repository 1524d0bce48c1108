"""Who the numbered nodes of a graph are: name, label, status, owner, row of the record, stakes.

Kept by kind as columns, so that a nation's names cost a few megabytes; a `Thing` is made when
somebody asks for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Final

import numpy as np

from dcim.graph.facts import Group, Node, Thing
from dcim.graph.stakes import NOT_STATED, Stakes, stakes_of
from dcim.graph.wiring import NOBODY, Keys, Numbers
from dcim.vocabulary.errors import UnknownThing
from dcim.vocabulary.things import Ref, ThingKind

NO_TEXTS: Final[Sequence[str]] = ()
SUGGESTIONS: Final = 3


@dataclass(frozen=True)
class Block:
    """The things of one kind, numbered from `start` on.

    `naming` gives their public names, in order; it is called once, when the first name is asked
    for. `labels`, `statuses` and `owners` are one text per thing, or nothing at all; `rows` are the
    keys of the record's rows, ascending, or nothing; apps alone have `stakes`.
    Grants alone have `begins` and `ends`, days as ISO writes them, empty where none is recorded.
    """

    kind: ThingKind
    start: int
    size: int
    naming: Callable[[], Sequence[str]]
    labels: Sequence[str] = NO_TEXTS
    statuses: Sequence[str] = NO_TEXTS
    owners: Sequence[str] = NO_TEXTS
    rows: Keys | None = None
    stakes: Stakes | None = None
    begins: Sequence[str] = NO_TEXTS
    ends: Sequence[str] = NO_TEXTS

    @property
    def numbers(self) -> range:
        """The numbers of its things."""
        return range(self.start, self.start + self.size)

    @cached_property
    def names(self) -> Sequence[str]:
        """The public names."""
        return self.naming()

    @cached_property
    def by_name(self) -> Mapping[str, int]:
        """The number of each name."""
        return dict(zip(self.names, self.numbers, strict=True))

    def of_rows(self, rows: Keys) -> Numbers:
        """The numbers of the record's rows; nobody for one that is not here.

        Notes: O(rows log size).
        """
        if self.rows is None or not self.size:
            return np.full(len(rows), NOBODY, np.int32)
        places = np.minimum(np.searchsorted(self.rows, rows), self.size - 1)
        found = self.rows[places] == rows
        return np.where(found, places + self.start, NOBODY).astype(np.int32)

    def thing(self, number: int) -> Thing:
        """One of them."""
        at = number - self.start
        return Thing(
            Ref(self.kind, self.names[at]),
            self.labels[at] if self.labels else "",
            self.statuses[at] if self.statuses else "",
            self.owners[at] if self.owners else "",
            None if self.rows is None else int(self.rows[at]),
            NOT_STATED if self.stakes is None else self.stakes.category(at),
            0 if self.stakes is None else int(self.stakes.users[at]),
            _day(self.begins, at),
            _day(self.ends, at),
            self.stakes is not None and bool(self.stakes.is_external[at]),
        )


def _day(days: Sequence[str], at: int) -> date | None:
    return date.fromisoformat(days[at]) if days and days[at] else None


@dataclass(frozen=True)
class GroupBlock:
    """Groups, numbered after all things."""

    start: int
    size: int = 0
    naming: Callable[[], Sequence[str]] = list
    labels: Sequence[str] = NO_TEXTS
    needed: Sequence[int] | Numbers = ()
    sizes: Sequence[int] | Numbers = ()

    @cached_property
    def names(self) -> Sequence[str]:
        """The public names."""
        return self.naming()

    @cached_property
    def by_name(self) -> Mapping[str, int]:
        """The number of each name."""
        return {name: self.start + at for at, name in enumerate(self.names)}

    def group(self, number: int) -> Group:
        """One of them."""
        at = number - self.start
        ref = Ref(ThingKind.GROUP, self.names[at])
        return Group(ref, self.labels[at], int(self.needed[at]), int(self.sizes[at]))


@dataclass(frozen=True)
class Roster:
    """All nodes of a graph: things by kind, then groups."""

    blocks: Sequence[Block]
    groups: GroupBlock
    _starts: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        """Note where each block begins."""
        object.__setattr__(self, "_starts", [block.start for block in self.blocks])

    def __len__(self) -> int:
        return self.groups.start + self.groups.size

    def node(self, number: int) -> Node:
        """The thing or group of a number."""
        if number >= self.groups.start:
            return self.groups.group(number)
        return self.thing(number)

    def thing(self, number: int) -> Thing:
        """The thing of a number that is no group's."""
        return self._block(number).thing(number)

    def kind(self, number: int) -> ThingKind:
        """The kind of a number's node."""
        return ThingKind.GROUP if number >= self.groups.start else self._block(number).kind

    def name(self, number: int) -> str:
        """The public name of a number's node, without its kind."""
        if number >= self.groups.start:
            return self.groups.names[number - self.groups.start]
        block = self._block(number)
        return block.names[number - block.start]

    def _block(self, number: int) -> Block:
        return self.blocks[bisect_right(self._starts, number) - 1]

    def count_by_kind(self, numbers: Collection[int]) -> Counter[ThingKind]:
        """How many things of each kind are among the nodes; groups are not counted."""
        array = np.fromiter(numbers, np.int32, len(numbers))
        edges = [*self._starts, self.groups.start]
        counts, _ = np.histogram(array[array < self.groups.start], edges)
        return Counter(
            {block.kind: int(n) for block, n in zip(self.blocks, counts, strict=True) if n}
        )

    @cached_property
    def stakes(self) -> Stakes:
        """What is at stake with each app, in the order of their numbers."""
        found = (block.stakes for block in self.of_kind(ThingKind.APP))
        return next((one for one in found if one is not None), stakes_of(()))

    @property
    def apps(self) -> range:
        """The numbers of the apps."""
        return next((block.numbers for block in self.of_kind(ThingKind.APP)), range(0))

    def things_among(self, numbers: Iterable[int], kinds: Collection[ThingKind]) -> Iterator[int]:
        """Those of the nodes that are things of one of `kinds`."""
        wanted = [block.numbers for block in self.blocks if block.kind in kinds]
        return (number for number in numbers if any(number in one for one in wanted))

    def of_kind(self, kind: ThingKind) -> Iterable[Block]:
        """The blocks of one kind; at most one as a rule."""
        return (block for block in self.blocks if block.kind is kind)

    def number(self, ref: Ref) -> int | None:
        """The number of the node that `ref` names, if there is one."""
        found = [block.by_name.get(ref.name) for block in self.of_kind(ref.kind)]
        if ref.kind is ThingKind.GROUP:
            found.append(self.groups.by_name.get(ref.name))
        return next((one for one in found if one is not None), None)

    def find(self, ref: Ref) -> int:
        """The number of the node that `ref` names.

        Raises:
            UnknownThing: There is none; the hint lists names that come close.
        """
        number = self.number(ref)
        if number is None:
            raise UnknownThing(f"There is no {ref}.", field="thing", hint=self._suggestion(ref))
        return number

    def _suggestion(self, ref: Ref) -> str:
        wanted = ref.name.casefold()
        namesakes = [
            f"{block.kind}:{name}"
            for block in self.blocks
            for name in block.names
            if name.casefold() == wanted
        ]
        own = {name.casefold(): name for block in self.of_kind(ref.kind) for name in block.names}
        close = [f"{ref.kind}:{own[name]}" for name in get_close_matches(wanted, own, SUGGESTIONS)]
        if found := list(dict.fromkeys(namesakes + close))[:SUGGESTIONS]:
            return f"Did you mean {', '.join(found)}?"
        return f"The record has {len(own)} of kind {ref.kind}; check the name."
