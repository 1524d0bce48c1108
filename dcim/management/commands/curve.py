"""Say what each part of the ask would bring back, and which app the next unit buys."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.plans.comparison import plan_called
from dcim.actions.plans.making import current_snapshot
from dcim.actions.scenarios.curves import curve_of_plan, plot_words
from dcim.management.base import LumbungCommand, read_file, write_file
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.curve import Curve, CurvePoint, Purchase, negotiation_curve
from dcim.planning.scenarios.curve_answers import answer_of_curve, csv_of_curve
from dcim.planning.scenarios.plot import plot_of
from dcim.planning.snapshot import parse
from dcim.vocabulary.amounts import Amounts


class Command(LumbungCommand):
    """`curve [--from SNAPSHOT | --plan ID] [--stance NAME] [--step N] [--csv|--svg FILE] [--json]`.

    Of the record as it is now, of a stored plan's ask, or of a snapshot file without a database.
    """

    help = "Say what each part of the ask of the PDN would bring back."

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--from", dest="snapshot", type=Path, metavar="SNAPSHOT")
        source.add_argument("--plan", metavar="ID")
        parser.add_argument(
            "--stance",
            default=Stance.AS_DECLARED.value,
            choices=[stance.value for stance in Stance],
        )
        parser.add_argument("--step", type=int, default=10, metavar="PERCENT")
        parser.add_argument("--csv", type=Path, metavar="FILE")
        parser.add_argument("--svg", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        curve = _curve(options)
        if options.csv is not None:
            write_file(options.csv, csv_of_curve(curve).encode())
        if options.svg is not None:
            write_file(options.svg, plot_of(curve, plot_words(curve)).encode())
        if options.json:
            self.print_json(answer_of_curve(curve))
            return
        for line in _lines(curve):
            self.stdout.write(line)


def _curve(options: Namespace) -> Curve:
    step = options.step * 10
    if options.plan is not None:
        return curve_of_plan(plan_called(options.plan), step)
    snapshot = (
        current_snapshot() if options.snapshot is None else parse(read_file(options.snapshot))
    )
    return negotiation_curve(snapshot, Stance(options.stance), step=step)


def _lines(curve: Curve) -> Iterator[str]:
    yield (
        _("Asked of %(provider)s") % {"provider": curve.provider or "-"} + f": {_text(curve.asked)}"
    )
    yield from (_point(one) for one in curve.points)
    if curve.purchases:
        yield ""
        yield _("What the next unit of one class buys, the others granted in full:")
    yield from (_purchase(one) for one in curve.purchases)


def _point(one: CurvePoint) -> str:
    told = _("%(apps)s apps back, weight %(weight)s") % {
        "apps": len(one.reached.revived),
        "weight": one.reached.weight,
    }
    proof = "" if one.reached.proved else " " + _("(not proved best)")
    return (
        f"{one.share / 10:6.1f} %  {_text(one.granted):<40} {told}{proof}{_changed(one)}"
    ).rstrip()


def _purchase(one: Purchase) -> str:
    told = f"{one.resource_class:<12}{one.amount:>8}  {len(one.reached.revived):>4}"
    return f"  {told}{_changed(one)}"


def _changed(one: CurvePoint | Purchase) -> str:
    signs = [*(f"+{code}" for code in one.gained), *(f"-{code}" for code in one.lost)]
    return f"  {' '.join(signs)}" if signs else ""


def _text(amounts: Amounts) -> str:
    return f"{amounts.vcpus} vCPU, {amounts.memory_mib} MiB, {amounts.storage_gib} GiB"
