"""Say what racks have left, and where a device of a type fits."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.capacity.racks import ledgers_of, racks_called, wish_for
from dcim.management.base import LumbungCommand
from dcim.planning.racks.answers import RackLedgerAnswer, answer_of_rack
from dcim.planning.racks.ledger import place_for


class Command(LumbungCommand):
    """`rack_ledgers [RACK] [--site NAME] [--device-type SLUG] [--json]`."""

    help = "Say units, weight, power and ports that racks have left, and where a device fits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rack", nargs="?", default="", metavar="RACK")
        parser.add_argument("--site", default="", metavar="NAME")
        parser.add_argument("--device-type", default="", metavar="SLUG")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        wish = wish_for(options.device_type) if options.device_type else None
        found = ledgers_of(list(racks_called(options.rack, options.site)))
        rows = [answer_of_rack(one, place_for(one, wish) if wish else None) for one in found]
        if options.json:
            self.print_json(rows)
            return
        for row in rows:
            for line in _lines(row):
                self.stdout.write(line)


def _lines(row: RackLedgerAnswer) -> Iterator[str]:
    yield _(
        "%(rack)s: %(front)s units free in front, %(rear)s at the rear, at most %(gap)s together; "
        "%(drawn)s W of %(limit)s W; %(weight)s kg of %(most)s kg"
    ) % {
        "rack": row["rack"],
        "front": row["free_units"]["front"],
        "rear": row["free_units"]["rear"],
        "gap": row["largest_gap"]["both"],
        "drawn": row["drawn_w"],
        "limit": "–" if row["power_limit_w"] is None else row["power_limit_w"],
        "weight": row["weight_g"] // 1000,
        "most": "–" if row["max_weight_g"] is None else row["max_weight_g"] // 1000,
    }
    if (place := row["place"]) is not None:
        unit = place["unit"]
        at = _("fits beside the units") if unit is None else f"U{unit:g} {place['face']}"
        yield (
            f"  {at}"
            if place["fits"]
            else "  "
            + _("does not fit: %(missing)s")
            % {
                "missing": ", ".join(
                    f"{one['lack']} {one['asked']:g} > {one['free']:g}" for one in place["missing"]
                )
            }
        )
