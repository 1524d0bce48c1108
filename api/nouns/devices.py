"""What devices and machines show and are found by beside their own fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model, Q

from api.fields.wire import Computed, Shown, brief_ref
from api.nouns.components import MacField
from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf, HasAny, Known, OneToMany, Truth, Values
from api.reading.briefs import Brief, Briefs
from api.reading.readers import FirstOf
from api.records import RecordSerializer
from dcim.actions.rights import visible
from dcim.record.equipment.devices import Device
from dcim.record.equipment.modules import DeviceBay
from dcim.record.networks.ipam import IPAddress
from dcim.record.places.hardware import DeviceType


def _primary_ip(briefs: Briefs, obj: Any) -> Any:
    address: Model | None = obj.primary_ip6 or obj.primary_ip4
    return briefs.of(address) if address is not None else None


class AddressedSerializer(RecordSerializer):
    """A device or machine, with the address under which it is reached (IPv6 before IPv4)."""

    primary_ip = Shown(
        _primary_ip,
        brief_ref(IPAddress, nullable=True),
        shows=(IPAddress,),
        reads=lambda model: FirstOf({"primary_ip6_id": IPAddress, "primary_ip4_id": IPAddress}),
    )


class Has(AnyOf):
    """Rows to which something refers by any of several names, or to which nothing does.

    Only what the reader may see is looked at.
    """

    def __init__(self, *names: str) -> None:
        super().__init__("pk", Values(Truth()))
        self.names = names
        self.reader: Any = None

    def seen_by(self, reader: Any) -> None:
        super().seen_by(reader)
        self.reader = reader

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for name in self.names:
            reverse = self.model._meta.get_field(name)
            rows = visible(reverse.related_model._default_manager.order_by(), self.reader)
            back = reverse.field.name
            keys = rows.filter(**{f"{back}__isnull": False}).values(back)
            condition |= Q(pk__in=keys)
        return condition if values[-1] else ~condition


class DeviceFilterSet(RecordFilterSet):
    """Devices by their addresses, their chassis, and what they have."""

    has_primary_ip = HasAny("primary_ip4", "primary_ip6")
    has_oob_ip = HasAny("oob_ip")
    mac_address = OneToMany("interfaces__mac_addresses__mac_address", Values(MacField()))
    virtual_chassis_member = HasAny("virtual_chassis")
    parent_device_id = AnyOf("parent_bay__device", Known(Device, "pk"))
    parent_bay_id = AnyOf("parent_bay", Known(DeviceBay, "pk"))
    model = AnyOf("device_type__slug", Known(DeviceType, "slug"))
    is_full_depth = AnyOf("device_type__is_full_depth", Values(Truth()))
    local_context_data = HasAny("local_context_data")
    console_ports = Has("consoleports")
    console_server_ports = Has("consoleserverports")
    power_ports = Has("powerports")
    power_outlets = Has("poweroutlets")
    interfaces = Has("interfaces")
    pass_through_ports = Has("frontports", "rearports")
    module_bays = Has("modulebays")
    device_bays = Has("devicebays")


class MachineFilterSet(RecordFilterSet):
    """Machines by their addresses."""

    has_primary_ip = HasAny("primary_ip4", "primary_ip6")
    mac_address = OneToMany("interfaces__mac_addresses__mac_address", Values(MacField()))
    local_context_data = HasAny("local_context_data")


def _members(keys: Sequence[int], briefs: Briefs) -> Mapping[int, list[Brief]]:
    """The devices that stand in each chassis, by their positions."""
    devices = Device.objects.filter(virtual_chassis__in=keys).order_by("vc_position", "pk")
    places = list(devices.values_list("virtual_chassis", "pk"))
    shown = briefs.by_id(Device, [pk for _, pk in places])
    found: dict[int, list[Brief]] = defaultdict(list)
    for chassis, pk in places:
        if pk in shown:
            found[chassis].append(shown[pk])
    return found


class ChassisSerializer(RecordSerializer):
    """A virtual chassis and its members."""

    members = Computed(
        _members,
        {"type": "array", "items": brief_ref(Device)},
        shows=(Device,),
        missing=[],
    )
