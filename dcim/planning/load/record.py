"""The snapshot of the record as it is now; outside this folder the planner asks no database.

A fixed number of queries, whatever the size, in one consistent view: a snapshot belongs to the
serial it names. Only the columns that it tells of are read.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from dcim.planning.estate import Snapshot
from dcim.planning.load.hosts import read_hosts
from dcim.planning.load.machines import read_machines
from dcim.planning.load.networks import Networks, Unconnected
from dcim.planning.load.pools import read_clusters, read_grants, read_providers
from dcim.planning.load.rows import Rows, all_rows, rows_of
from dcim.planning.load.services import read_apps, read_tiers
from dcim.record.log.changes import current_serial
from dcim.record.log.reading import one_view


def load_snapshot(as_of: date | None = None) -> Snapshot:
    """The record as it is now, for plans and ledgers, in a fixed number of queries.

    Args:
        as_of: the day for which grants are judged; today where the data centre is, unless given.
    """
    with one_view():
        return _snapshot(all_rows(), Networks(), as_of or timezone.localdate())


def load_cluster(name: str, as_of: date | None = None) -> Snapshot:
    """One cluster as it is now, with its hosts, its machines and the tiers on them.

    Args:
        name: of the cluster; the snapshot is empty where there is none.
        as_of: as for `load_snapshot`.

    Notes: eight queries, whose cost does not grow with what is elsewhere. It has no networks, and
        apps name neither the tiers that they have elsewhere nor what they rest on.
    """
    with one_view():
        return _snapshot(rows_of(name), Unconnected(), as_of or timezone.localdate())


def _snapshot(rows: Rows, networks: Networks | Unconnected, day: date) -> Snapshot:
    hosts, tiers = read_hosts(rows.hosts), read_tiers(rows.tiers, rows.carriers)
    return networks.attach(
        Snapshot(
            serial=current_serial(),
            as_of=day,
            providers=read_providers(),
            clusters=read_clusters(rows.clusters, hosts),
            allocations=read_grants(rows.grants),
            vms=read_machines(rows.machines, hosts, tiers.on_machines, networks.addresses),
            apps=read_apps(rows.apps, rows.needs, tiers.of_apps),
        )
    )
