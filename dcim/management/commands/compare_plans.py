"""Say what two plans decide otherwise."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.plans.comparison import plan_called
from dcim.actions.plans.making import document_of
from dcim.management.base import LumbungCommand, read_file
from dcim.management.plan_report import OUTCOME_TEXT, objective_text
from dcim.planning.differences.answers import answer_of_difference
from dcim.planning.differences.differences import Decided, Place, PlanDifference, differences
from dcim.planning.document import PlanDocument, parse


class Command(LumbungCommand):
    """`compare_plans FIRST SECOND [--json]`: each the id of a stored plan, or a document's file."""

    help = "Say what two plans decide otherwise: apps, machines, pools, and how good each is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("first", metavar="ID|FILE")
        parser.add_argument("second", metavar="ID|FILE")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        (first, one), (second, other) = (_named(text) for text in (options.first, options.second))
        found = differences(one, other)
        if options.json:
            self.print_json(answer_of_difference(found, (first, second)))
            return
        for line in _lines(found):
            self.stdout.write(line)


def _named(text: str) -> tuple[int | None, PlanDocument]:
    """The document of a stored plan with its id, or the one in a file."""
    if text.isdecimal():
        plan = plan_called(text)
        return plan.pk, document_of(plan)
    return None, parse(read_file(Path(text)))


def _lines(found: PlanDifference) -> Iterator[str]:
    for label, n in ((_("First"), 0), (_("Second"), 1)):
        yield _("%(label)s: “%(stance)s” at serial %(serial)s, %(objective)s") % {
            "label": label,
            "stance": found.stances[n],
            "serial": found.serials[n],
            "objective": objective_text(found.objectives[n]),
        }
    if found.is_empty:
        yield _("The plans decide all alike.")
    for app in found.apps:
        yield f"  {app.code:<20} {_decided(app.first)} → {_decided(app.second)}"
    for machine in found.machines:
        yield f"  {machine.name:<24} {_place(machine.first)} → {_place(machine.second)}"
    for pool in found.pools:
        yield f"  {pool.pool:<24} {pool.resource_class:<12} {pool.first} → {pool.second}"


def _decided(one: Decided | None) -> str:
    if one is None:
        return "–"
    return f"{OUTCOME_TEXT[one.outcome]}{f' [{one.pool}]' if one.pool else ''}"


def _place(one: Place | None) -> str:
    if one is None:
        return "–"
    return " ".join(part for part in (one.pool, one.host, one.change) if part)
