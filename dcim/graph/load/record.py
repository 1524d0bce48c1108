"""The graph of the record as it is now; outside this folder the graph asks no database.

A fixed number of queries in one consistent view, so an answer belongs to the serial it names. After
an edit only the tables are read again that the change log names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from dcim.graph.graph import DependencyGraph
from dcim.graph.load.backups import read_backups
from dcim.graph.load.cabling import links_of
from dcim.graph.load.columns import Columns
from dcim.graph.load.ground import read_devices, read_places, read_power
from dcim.graph.load.network import read_uplinks
from dcim.graph.load.reading import Reading
from dcim.graph.load.services import read_apps, read_machines, read_pools
from dcim.graph.load.tables import TABLES
from dcim.record.log.changes import ChangeLink, ObjectChange, newest_link
from dcim.record.log.reading import Kept

# What stands on something is read after it.
STEPS: Final = (
    read_places,
    read_devices,
    read_power,
    read_uplinks,
    read_pools,
    read_machines,
    read_apps,
    read_backups,
)

Link = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables as they were at a link of the change log."""

    link: Link | None
    read: Mapping[str, Columns]


def current_graph() -> DependencyGraph:
    """The graph of the record as it is now.

    Notes: kept until the record changes, see `Kept`.
    """
    return _current.now()


def load_graph() -> DependencyGraph:
    """The graph of the whole record, named after its newest change.

    Notes: a fixed number of queries, whatever the size of the record.
    """
    return _graph_of(_tables(None))


class _Refreshing:
    """Makes the graph anew, of tables that it has read before where these have not changed."""

    def __init__(self) -> None:
        self._newest: _Tables | None = None

    def __call__(self) -> DependencyGraph:
        if connection.in_atomic_block:  # what is seen here may never be committed
            return load_graph()
        self._newest = _tables(self._newest)
        return _graph_of(self._newest)


def _tables(known: _Tables | None) -> _Tables:
    changed = None if known is None else _models_changed_since(known.link)
    if known is None or changed is None:
        return _Tables(newest_link(), {name: table.read() for name, table in TABLES.items()})
    again = {name: one.read() for name, one in TABLES.items() if one.models & changed}
    return _Tables(newest_link(), {**known.read, **again})


def _models_changed_since(link: Link | None) -> frozenset[str] | None:
    """The models of the objects that were written after `link`; None when it is not in the log."""
    if link is None or not ChangeLink.objects.filter(number=link[0], mac=link[1]).exists():
        return None
    newer = ObjectChange.objects.filter(link__number__gt=link[0]).order_by()
    kinds = newer.values_list("changed_object_type", flat=True).distinct()
    return frozenset(kind.rpartition(".")[2] for kind in kinds)


def _graph_of(tables: _Tables) -> DependencyGraph:
    reading = Reading(tables.read, links_of(tables.read["cabled"]))
    for step in STEPS:
        step(reading)
    return DependencyGraph(tables.link[0] if tables.link else 0, *reading.build(), reading.holdings)


_current: Final = Kept(_Refreshing())
