"""A nation's record, the same every time: the sample's regency as often as there are regencies.

Each copy is made inside the database, one statement per table: half a minute in all. What a regency
has of its own (offices, sites, racks, power, hosts, machines, apps, grants) is copied, what the
nation shares (hardware types, roles, providers) is not.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, models, transaction

from dcim.record.equipment.cables import Cable, CableTermination
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.record.planner.allocations import COUNTERS, Allocation, Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload

REGENCIES: Final = 514
# Keys of one copy and the next are so far apart; the sample has fewer rows in each table.
STRIDE: Final = 1_000
COPIED: Final[tuple[type[models.Model], ...]] = (
    Tenant, Site, Location, Rack, PowerPanel, PowerFeed, Allocation, Cluster, Device, Interface,
    PowerPort, PowerOutlet, Cable, CableTermination, VirtualMachine, ServiceApp, AppDependency,
    Workload, Workload.virtual_machines.through,
    Workload.devices.through, Provider.sites.through, BackupCopy,
)  # fmt: skip
# What must differ from copy to copy.
NAMES: Final[dict[type[models.Model], tuple[str, ...]]] = {
    Tenant: ("name", "slug"), Site: ("name", "slug"), Cluster: ("name",), Device: ("asset_tag",),
    Allocation: ("reference",), ServiceApp: ("code",), Rack: ("asset_tag",),
}  # fmt: skip
NOT_COPIED: Final = frozenset({IPAddress})


def fill(regencies: int = REGENCIES) -> None:
    """Copy the sample, which must be loaded, until there are as many regencies."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in COPIED:
            cursor.execute(_copying(model), [regencies - 1])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copying(model: type[models.Model]) -> str:
    """The statement that copies the table's rows, by number of copy `n`."""
    fields = [one for one in model._meta.local_fields if not one.generated]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    values = ", ".join(_value(model, one) for one in fields)
    table = model._meta.db_table
    return (
        "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < %s)"
        f' INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" CROSS JOIN copy'
    )


def _value(model: type[models.Model], field: models.Field[object, object]) -> str:
    column = f'"{field.column}"'
    if field.primary_key or field.related_model in COPIED:
        return f"{column} + {STRIDE} * n"
    if model is Allocation and field.name in COUNTERS:
        return "0"  # triggers count what is copied onto it
    if field.related_model in NOT_COPIED:
        return "NULL"
    return f"{column} || '-' || n" if field.name in NAMES.get(model, ()) else column
