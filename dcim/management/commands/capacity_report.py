"""Write the quarterly capacity report."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.papers.capacity.files import capacity_paper
from dcim.actions.papers.files import PDF, XLSX
from dcim.management.base import LumbungCommand, write_file


class Command(LumbungCommand):
    """`capacity_report [--quarter 2026-Q4] [--as pdf|xlsx] [--output FILE]`."""

    help = "Write the quarterly capacity report as PDF or XLSX."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quarter", default="", metavar="YEAR-QN")
        parser.add_argument("--as", dest="form", choices=(PDF, XLSX), default=PDF)
        parser.add_argument("--output", type=Path, metavar="FILE")

    def act(self, options: Namespace) -> None:
        paper = capacity_paper(options.quarter, options.form)
        path = options.output or Path(paper.name)
        write_file(path, paper.data)
        self.stdout.write(_("Written to %(path)s.") % {"path": path})
