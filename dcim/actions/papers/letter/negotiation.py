"""The negotiation curve as an annex of a letter: what part of the ask brings back which apps.

Solved on the record as it is now, for a request that was made from a plan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from dcim.actions.jobs.questions import whole_curve
from dcim.actions.papers.amounts import LABELS, cells
from dcim.actions.papers.content import Column, Table
from dcim.actions.papers.words import number
from dcim.actions.plans.comparison import plan_seen
from dcim.actions.scenarios.curves import plot_words
from dcim.planning.scenarios.curve import Curve, CurvePoint
from dcim.planning.scenarios.plot import plot_of
from dcim.record.people.account import User
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.errors import Refused

COLUMNS: Final = (
    Column("Bagian yang diberikan (%)", 1.5, is_amount=True),
    *(Column(label, 1.7, is_amount=True) for label in LABELS.values()),
    Column("Aplikasi aktif kembali", 1.4, is_amount=True),
    Column("Pengguna per bulan", 1.5, is_amount=True),
    Column("Bertambah", 4),
)
VARIABLE: Final = re.compile(r"--(\w+):(#\w+)")


@dataclass(frozen=True, slots=True)
class CurveAnnex:
    """The curve: sentences, an SVG that any renderer takes, and the points."""

    lines: tuple[str, ...]
    svg: str
    table: Table


def curve_annex(request: AllocationRequest, reader: User | None) -> CurveAnnex:
    """The annex of the request's plan, for a reader; None for the command line.

    Raises: Refused where the request was not made from a plan; NotPermitted, UnknownThing as for
        plans.
    """
    plan = request.plan
    if plan is None:
        raise Refused(
            _("Request %(request)s was not made from a plan, so it has no negotiation curve.")
            % {"request": request},
            hint=_("Leave the curve out."),
        )
    curve = whole_curve(plan if reader is None else plan_seen(plan.pk, reader))
    with override("id"):
        svg = plot_of(curve, plot_words(curve))
    points = [one for one in curve.points if one.is_breakpoint or one.share % 250 == 0]
    return CurveAnnex(
        lines=(_in_a_sentence(curve),),
        svg=without_variables(svg),
        table=Table("Kurva negosiasi", COLUMNS, tuple(map(_row, points))),
    )


def without_variables(svg: str) -> str:
    """The SVG with the values of its CSS variables in place: not every renderer knows these."""
    for name, value in dict(VARIABLE.findall(svg)).items():
        svg = svg.replace(f"var(--{name})", value)
    return svg


def _in_a_sentence(curve: Curve) -> str:
    none, whole = curve.points[0].reached, curve.points[-1].reached
    told = (
        f"Dengan seluruh kapasitas yang dimohonkan, {number(len(whole.revived))} aplikasi aktif"
        f" kembali; tanpa kapasitas tersebut {number(len(none.revived))} aplikasi. Tabel memuat"
        " setiap bagian permohonan yang menambah aplikasi."
    )
    return told if curve.is_complete else f"{told} Perhitungan dihentikan sebelum selesai."


def _row(point: CurvePoint) -> tuple[str | int | float, ...]:
    reached = point.reached
    return (
        point.share / 10,
        *cells(point.granted),
        len(reached.revived),
        reached.users_per_month,
        ", ".join(point.gained),
    )
