"""Say what pools have, use, have promised and could get back, and who holds it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable

from django.core.management.base import CommandParser

from dcim.actions.capacity.asked import by_of, day_of
from dcim.actions.capacity.pools import books_on, days_to_come, holdings_now
from dcim.management.base import LumbungCommand
from dcim.management.ledger_report import day_lines, holding_line, ledger_lines
from dcim.planning.capacity.holdings import By
from dcim.planning.capacity.ledger_answers import (
    answer_of_day,
    answer_of_holding,
    answer_of_ledger,
)


class Command(LumbungCommand):
    """`ledgers [POOL] [--on DAY | --by WHAT | --days] [--json]`."""

    help = "Say what pools have and use, on any day; or who holds it; or when it changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pool", nargs="?", default="", metavar="POOL")
        asked = parser.add_mutually_exclusive_group()
        asked.add_argument("--on", default="", metavar="DAY")
        asked.add_argument("--by", default="", metavar="|".join(By))
        asked.add_argument("--days", action="store_true")
        parser.add_argument("--json", action="store_true")

    def act(self, options: Namespace) -> None:
        rows, lines = self._answer(options)
        if options.json:
            self.print_json(rows)
            return
        for line in lines:
            self.stdout.write(line)

    def _answer(self, options: Namespace) -> tuple[object, Iterable[str]]:
        """What was asked, for programs and for people."""
        if options.days:
            found = days_to_come()
            days = [answer_of_day(one, found.serial) for one in found.days]
            return days, (line for one in found.days for line in day_lines(one))
        if options.by:
            held = holdings_now(by_of(options.by)).of(options.pool)
            return [answer_of_holding(one) for one in held], map(holding_line, held)
        books = books_on(day_of(options.on), options.pool)
        rows = [answer_of_ledger(one, books.serial) for one in books.ledgers]
        return rows, (line for one in books.ledgers for line in ledger_lines(one))
