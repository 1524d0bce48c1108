"""What a rack has and what stands against it: units by face, weight, power of the pair of feeds.

Pure arithmetic on what was read. Continuous load stays at or under the share that each feed states
(80 % of its rating, unless said), and since any one feed may fail, all that a rack draws has to
stay within that share of what the others give: of a pair, A + B at most 80 % of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from math import floor, sqrt
from typing import Final

FACES: Final = ("front", "rear")
THREE_PHASES: Final = sqrt(3)


@dataclass(frozen=True, slots=True)
class Feed:
    """A circuit to the rack, in volts, amperes, per cent; `is_on` where it is active.

    Feeds of several panels may have one name, so that only `id` tells them apart.
    """

    id: int
    name: str
    voltage_v: int
    amperage_a: int
    max_utilization_percent: int = 80
    is_three_phase: bool = False
    is_on: bool = True

    @property
    def rating_w(self) -> int:
        """What its breaker is rated for: volts x amperes, x the root of 3 for three phases."""
        factor = THREE_PHASES if self.is_three_phase else 1.0
        return floor(abs(self.voltage_v) * self.amperage_a * factor)

    @property
    def derated_w(self) -> int:
        """What may be drawn of it continuously."""
        return self.rating_w * self.max_utilization_percent // 100


@dataclass(frozen=True, slots=True)
class Inlet:
    """A power supply of a device; `feed` is the id of the one it is on in the end, if any.

    `draw_w` is what it is allocated, else what it draws at most; None where neither is stated.
    """

    device: str
    draw_w: int | None
    feed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RackFacts:
    """What the record says of a rack; `taken` and `reserved` are half units by number.

    `elsewhere` are supplies in other racks that hang on its feeds.
    """

    id: int
    name: str
    half_units: range
    taken: Mapping[str, frozenset[int]]
    reserved: frozenset[int] = frozenset()
    weight_g: int = 0
    max_weight_g: int | None = None
    unweighed: int = 0
    feeds: tuple[Feed, ...] = ()
    inlets: tuple[Inlet, ...] = ()
    elsewhere: tuple[Inlet, ...] = ()
    outlets: Mapping[str, int]
    ports: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FeedLoad:
    """A feed, what is drawn of it, and how many power supplies are on it."""

    feed: Feed
    drawn_w: int
    supplies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RackLedger:
    """A rack's ledger.

    Attributes:
        free_units: Whole free units of the front, the rear, and of both at once.
        largest_gap: The longest run of them, in units, likewise.
        loads: Its feeds with what is drawn of each, also by what stands in other racks.
        drawn_w: What all power supplies in it are allocated together.
        power_limit_w: What they may be together, so that any one feed may fail; None without feeds.
        single_fed: Devices all of whose supplies are on one feed.
        unfed: Devices with a supply that is on none.
        unstated: Power supplies whose draw is not stated.
    """

    facts: RackFacts
    free_units: Mapping[str, int]
    largest_gap: Mapping[str, int]
    loads: tuple[FeedLoad, ...]
    drawn_w: int
    power_limit_w: int | None
    single_fed: tuple[str, ...]
    unfed: tuple[str, ...]
    unstated: int

    @property
    def power_free_w(self) -> int | None:
        """What may still be allocated; negative where too much is; None without feeds."""
        return None if self.power_limit_w is None else self.power_limit_w - self.drawn_w

    @property
    def weight_free_g(self) -> int | None:
        """What may still be put into it; negative where too much is; None without a limit."""
        limit = self.facts.max_weight_g
        return None if limit is None else limit - self.facts.weight_g


class Lack(StrEnum):
    """What a rack may lack for a device."""

    UNITS = "units"
    WEIGHT = "weight"
    POWER = "power"
    OUTLETS = "outlets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A device that is to stand in a rack: units, grams, watts, supplies."""

    u_height: float
    is_full_depth: bool = True
    weight_g: int = 0
    draw_w: int = 0
    supplies: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """What a rack lacks: asked and free, in units, grams, watts, outlets."""

    lack: Lack
    asked: float
    free: float


@dataclass(frozen=True, slots=True)
class Place:
    """Whether a device fits into a rack: its lowest unit and face, or what is missing.

    What has no height fits beside the units: it has neither.
    """

    unit: float | None
    face: str
    missing: tuple[Missing, ...]

    @property
    def fits(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def rack_ledger(facts: RackFacts) -> RackLedger:
    """The ledger of the rack."""
    free = {face: _free(facts, face) for face in (*FACES, "both")}
    loads = tuple(_load(feed, (*facts.inlets, *facts.elsewhere)) for feed in facts.feeds)
    plugged = _feeds_of_devices(facts.inlets)
    return RackLedger(
        facts=facts,
        free_units={face: len(units) for face, units in free.items()},
        largest_gap={face: _longest(units) for face, units in free.items()},
        loads=loads,
        drawn_w=sum(one.draw_w or 0 for one in facts.inlets),
        power_limit_w=power_limit(facts.feeds),
        single_fed=tuple(name for name, on in plugged.items() if len(on) == 1 and None not in on),
        unfed=tuple(name for name, on in plugged.items() if None in on),
        unstated=sum(one.draw_w is None for one in facts.inlets),
    )


def power_limit(feeds: Iterable[Feed]) -> int | None:
    """What a rack may draw in all: of several feeds, what is left without the largest.

    >>> pair = [Feed(1, "A", 230, 16), Feed(2, "B", 230, 16)]
    >>> power_limit(pair), power_limit(pair[:1])
    (2944, 2944)
    """
    given = sorted(feed.derated_w for feed in feeds if feed.is_on)
    if not given:
        return None
    return given[0] if len(given) == 1 else sum(given[:-1])


def place_for(ledger: RackLedger, wish: Wish) -> Place:
    """Where the device fits, the lowest place first, in front before behind; or what is missing."""
    missing = tuple(_missing(ledger, wish))
    if wish.u_height == 0:
        return Place(None, "", missing)
    starts = ((_start(ledger.facts, face, wish.u_height), face) for face in _faces_of(wish))
    start, face = next((one for one in starts if one[0] is not None), (None, ""))
    if start is None:
        gap = max(_gap_in_units(ledger.facts, face, wish.u_height) for face in _faces_of(wish))
        missing = (Missing(Lack.UNITS, wish.u_height, gap), *missing)
    return Place(None, "", missing) if missing else Place(start, face, ())


def _faces_of(wish: Wish) -> tuple[str, ...]:
    return ("both",) if wish.is_full_depth else FACES


def _missing(ledger: RackLedger, wish: Wish) -> Iterator[Missing]:
    weight, power = ledger.weight_free_g, ledger.power_free_w
    outlets = sum(ledger.facts.outlets.values())
    if weight is not None and wish.weight_g > max(0, weight):
        yield Missing(Lack.WEIGHT, wish.weight_g, weight)
    if power is not None and wish.draw_w > max(0, power):
        yield Missing(Lack.POWER, wish.draw_w, power)
    if wish.supplies > outlets:
        yield Missing(Lack.OUTLETS, wish.supplies, outlets)


def _free_halves(facts: RackFacts, face: str) -> list[int]:
    faces = FACES if face == "both" else (face,)
    taken = frozenset[int]().union(*(facts.taken.get(one, frozenset()) for one in faces))
    return [half for half in facts.half_units if half not in taken | facts.reserved]


def _free(facts: RackFacts, face: str) -> list[int]:
    """The numbers of the units of which both halves are free."""
    halves = frozenset(_free_halves(facts, face))
    return [half // 2 for half in sorted(halves) if half % 2 == 0 and half + 1 in halves]


def _runs(numbers: list[int]) -> Iterator[list[int]]:
    for _start, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        yield [number for _at, number in run]


def _longest(numbers: list[int]) -> int:
    return max(map(len, _runs(numbers)), default=0)


def _gap_in_units(facts: RackFacts, face: str, u_height: float) -> float:
    """The longest gap in which something of that height may begin."""
    runs = _runs(_free_halves(facts, face))
    return max((len(run) - _skipped(run[0], u_height) for run in runs), default=0) / 2


def _start(facts: RackFacts, face: str, u_height: float) -> float | None:
    """The lowest place for so many units."""
    for run in _runs(_free_halves(facts, face)):
        skipped = _skipped(run[0], u_height)
        if len(run) - skipped >= int(u_height * 2):
            return (run[0] + skipped) / 2
    return None


def _skipped(half: int, u_height: float) -> int:
    """Half units to leave free at the beginning: whole heights begin on whole units."""
    return half % 2 if u_height == int(u_height) else 0


def _load(feed: Feed, inlets: Iterable[Inlet]) -> FeedLoad:
    on = [one for one in inlets if one.feed == feed.id]
    return FeedLoad(feed, sum(one.draw_w or 0 for one in on), len(on))


def _feeds_of_devices(inlets: Iterable[Inlet]) -> dict[str, set[int | None]]:
    found: dict[str, set[int | None]] = {}
    for one in sorted(inlets, key=lambda one: one.device):
        found.setdefault(one.device, set()).add(one.feed)
    return found
