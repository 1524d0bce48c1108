"""The kinds of device in the sample, and what stands in a rack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.record.places.hardware import DeviceRole, DeviceType, Manufacturer
from dcim.record.places.racks import Rack
from dcim.vocabulary.choices import Airflow
from dcim.vocabulary.choices_places import WeightUnit

HOST_U: Final = 2


@dataclass(frozen=True, slots=True)
class Hardware:
    """The kinds of device in the sample."""

    roles: Mapping[str, DeviceRole]
    types: Mapping[str, DeviceType]


def create_hardware(*, by: Actor) -> Hardware:
    """Roles and types in an empty record."""
    maker = record.create(Manufacturer, {"name": "Generik", "slug": "generik"}, by=by)
    roles = record.create_many(
        DeviceRole,
        [
            {"name": "Server", "slug": "server", "color": "2196f3", "vm_role": False},
            {"name": "Switch", "slug": "switch", "color": "4caf50", "vm_role": False},
            {"name": "Switch inti", "slug": "core-switch", "color": "009688", "vm_role": False},
            {"name": "PDU", "slug": "pdu", "color": "ff9800", "vm_role": False},
        ],
        by=by,
    )
    types = record.create_many(
        DeviceType, [{"manufacturer": maker, **values} for values in DEVICE_TYPES], by=by
    )
    return Hardware({one.slug: one for one in roles}, {one.slug: one for one in types})


_SERVER: Final[Mapping[str, Any]] = {
    "u_height": Decimal(HOST_U),
    "airflow": Airflow.FRONT_TO_REAR.value,
    "weight": Decimal(28),
    "weight_unit": WeightUnit.KILOGRAM.value,
    "cpu_cores": 16,
    "memory_mib": 64 * 1024,
}
DEVICE_TYPES: Final[tuple[Mapping[str, Any], ...]] = (
    {**_SERVER, "model": "Server 2U", "slug": "server-2u", "storage_gib": 4_096},
    {**_SERVER, "model": "Server 2U disk", "slug": "server-2u-disk", "storage_gib": 16_384},
    {
        "model": "Switch 24 x 10GE",
        "slug": "switch-24x10ge",
        "u_height": Decimal(1),
        "airflow": Airflow.REAR_TO_FRONT.value,
        "weight": Decimal(9),
        "weight_unit": WeightUnit.KILOGRAM.value,
    },
    {
        "model": "PDU 12 x C13",
        "slug": "pdu-12xc13",
        "u_height": Decimal(0),
        "is_full_depth": False,
        "airflow": Airflow.PASSIVE.value,
        "weight": Decimal(4),
        "weight_unit": WeightUnit.KILOGRAM.value,
    },
)


def in_rack(rack: Rack) -> dict[str, Any]:
    """The place of a device that stands in `rack`."""
    return {"site": rack.site, "location": rack.location, "rack": rack}
