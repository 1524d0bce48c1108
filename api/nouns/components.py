"""Components of devices and their templates: by what they are found, and what they show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Final

from django import forms
from django.db.models import Model, Q

from api.fields.counts import never
from api.fields.wire import Computed, Schema, WireField, brief_ref
from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf, HasAny, Known, OneToMany, Values
from api.reading.briefs import Briefs
from api.reading.fetching import statement
from api.records import RecordSerializer
from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.equipment.modules import DeviceBay, Module, ModuleBay, ModuleType
from dcim.record.networks.mac_addresses import MACAddress, normal_mac
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.networks.vlans import VLAN
from dcim.record.places.hardware import DeviceType
from dcim.vocabulary.choices import DeviceStatus
from dcim.vocabulary.ports.interface_types import InterfaceType

NULL: Final[Schema] = {"type": "object", "nullable": True, "additionalProperties": {}}
VIRTUAL_TYPES: Final = (InterfaceType.VIRTUAL, InterfaceType.BRIDGE, InterfaceType.LAG)
WIRELESS_TYPES: Final = tuple(
    one for one in InterfaceType if one.startswith("ieee802.") or one == "other-wireless"
)
KINDS_OF_INTERFACE: Final = ("physical", "virtual", "wireless")


class OfMember(AnyOf):
    """Components of devices, and of all members of the chassis of which they are the masters."""

    def __init__(self, attribute: str, *, also_members: bool = False) -> None:
        super().__init__("device", Known(Device, attribute))
        self.attribute = attribute
        self.also_members = also_members

    def matches(self, values: list[Any]) -> Q:
        own = Q(**{f"device__{self.attribute}__in": values})
        way = "members" if self.also_members else "master"
        named = VirtualChassis.objects.filter(**{f"{way}__{self.attribute}__in": values})
        of_members = Q(device__virtual_chassis__in=named)
        # A member is managed through ports of its own, which are no part of the whole.
        return own | (of_members & Q(mgmt_only=False) if self.model is Interface else of_members)


class ComponentFilterSet(RecordFilterSet):
    """Components by where their device stands and what it is."""

    device_status = AnyOf("device__status", Values(forms.ChoiceField(choices=DeviceStatus.pairs())))
    virtual_chassis_member_id = OfMember("pk")
    virtual_chassis_member = OfMember("name")
    virtual_chassis_member_or_master_id = OfMember("pk", also_members=True)
    virtual_chassis_member_or_master = OfMember("name", also_members=True)


class TemplateFilterSet(RecordFilterSet):
    """Templates of types, also by the parameters that importers of type libraries send."""

    devicetype_id = AnyOf("device_type", Known(DeviceType, "pk"))


class ModularTemplateFilterSet(TemplateFilterSet):
    """As above, for kinds of component that modules have too."""

    moduletype_id = AnyOf("module_type", Known(ModuleType, "pk"))


class InterfaceTemplateSerializer(RecordSerializer):
    """The template of an interface; radios are not recorded."""

    rf_role = never(None, NULL)


class MacField(forms.CharField):
    """A MAC address in any of the forms that people write; other text finds nothing."""

    def clean(self, value: Any) -> str:
        try:
            return normal_mac(str(value))
        except ValueError:
            return str(value)


class KindOfInterface(AnyOf):
    """Interfaces that are physical, virtual or wireless, by their type."""

    def __init__(self) -> None:
        kinds = [(kind, kind) for kind in KINDS_OF_INTERFACE]
        super().__init__("type", Values(forms.ChoiceField(choices=kinds)))

    def matches(self, values: list[Any]) -> Q:
        others = Q(type__in=[*VIRTUAL_TYPES, *WIRELESS_TYPES])
        of_kind = {
            "virtual": Q(type__in=VIRTUAL_TYPES),
            "wireless": Q(type__in=WIRELESS_TYPES),
            "physical": ~others,
        }
        return Q(*(of_kind[one] for one in values if one is not None), _connector=Q.OR)


class OnVlan(AnyOf):
    """Interfaces on which a VLAN is, tagged or not."""

    def __init__(self, attribute: str) -> None:
        super().__init__("untagged_vlan", Known(VLAN, attribute))
        self.attribute = attribute

    def matches(self, values: list[Any]) -> Q:
        vlans = VLAN.objects.filter(**{f"{self.attribute}__in": values})
        tagged = Interface.objects.filter(tagged_vlans__in=vlans)
        return Q(untagged_vlan__in=vlans) | Q(pk__in=tagged.values("pk"))


class MacFilters(RecordFilterSet):
    """Interfaces by their MAC addresses."""

    mac_address = OneToMany("mac_addresses__mac_address", Values(MacField()))


class MACAddressFilterSet(RecordFilterSet):
    """MAC addresses by what they are on."""

    mac_address = AnyOf("mac_address", Values(MacField()))
    device_id = AnyOf("interface__device", Known(Device, "pk"))
    device = AnyOf("interface__device__name", Known(Device, "name"))
    virtual_machine_id = AnyOf("vm_interface__virtual_machine", Known(VirtualMachine, "pk"))
    virtual_machine = AnyOf("vm_interface__virtual_machine__name", Known(VirtualMachine, "name"))
    vminterface_id = AnyOf("vm_interface", Known(VMInterface, "pk"))
    vminterface = AnyOf("vm_interface__name", Known(VMInterface, "name"))
    assigned = HasAny("interface", "vm_interface")
    primary = HasAny("primary_of_interface", "primary_of_vm_interface")


def _is_primary(keys: Sequence[int], briefs: Briefs) -> Mapping[int, bool]:
    held = Q(primary_of_interface__isnull=False) | Q(primary_of_vm_interface__isnull=False)
    return dict.fromkeys(
        MACAddress.objects.filter(held, pk__in=keys).values_list("pk", flat=True), True
    )


class MACAddressSerializer(RecordSerializer):
    """A MAC address, and whether it is the one its interface is known by."""

    is_primary = Computed(_is_primary, {"type": "boolean"}, missing=False)


def mac_fields(model: type[Model]) -> dict[str, WireField]:
    """What interfaces of `model` show of their MAC addresses."""
    field = "interface" if model is Interface else "vm_interface"
    owner = f"{field}_id"

    def primaries(keys: Sequence[int], briefs: Briefs) -> Mapping[int, str]:
        known = statement(model, ("id", "primary_mac_address_id")).rows(keys)
        chosen = {mac: pk for pk, mac in known if mac is not None}
        if not chosen:
            return {}
        rows = statement(MACAddress, ("id", "mac_address")).rows(chosen)
        return {chosen[pk]: address for pk, address in rows}

    def every(keys: Sequence[int], briefs: Briefs) -> Mapping[int, list[Any]]:
        rows = statement(MACAddress, (owner, "id"), key=owner, order=("id",)).rows(keys)
        shown = briefs.by_id(MACAddress, [pk for _, pk in rows]) if rows else {}
        found: dict[int, list[Any]] = defaultdict(list)
        for interface, pk in rows:
            if pk in shown:
                found[interface].append(shown[pk])
        return found

    briefs_shape: Schema = {"type": "array", "items": brief_ref(MACAddress)}
    return {
        "mac_address": Computed(primaries, {"type": "string", "nullable": True}),
        "mac_addresses": Computed(every, briefs_shape, shows=(MACAddress,), missing=[]),
    }


NOTHING: Final[Schema] = {"type": "array", "items": {}, "maxItems": 0}
# What NetBox's strict clients read of radios and overlays, of which the record keeps none.
UNKNOWN_OF_INTERFACES: Final[Mapping[str, WireField]] = {
    **{
        name: never(None, NULL)
        for name in (
            "rf_role", "rf_channel", "rf_channel_frequency", "rf_channel_width", "tx_power",
            "vlan_translation_policy", "wireless_link", "l2vpn_termination",
        )
    },
    **{name: never([], NOTHING) for name in ("vdcs", "wireless_lans")},
    "count_fhrp_groups": never(0, {"type": "integer"}),
}  # fmt: skip


def copies(fields: Mapping[str, WireField]) -> dict[str, WireField]:
    """Fields of a serializer's own, since a serializer binds them to itself."""
    return {name: copy(one) for name, one in fields.items()}


def _occupied_device_bays(keys: Sequence[int], briefs: Briefs) -> Mapping[int, bool]:
    bays = DeviceBay.objects.filter(pk__in=keys, installed_device__isnull=False)
    return dict.fromkeys(bays.values_list("pk", flat=True), True)


class DeviceBaySerializer(RecordSerializer):
    """A device bay, and whether a device is in it."""

    _occupied = Computed(_occupied_device_bays, {"type": "boolean"}, missing=False)


def _occupied_bays(keys: Sequence[int], briefs: Briefs) -> Mapping[int, bool]:
    return dict.fromkeys(
        Module.objects.filter(module_bay__in=keys).values_list("module_bay", flat=True), True
    )


def _installed(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    of_bay = dict(Module.objects.filter(module_bay__in=keys).values_list("module_bay", "pk"))
    shown = briefs.by_id(Module, of_bay.values())
    return {bay: shown.get(pk) for bay, pk in of_bay.items()}


class ModuleBaySerializer(RecordSerializer):
    """A module bay and what is in it."""

    # A module's brief shows its bay: here it is told without going round in a circle.
    installed_module = Computed(_installed, brief_ref(Module, nullable=True), shows=(Module,))
    _occupied = Computed(_occupied_bays, {"type": "boolean"}, missing=False)


class ModuleBayFilterSet(ComponentFilterSet):
    """Module bays by what is in them."""

    installed_module_id = AnyOf("installed_module", Known(Module, "pk"))
    parent_id = AnyOf("module__module_bay", Known(ModuleBay, "pk"))
