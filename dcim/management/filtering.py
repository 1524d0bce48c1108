"""Filters and pages of the commands that answer for many things."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from django.core.management.base import CommandParser

from dcim.graph.selection import FILTERS, Selection, selection_of

ROWS: Final = 50


def add_filters(parser: CommandParser) -> None:
    """Options that choose things: each narrows, its own values widen."""
    for name in FILTERS:
        metavar = "KIND:NAME" if name == "within" else name.upper()
        parser.add_argument(f"--{name}", action="append", default=[], metavar=metavar)


def add_page(parser: CommandParser, rows: int = ROWS) -> None:
    """Options that choose rows."""
    parser.add_argument("--limit", type=int, default=rows, metavar="ROWS")
    parser.add_argument("--offset", type=int, default=0, metavar="ROWS")


def chosen_things(options: Namespace) -> Selection:
    """What the filters choose.

    Raises: InvalidInput.
    """
    return selection_of({name: getattr(options, name) for name in FILTERS})


def page_of(options: Namespace) -> slice:
    """The rows that are asked for."""
    start = max(options.offset, 0)
    return slice(start, start + max(options.limit, 0))
