"""Collects facts one by one: what `load` finds in the record, in the order it finds it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dcim.graph.facts import Facts, Group, Need, Thing
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class FactsBuilder:
    """Things, groups and needs in the making."""

    def __init__(self) -> None:
        self._things: list[Thing] = []
        self._groups: list[Group] = []
        self._needs: list[Need] = []

    def add_thing(
        self, ref: Ref, pk: int, label: str = "", status: str = "", owner: str = ""
    ) -> None:
        """One more thing, from the row `pk` of its kind."""
        self._things.append(Thing(ref, label, status, owner, pk))

    def add_need(self, source: Ref, target: Ref | None, *, hard: bool = True) -> None:
        """`source` rests on `target`; on nothing when that is not known."""
        if target is not None:
            self._needs.append(Need(source, target, hard))

    def add_choice(self, source: Ref, label: str, needed: int, members: Iterable[Ref]) -> None:
        """`source` rests on `needed` of `members`, by a group only where there is one to spare.

        Without members it rests on nothing; of fewer than are needed it rests on all.

        >>> facts = FactsBuilder()
        >>> host, *supplies = (Ref.parse(n) for n in ("host:h1", "psu:h1/A", "psu:h1/B"))
        >>> facts.add_choice(host, "supplies", 1, supplies)
        >>> [f"{need.source} -> {need.target.kind}" for need in facts.build(0).needs]
        ['group:supplies/host:h1 -> psu', 'group:supplies/host:h1 -> psu', 'host:h1 -> group']
        """
        distinct = sorted(set(members))
        if len(distinct) <= needed:
            self._needs.extend(Need(source, member) for member in distinct)
        else:
            self._needs.append(Need(source, self._group(source, label, needed, distinct)))

    def _group(self, owner: Ref, label: str, needed: int, members: Sequence[Ref]) -> Ref:
        group = Ref(ThingKind.GROUP, f"{label}/{owner}")
        self._groups.append(Group(group, label, needed))
        self._needs.extend(Need(group, member) for member in members)
        return group

    def build(self, serial: int) -> Facts:
        """The facts, as the state `serial` of the record."""
        return Facts(serial, tuple(self._things), tuple(self._groups), tuple(self._needs))


def unique_names(rows: Sequence[tuple[int, str, str]]) -> dict[int, str]:
    """A name for each row of (key, name, place) that no other row has.

    A name that several rows bear is led by the place, `PLACE/NAME`; where even that is not enough,
    or there is no place, the key follows, `PLACE/NAME#KEY`.

    >>> unique_names([(1, "R01", "PDR"), (2, "R01", "DRC"), (3, "R02", "PDR")])
    {1: 'PDR/R01', 2: 'DRC/R01', 3: 'R02'}
    >>> unique_names([(1, "A/B/C", ""), (2, "A/B/C", "")])
    {1: 'A/B/C#1', 2: 'A/B/C#2'}
    """
    names = {key: name for key, name, _ in rows}
    borne = _several(names)
    names |= {key: f"{place}/{name}" for key, name, place in rows if key in borne and place}
    while borne := _several(names):  # a name may end in another row's key by chance
        names |= {key: f"{names[key]}#{key}" for key in borne}
    return names


def _several(names: Mapping[int, str]) -> list[int]:
    """The rows whose name another row has too."""
    often = Counter(names.values())
    return [key for key, name in names.items() if often[name] > 1]
