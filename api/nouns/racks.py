"""Racks, device types and reservations: what NetBox's clients read and ask beside the fields."""

from __future__ import annotations

from api.fields.counts import INTEGER, NOTHING, never
from api.queries.filters import RecordFilterSet
from api.queries.lookups import OneToMany, Values, whole_number
from api.records import RecordSerializer


class RackSerializer(RecordSerializer):
    """A rack; types and groups of racks are not recorded."""

    group = never(None, NOTHING)
    rack_type = never(None, NOTHING)


class DeviceTypeSerializer(RecordSerializer):
    """A device type; pictures of it are not recorded."""

    front_image = never(None, NOTHING)
    rear_image = never(None, NOTHING)
    inventory_item_template_count = never(0, INTEGER)


class ModuleTypeSerializer(RecordSerializer):
    """A module type; profiles of types are not recorded."""

    profile = never(None, NOTHING)
    attributes = never(None, NOTHING)


class TemplatedSerializer(RecordSerializer):
    """A role or platform; templates of configurations are not recorded."""

    config_template = never(None, NOTHING)


class ReservationFilterSet(RecordFilterSet):
    """Reservations by the units that they hold."""

    unit = OneToMany("reserved_units__unit", Values(whole_number()))
    unit__n = OneToMany("reserved_units__unit", Values(whole_number()), exclude=True)
