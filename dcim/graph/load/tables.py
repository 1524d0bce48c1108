"""What the graph reads of the record: which columns of which tables, each with one query.

What rests on what is decided in `rules`; here only stands where it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, cast

from django.apps import apps
from django.db.models import CharField, IntegerField, Model, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Round

from dcim.graph.load.columns import Columns, coded, columns, first_of, flag
from dcim.graph.load.roles import ROLES
from dcim.graph.stakes import CATEGORIES
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT, CableTermination
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.choices import AppStatus, CableEnd, CableStatus, Hardness, ProviderKind

SIDES: Final = tuple(CableEnd)
RATIOS: Final = tuple(f"{name}_allocation_ratio" for name in ("vcpu", "memory", "storage"))
RESERVED: Final = ("reserved_vcpus", "reserved_memory_mib", "reserved_storage_gib")


@dataclass(frozen=True)
class Table:
    """A table as the graph reads it: its rows, the numbers and the texts of each."""

    rows: Callable[[], QuerySet[Any]]
    numbers: tuple[str, ...]
    texts: tuple[str, ...] = ()

    def read(self) -> Columns:
        """Its rows as they are now, in one query."""
        return columns(self.rows(), self.numbers, self.texts)

    @cached_property
    def models(self) -> frozenset[str]:
        """The models whose changes change what is read; links belong to their owner."""
        query = self.rows().values_list(*self.numbers, *self.texts).query
        query.sql_with_params()
        joined = [alias for alias, count in query.alias_refcount.items() if count]
        asked = {query.alias_map[alias].table_name for alias in joined}
        known = apps.get_models(include_auto_created=True)
        found = (_owner(model) for model in known if model._meta.db_table in asked)
        return frozenset(str(model._meta.model_name) for model in found)


def _owner(model: type[Model]) -> type[Model]:
    """The model whose log tells of the rows: of links the one that declares them."""
    declaring = cast("type[Model] | None", model._meta.auto_created or None)
    return declaring or model


def _hundredths(field: str) -> Cast:
    """A decimal number in hundredths, rounded; null is none."""
    number = Coalesce(field, Value(Decimal(0))) * Value(Decimal(100))
    return Cast(Round(number), IntegerField())


def _all(model: type[Model]) -> Callable[[], QuerySet[Any]]:
    return lambda: model._default_manager.all()


TABLES: Final[dict[str, Table]] = {
    "tenants": Table(_all(Tenant), ("pk",), ("slug", "name")),
    "sites": Table(_all(Site), ("pk", "tenant_id"), ("name", "status")),
    "locations": Table(
        _all(Location), ("pk", "parent_id", "site_id", "tenant_id"), ("name", "status")
    ),
    "racks": Table(_all(Rack), ("pk", "location_id", "site_id", "tenant_id"), ("name", "status")),
    "devices": Table(
        lambda: Device.objects.annotate(
            called=Coalesce(NullIf("name", Value("")), Concat(Value("#"), Cast("pk", CharField()))),
            role_code=coded("role__slug", ROLES),
            cpus=first_of("cpu_cores", "device_type__cpu_cores"),
            memory=first_of("memory_mib", "device_type__memory_mib"),
            storage=first_of("storage_gib", "device_type__storage_gib"),
        ),
        (
            "pk", "rack_id", "location_id", "site_id", "cluster_id", "tenant_id", "role_code",
            "cpus", "memory", "storage",
        ),
        ("called", "status"),
    ),
    "panels": Table(_all(PowerPanel), ("pk", "location_id", "site_id"), ("name",)),
    "feeds": Table(_all(PowerFeed), ("pk", "power_panel_id", "tenant_id"), ("name", "status")),
    "supplies": Table(_all(PowerPort), ("pk", "device_id"), ("name",)),
    "outlets": Table(_all(PowerOutlet), ("pk", "device_id", "power_port_id"), ("name",)),
    "ports": Table(
        lambda: Interface.objects.filter(termination__isnull=False).annotate(
            is_management=flag(mgmt_only=True)
        ),
        ("pk", "device_id", "is_management"),
    ),
    "cabled": Table(
        lambda: CableTermination.objects.annotate(
            side=coded("end", SIDES), is_connected=flag(cable__status=CableStatus.CONNECTED)
        ),
        (
            "pk", "cable_id", "side", "is_connected",
            *(f"{field}_id" for field in FIELD_OF_ENDPOINT.values()),
        ),
    ),
    "providers": Table(
        lambda: Provider.objects.annotate(is_ours=flag(kind=ProviderKind.REGENCY)),
        ("pk", "is_ours"),
        ("slug", "name"),
    ),
    "provider_sites": Table(_all(Provider.sites.through), ("site_id", "provider_id")),
    "allocations": Table(
        _all(Allocation),
        ("pk", "provider_id"),
        ("reference", "status", "valid_from", "valid_until"),
    ),
    "clusters": Table(
        lambda: Cluster.objects.annotate(restarts=flag(is_ha=True)),
        ("pk", "provider_id", "location_id", "site_id", "tenant_id", "restarts", *RESERVED),
        ("name", "status", *RATIOS),
    ),
    "machines": Table(
        lambda: VirtualMachine.objects.annotate(
            vcpu_hundredths=_hundredths("vcpus")
        ),
        (
            "pk", "cluster_id", "device_id", "site_id", "allocation_id", "tenant_id",
            "vcpu_hundredths", "memory_mib", "disk_mb",
        ),
        ("name", "status"),
    ),
    "apps": Table(
        lambda: ServiceApp.objects.annotate(
            is_active=flag(status=AppStatus.ACTIVE), category_code=coded("category", CATEGORIES)
        ),
        ("pk", "owner_id", "provider_id", "is_active", "category_code", "users_per_month"),
        ("code", "name", "status"),
    ),
    "app_needs": Table(
        lambda: AppDependency.objects.annotate(is_hard=flag(hardness=Hardness.HARD)),
        ("app_id", "needs_id", "is_hard"),
    ),
    "tiers": Table(
        lambda: Workload.objects.annotate(
            vcpu_hundredths=_hundredths("vcpus"), shares=flag(co_hosted=True)
        ),
        (
            "pk", "app_id", "instances_needed", "instances_wanted",
            "vcpu_hundredths", "memory_mib", "storage_gib", "shares",
        ),
        ("name",),
    ),
    "carriers": Table(
        _all(Workload.virtual_machines.through), ("workload_id", "virtualmachine_id")
    ),
    "bare_carriers": Table(_all(Workload.devices.through), ("workload_id", "device_id")),
    "copies": Table(
        _all(BackupCopy),
        (
            "pk", "workload_id", "site_id", "provider_id",
            "frequency_hours", "retention_days", "size_gib",
        ),
        ("kind", "last_success", "last_restore_test"),
    ),
}  # fmt: skip
