"""Ledgers of racks as JSON: the same keys by command and by API."""

from __future__ import annotations

from typing import TypedDict

from dcim.planning.racks.ledger import FeedLoad, Place, RackLedger


class FeedAnswer(TypedDict):
    """A feed: rating, what may be drawn, what is, and the supplies on it."""

    name: str
    is_on: bool
    rating_w: int
    derated_w: int
    drawn_w: int
    supplies: int


class MissingAnswer(TypedDict):
    """What a rack lacks for a device: units, g, W or outlets."""

    lack: str
    asked: float
    free: float


class PlaceAnswer(TypedDict):
    """Where a device fits: its lowest unit and face, or what is missing."""

    fits: bool
    unit: float | None
    face: str
    missing: list[MissingAnswer]


class RackLedgerAnswer(TypedDict):
    """The ledger of a rack; `place` where a device was asked about."""

    id: int
    rack: str
    units: int
    free_units: dict[str, int]
    largest_gap: dict[str, int]
    weight_g: int
    max_weight_g: int | None
    weight_free_g: int | None
    unweighed: int
    feeds: list[FeedAnswer]
    drawn_w: int
    power_limit_w: int | None
    power_free_w: int | None
    single_fed: list[str]
    unfed: list[str]
    unstated: int
    outlets_free: dict[str, int]
    ports_free: dict[str, int]
    place: PlaceAnswer | None


def answer_of_rack(one: RackLedger, place: Place | None = None) -> RackLedgerAnswer:
    """A rack's ledger as JSON."""
    facts = one.facts
    return {
        "id": facts.id,
        "rack": facts.name,
        "units": len(facts.half_units) // 2,
        "free_units": dict(one.free_units),
        "largest_gap": dict(one.largest_gap),
        "weight_g": facts.weight_g,
        "max_weight_g": facts.max_weight_g,
        "weight_free_g": one.weight_free_g,
        "unweighed": facts.unweighed,
        "feeds": [_feed(load) for load in one.loads],
        "drawn_w": one.drawn_w,
        "power_limit_w": one.power_limit_w,
        "power_free_w": one.power_free_w,
        "single_fed": list(one.single_fed),
        "unfed": list(one.unfed),
        "unstated": one.unstated,
        "outlets_free": dict(facts.outlets),
        "ports_free": dict(facts.ports),
        "place": None if place is None else _place(place),
    }


def _feed(load: FeedLoad) -> FeedAnswer:
    feed = load.feed
    return {
        "name": feed.name,
        "is_on": feed.is_on,
        "rating_w": feed.rating_w,
        "derated_w": feed.derated_w,
        "drawn_w": load.drawn_w,
        "supplies": load.supplies,
    }


def _place(place: Place) -> PlaceAnswer:
    return {
        "fits": place.fits,
        "unit": place.unit,
        "face": place.face,
        "missing": [
            {"lack": one.lack.value, "asked": one.asked, "free": one.free} for one in place.missing
        ],
    }
