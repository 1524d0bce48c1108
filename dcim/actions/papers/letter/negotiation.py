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
from dcim.actions.papers.content import Cell, Column, Table
from dcim.actions.papers.words import number
from dcim.actions.plans.comparison import plan_seen
from dcim.actions.scenarios.curves import plot_words
from dcim.planning.scenarios.curve import WHOLE, Curve, CurvePoint, Purchase, Reached
from dcim.planning.scenarios.plot import plot_of
from dcim.record.people.account import User
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts
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
    """The curve: sentences, an SVG that any renderer takes, the points, what the next unit buys."""

    lines: tuple[str, ...]
    svg: str
    table: Table
    purchases: Table


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
        purchases=Table(
            "Satuan berikutnya",
            (Column("Hanya sumber daya ini yang kurang", 2.4), *COLUMNS[1:]),
            tuple(
                (str(LABELS[one.resource_class]), *_cells(curve.granted_with(one), one))
                for one in curve.purchases
            ),
        ),
    )


def without_variables(svg: str) -> str:
    """The SVG with the values of its CSS variables in place: not every renderer knows these."""
    for name, value in dict(VARIABLE.findall(svg)).items():
        svg = svg.replace(f"var(--{name})", value)
    return svg


def _in_a_sentence(curve: Curve) -> str:
    none, last = curve.points[0].reached, curve.points[-1]
    told = f"Tanpa kapasitas yang dimohonkan, {_apps(none)} aktif kembali"
    if last.share > WHOLE // 2:
        told += f"; dengan separuhnya {_apps(curve.at(WHOLE // 2).reached)}"
    whole = "seluruhnya" if last.share == WHOLE else f"{number(last.share / 10)}% darinya"
    told += f"; dengan {whole} {_apps(last.reached)}."
    told += (
        " Tabel pertama memuat setiap bagian permohonan yang menambah aplikasi. Tabel kedua memuat"
        " satuan berikutnya: bila hanya satu sumber daya yang kurang dan yang lain diberikan penuh,"
        " mulai jumlah berapa aplikasi mana bertambah."
    )
    return told if curve.is_complete else f"{told} Perhitungan dihentikan sebelum selesai."


def _apps(reached: Reached) -> str:
    return f"{number(len(reached.revived))} aplikasi"


def _row(point: CurvePoint) -> tuple[Cell, ...]:
    return point.share / 10, *_cells(point.granted, point)


def _cells(granted: Amounts, one: CurvePoint | Purchase) -> tuple[Cell, ...]:
    reached = one.reached
    return (
        *cells(granted),
        len(reached.revived),
        reached.users_per_month,
        ", ".join(one.gained),
    )
