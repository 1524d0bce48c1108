"""Ledgers, holdings and what still fits as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dcim.planning.capacity.dates import Day
from dcim.planning.capacity.fitting import Fitting
from dcim.planning.capacity.holdings import Holding
from dcim.planning.capacity.ledger import PoolLedger
from dcim.vocabulary.amounts import Amounts


def ledger_lines(book: PoolLedger) -> Iterator[str]:
    """A pool, then a line per class; over-commitment is marked."""
    yield book.pool if book.is_open else _("%(pool)s (takes nothing new)") % {"pool": book.pool}
    for line in book.lines:
        stock = line.inventory
        mark = "!" if line.free < 0 else " "
        yield _(
            " %(mark)s %(class)s: total %(total)s - reserved %(reserved)s x %(ratio)s = capacity "
            "%(capacity)s; used %(used)s (reclaimable %(reclaimable)s), planned %(planned)s, "
            "free %(free)s; sizes %(least)s to %(most)s in steps of %(step)s"
        ) % {
            "mark": mark,
            "class": stock.resource_class,
            "total": stock.total,
            "reserved": stock.reserved,
            "ratio": f"{stock.allocation_ratio:g}",
            "capacity": stock.capacity,
            "used": line.used,
            "reclaimable": line.reclaimable,
            "planned": line.planned,
            "free": line.free,
            "least": stock.min_unit,
            "most": stock.max_unit,
            "step": stock.step_size,
        }
    if book.odd:
        yield " ! " + _("recorded with a size that no new machine may have: %(machines)s") % {
            "machines": ", ".join(book.odd)
        }


def holding_line(one: Holding) -> str:
    """What one holder has of a pool."""
    return _(
        "%(pool)s %(holder)s: used %(used)s (reclaimable %(reclaimable)s), planned %(planned)s"
    ) % {
        "pool": one.pool,
        "holder": one.holder or _("no app"),
        "used": _amounts(one.used),
        "reclaimable": _amounts(one.reclaimable),
        "planned": _amounts(one.planned),
    }


def day_lines(one: Day) -> Iterator[str]:
    """A day, what changes, and the ledgers of the pools that do."""
    yield f"{one.day.isoformat()}:"
    for change in one.changes:
        yield f"  {change.pool}: {change.event.value} {change.name}"
    touched = {change.pool for change in one.changes}
    for book in one.ledgers:
        if book.pool in touched:
            yield from (f"  {line}" for line in ledger_lines(book))


def fitting_lines(found: Fitting) -> Iterator[str]:
    """How many fit, what stops the next one, and where they would stand."""
    named = found.resource_class.value if found.resource_class else ""
    yield _("%(pool)s: %(count)s fit (at most %(most)s); the next is stopped by %(binding)s") % {
        "pool": found.pool,
        "count": found.count,
        "most": found.at_most,
        "binding": f"{found.binding.value} {named}".strip(),
    }
    if found.hosts:
        yield "  " + ", ".join(f"{host}: {count}" for host, count in found.hosts)


def _amounts(amounts: Amounts) -> str:
    return f"{amounts.vcpus} vCPU, {amounts.memory_mib} MiB, {amounts.storage_gib} GiB"
