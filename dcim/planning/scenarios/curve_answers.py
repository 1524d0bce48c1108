"""The negotiation curve as JSON and CSV: the same keys from command, API and page."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import TypedDict

from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.curve import UNITS, Curve, CurvePoint, Purchase, Reached
from dcim.vocabulary.amounts import Amounts, ResourceClass


class ReachedAnswer(TypedDict):
    """What comes back."""

    revived: list[str]
    weight: int
    users_per_month: int
    bound: int
    gap: float
    proved: bool
    gained: list[str]
    lost: list[str]


class PointAnswer(ReachedAnswer):
    """A share of the ask, in per cent, and what it brings back."""

    share_percent: float
    granted: dict[str, int]
    is_breakpoint: bool


class PurchaseAnswer(ReachedAnswer):
    """From how much of one class on more comes back, where the others are granted in full."""

    resource_class: str
    unit: int
    amount: int


class CurveAnswer(TypedDict):
    """The curve of one ask."""

    serial: int
    stance: str
    provider: str
    asked: dict[str, int]
    is_complete: bool
    points: list[PointAnswer]
    purchases: list[PurchaseAnswer]


def answer_of_curve(curve: Curve) -> CurveAnswer:
    """The curve with stable keys."""
    return {
        "serial": curve.serial,
        "stance": curve.stance.value,
        "provider": curve.provider,
        "asked": by_class(curve.asked),
        "is_complete": curve.is_complete,
        "points": [_point(one) for one in curve.points],
        "purchases": [_purchase(one) for one in curve.purchases],
    }


def curve_of_answer(answer: CurveAnswer) -> Curve:
    """The curve that `answer_of_curve` wrote down."""
    return Curve(
        serial=answer["serial"],
        stance=Stance(answer["stance"]),
        provider=answer["provider"],
        asked=Amounts.from_mapping(answer["asked"]),
        points=tuple(
            CurvePoint(
                round(one["share_percent"] * 10),
                Amounts.from_mapping(one["granted"]),
                _reached_in(one),
                tuple(one["gained"]),
                tuple(one["lost"]),
                is_breakpoint=one["is_breakpoint"],
            )
            for one in answer["points"]
        ),
        purchases=tuple(
            Purchase(
                ResourceClass(one["resource_class"]),
                one["amount"],
                _reached_in(one),
                tuple(one["gained"]),
                tuple(one["lost"]),
            )
            for one in answer["purchases"]
        ),
        is_complete=answer["is_complete"],
    )


def csv_of_curve(curve: Curve) -> str:
    """A row per point, then one per purchase, with a heading; apps are told apart by a space.

    `short` says what is granted in part: `all`, every class in the same share, or one class alone.
    """
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    classes = [one.value.lower() for one in ResourceClass]
    reached = ("revived", "weight", "users_per_month", "bound", "proved", "gained", "lost")
    rows.writerow(["short", "share_percent", *classes, *reached])
    for point in curve.points:
        rows.writerow(["all", point.share / 10, *_row(point.granted, point)])
    for one in curve.purchases:
        share = round(100 * one.amount / curve.asked[one.resource_class], 1)
        rows.writerow([one.resource_class, share, *_row(curve.granted_with(one), one)])
    return out.getvalue()


def by_class(amounts: Amounts) -> dict[str, int]:
    """`amounts` by the name of the class."""
    return {str(one): amount for one, amount in amounts.as_mapping().items()}


def _row(granted: Amounts, one: CurvePoint | Purchase) -> Iterator[object]:
    reached = one.reached
    yield from granted.as_mapping().values()
    yield len(reached.revived)
    yield from (reached.weight, reached.users_per_month, reached.bound)
    yield "true" if reached.proved else "false"
    yield " ".join(one.gained)
    yield " ".join(one.lost)


def _point(one: CurvePoint) -> PointAnswer:
    return {
        "share_percent": one.share / 10,
        "granted": by_class(one.granted),
        "is_breakpoint": one.is_breakpoint,
        **_reached(one.reached, one.gained, one.lost),
    }


def _purchase(one: Purchase) -> PurchaseAnswer:
    return {
        "resource_class": one.resource_class.value,
        "unit": UNITS[one.resource_class],
        "amount": one.amount,
        **_reached(one.reached, one.gained, one.lost),
    }


def _reached(one: Reached, gained: tuple[str, ...], lost: tuple[str, ...]) -> ReachedAnswer:
    return {
        "revived": list(one.revived),
        "weight": one.weight,
        "users_per_month": one.users_per_month,
        "bound": one.bound,
        "gap": one.gap,
        "proved": one.proved,
        "gained": list(gained),
        "lost": list(lost),
    }


def _reached_in(one: ReachedAnswer) -> Reached:
    return Reached(
        revived=tuple(one["revived"]),
        weight=one["weight"],
        users_per_month=one["users_per_month"],
        bound=one["bound"],
        proved=one["proved"],
    )
