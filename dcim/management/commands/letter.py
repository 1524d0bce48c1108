"""Write the letter of a request for capacity, or its annex."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from dcim.actions.papers.files import DOCX, PDF, XLSX
from dcim.actions.papers.letter.files import paper_of, request_numbered
from dcim.actions.papers.letter.negotiation import curve_annex
from dcim.management.base import LumbungCommand, write_file


class Command(LumbungCommand):
    """`letter NUMBER [--as docx|pdf|xlsx] [--curve] [--output FILE]`."""

    help = "Write the letter of a request as DOCX or PDF, or its annex as XLSX."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--as", dest="form", choices=(DOCX, PDF, XLSX), default=DOCX)
        parser.add_argument("--curve", action="store_true")
        parser.add_argument("--output", type=Path, metavar="FILE")

    def act(self, options: Namespace) -> None:
        asked = request_numbered(options.number)
        curve = curve_annex(asked, None) if options.curve else None
        paper = paper_of(asked, options.form, curve=curve)
        path = options.output or Path(paper.name)
        write_file(path, paper.data)
        self.stdout.write(_("Written to %(path)s.") % {"path": path})
