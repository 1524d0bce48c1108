"""The graph of the record as it is now; below this folder nothing asks a database.

A fixed number of queries in one consistent view, so an answer belongs to the serial it names.
"""

from __future__ import annotations

from typing import Final

from dcim.graph.graph import DependencyGraph
from dcim.graph.load.cabling import links_of
from dcim.graph.load.ground import read_devices, read_places, read_power, read_uplinks
from dcim.graph.load.reading import Reading
from dcim.graph.load.services import read_apps, read_machines, read_pools
from dcim.graph.load.tables import TABLES
from dcim.record.log.changes import newest_link
from dcim.record.log.reading import Kept

# What stands on something is read after it.
STEPS: Final = (
    read_places, read_devices, read_power, read_uplinks, read_pools, read_machines, read_apps,
)  # fmt: skip


def current_graph() -> DependencyGraph:
    """The graph of the record as it is now.

    Notes: kept until the record changes, see `Kept`.
    """
    return _current.now()


def load_graph() -> DependencyGraph:
    """The graph of the whole record, named after its newest change.

    Notes: a fixed number of queries, whatever the size of the record.
    """
    stamp = newest_link()
    tables = {name: table.read() for name, table in TABLES.items()}
    reading = Reading(tables, links_of(tables["cabled"]))
    for step in STEPS:
        step(reading)
    return DependencyGraph(stamp[0] if stamp else 0, *reading.build())


_current: Final = Kept(load_graph)
