"""What things are called: names of rows, made unique, in the order of the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dcim.graph.load.columns import Column, Columns
from dcim.graph.roster import Roster
from dcim.graph.wiring import NOBODY, Numbers


def led_by_place(rows: Columns, places: Sequence[str], name: str = "name") -> list[str]:
    """The rows' names; one that several bear is led by its place, see `unique_names`."""
    found = zip(rows["pk"].tolist(), rows.texts[name], places, strict=True)
    return list(unique_names(list(found)).values())


def joined_to_place(rows: Columns, places: Sequence[str]) -> list[str]:
    """`PLACE/NAME`; a slash in a part may make two of them one, and then the key follows."""
    names = [f"{place}/{name}" for place, name in zip(places, rows.texts["name"], strict=True)]
    return _told_apart(rows, names)


def copies_named(rows: Columns, tiers: Sequence[str], places: Sequence[str]) -> list[str]:
    """`APP/TIER@PLACE`; where several copies of a tier lie at one place, the key follows."""
    return _told_apart(rows, [f"{tier}@{at}" for tier, at in zip(tiers, places, strict=True)])


def _told_apart(rows: Columns, names: Sequence[str]) -> list[str]:
    found = zip(rows["pk"].tolist(), names, [""] * len(names), strict=True)
    return list(unique_names(list(found)).values())


def names_of(roster: Roster, numbers: Numbers) -> list[str]:
    """What the numbers are called; nobody is called nothing."""
    return ["" if one == NOBODY else roster.name(one) for one in numbers.tolist()]


class Picked(Sequence[str]):
    """Texts in an order of one's own, each looked up when it is asked for."""

    def __init__(self, texts: Sequence[str], order: Column) -> None:
        self._texts, self._order = texts, order

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, at: int) -> str:  # type: ignore[override]  # slices are not asked for
        place = int(self._order[at])
        return "" if place == NOBODY else self._texts[place]


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


def _several(names: Mapping[int, str]) -> set[int]:
    """The rows whose name another row has too."""
    often = Counter(names.values())
    return {key for key, name in names.items() if often[name] > 1}
