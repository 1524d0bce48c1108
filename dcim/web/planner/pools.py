"""The ledgers: what every pool has, uses, has promised and could get back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from dcim.actions.capacity.asked import day_of
from dcim.actions.capacity.pools import books_on, days_to_come
from dcim.planning.capacity.dates import Day, Event
from dcim.planning.capacity.ledger import LedgerLine, PoolLedger
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.things import Ref
from dcim.web.frame.access import Page, parameter
from dcim.web.values.amounts import WRITTEN, Bar, bar
from dcim.web.values.formats import number
from dcim.web.values.things import KIND_LABELS, pages_of_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAYS_SHOWN: Final = 50
EVENTS: Final[dict[str, StrOrPromise]] = {
    Event.HOST_COMES: _("host comes"),
    Event.HOST_GOES: _("host goes"),
    Event.GRANT_BEGINS: _("grant begins"),
    Event.GRANT_ENDS: _("grant ends"),
}


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

    ref: str
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
        day = day_of(parameter(self.request.GET, "on"))
        found = shown_pools(day, parameter(self.request.GET, "pool"))
        return super().get_context_data(
            on=day.isoformat() if day else "",
            days=[_day(one) for one in days_to_come().days[:DAYS_SHOWN]],
            pools=[one for one in found if one.has_room],
            roomless=[one for one in found if not one.has_room],
            **kwargs,
        )


def shown_pools(day: date | None = None, pool: str = "") -> list[ShownPool]:
    """The ledger of every pool, or of one, as pages show it, today or on a day to come."""
    books = books_on(day, pool).ledgers
    urls = pages_of_things(Ref.parse(book.pool) for book in books)
    return [_pool(book, urls) for book in books]


def _day(day: Day) -> tuple[date, list[str]]:
    """A day with what changes then, in words."""
    return day.day, [
        f"{Ref.parse(one.pool).name}: {EVENTS[one.event]} ({one.name})" for one in day.changes
    ]


def _pool(book: PoolLedger, urls: dict[Ref, str]) -> ShownPool:
    ref = Ref.parse(book.pool)
    return ShownPool(
        ref=book.pool,
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
