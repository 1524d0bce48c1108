"""The ledgers: what every pool has, uses, has promised and could get back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dcim.actions.ledgers import current_books
from dcim.planning.capacity.ledger import LedgerLine, PoolLedger
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Page
from dcim.web.values.amounts import WRITTEN, Bar, bar
from dcim.web.values.formats import number
from dcim.web.values.things import KIND_LABELS, pages_of_things


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a ledger: its bar, and where the capacity comes from."""

    bar: Bar
    total: str
    reserved: str
    ratio: str
    min_unit: str
    max_unit: str
    step_size: str


@dataclass(frozen=True, slots=True)
class ShownPool:
    """A pool with the lines of its ledger."""

    name: str
    kind: Any
    url: str
    provider: str
    is_open: bool
    lines: list[ShownLine]
    has_room: bool
    odd: tuple[str, ...]


class PoolsPage(Page):
    """Every cluster and grant with its ledger."""

    template_name = "planner/pools.html"
    title = _("Pools")
    permission_model = Cluster
    whole = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The pools with room, clusters first; then those without."""
        found = shown_pools()
        return super().get_context_data(
            pools=[one for one in found if one.has_room],
            roomless=[one for one in found if not one.has_room],
            **kwargs,
        )


def shown_pools() -> list[ShownPool]:
    """The ledger of every pool as pages show it."""
    books = current_books().ledgers
    urls = pages_of_things(Ref.parse(book.pool) for book in books)
    return [_pool(book, urls) for book in books]


def _pool(book: PoolLedger, urls: dict[Ref, str]) -> ShownPool:
    ref = Ref.parse(book.pool)
    return ShownPool(
        name=ref.name,
        kind=KIND_LABELS[ref.kind],
        url=urls.get(ref, ""),
        provider=book.provider or "",
        is_open=book.is_open,
        lines=[_line(line) for line in book.lines],
        has_room=any(line.inventory.total or line.used for line in book.lines),
        odd=book.odd,
    )


def _line(line: LedgerLine) -> ShownLine:
    inventory = line.inventory
    write = WRITTEN[inventory.resource_class]
    return ShownLine(
        bar=bar(
            inventory.resource_class,
            inventory.capacity,
            line.used,
            line.planned,
            line.reclaimable,
        ),
        total=write(inventory.total),
        reserved=write(inventory.reserved),
        ratio=number(inventory.allocation_ratio),
        min_unit=write(inventory.min_unit),
        max_unit=write(inventory.max_unit),
        step_size=write(inventory.step_size),
    )
