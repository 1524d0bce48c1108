"""What else must hold, or be written, once objects of a model are saved; refusing undoes the write.

Rules between rows are judged here, after the write and under locks, where a model's `clean` sees
one row only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final, cast

from django.db.models import Model

from dcim.actions.categories.rules import keep_derived_categories
from dcim.actions.rights import check_permissions
from dcim.actions.rules.addresses import (
    check_primaries_of,
    keep_primaries_of_chassis,
    keep_primaries_on,
    keep_primary_addresses,
)
from dcim.actions.rules.attachments import check_objects
from dcim.actions.rules.chassis import check_masters, keep_masters
from dcim.actions.rules.disks import keep_sums_of_disks
from dcim.actions.rules.inventory import keep_items_together, keep_parts_of_modules
from dcim.actions.rules.locations import keep_what_stands_in
from dcim.actions.rules.mac_addresses import check_primary_macs, keep_primary_macs
from dcim.actions.rules.networks import keep_numbers_of_groups, keep_numbers_of_vlans
from dcim.actions.rules.planner.holding import check_lines_held, check_requests_held
from dcim.actions.rules.planner.machine_sizes import check_sizes_of_planned
from dcim.actions.rules.pools.grants import keep_drawn_on_in_force, keep_returned_unused
from dcim.actions.rules.pools.hosts import (
    check_hosts_of,
    check_machine_fits,
    keep_a_host_standing,
    keep_a_size_possible,
    keep_machines_in_place,
    keep_machines_on_members,
)
from dcim.actions.rules.rack_units import (
    hold_rack_units,
    keep_devices_in_racks,
    keep_devices_of_types,
)
from dcim.actions.rules.reservations import hold_reserved_units, keep_reservations_in_racks
from dcim.actions.rules.scenarios import check_overlays
from dcim.actions.rules.strands import STRANDS_OF, keep_positions
from dcim.actions.rules.tables import claim_again, keep_addresses_once, keep_prefixes_once
from dcim.actions.rules.tags import check_kinds
from dcim.actions.rules.trees import settle
from dcim.actions.writes.custom_fields import check_definitions, hold_custom_values
from dcim.record.base import Record
from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.equipment.inventory import InventoryItem
from dcim.record.equipment.modules import Module
from dcim.record.extras.custom_fields import CustomField
from dcim.record.extras.journal import JournalEntry
from dcim.record.networks.ipam import VRF, IPAddress, Prefix
from dcim.record.networks.mac_addresses import MACAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN, VLANGroup
from dcim.record.people.account import ObjectPermission
from dcim.record.people.contacts import ContactAssignment, ContactGroup
from dcim.record.people.organisation import Tag, TenantGroup
from dcim.record.places.hardware import DeviceRole, DeviceType, Platform
from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation
from dcim.record.places.sites import Location, Region, SiteGroup
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import ServiceApp

Deed = Callable[[Sequence[Any]], None]
AMOUNTS: Final = ("vcpus", "memory_mib", "disk_mb")
SIZES: Final = (
    "min_vcpus",
    "min_memory_mib",
    "min_storage_gib",
    "step_vcpus",
    "step_memory_mib",
    "step_storage_gib",
)
VALUES: Final = ("custom_field_data",)
SHAPE: Final = (
    "type",
    "object_types",
    "related_object_type",
    "choice_set",
    "default",
    "validation_minimum",
    "validation_maximum",
    "validation_regex",
)
PRIMARY: Final = ("primary_ip4", "primary_ip6")


@dataclass(frozen=True, slots=True)
class Consequence:
    """What must hold, or be written, once certain fields of objects have been written.

    Attributes:
        deed: Takes the objects, as they are stored now.
        fields: What it rests on; where none of them changed, it holds as before.
        of_new: Whether it concerns new objects too: nothing rests on one yet.
    """

    deed: Deed
    fields: tuple[str, ...]
    of_new: bool = True


def on(deed: Deed, *fields: str) -> Consequence:
    """What follows from any of `fields` of new and of changed objects."""
    return Consequence(deed, fields)


def on_change(deed: Deed, *fields: str) -> Consequence:
    """What follows from changes to any of `fields`, since something may rest on the object."""
    return Consequence(deed, fields, of_new=False)


CONSEQUENCES: Final[dict[type[Model], tuple[Consequence, ...]]] = {
    AllocationRequest: (on_change(check_requests_held, "provider", "kind"),),
    Allocation: (
        on_change(keep_returned_unused, "status"),
        on_change(keep_drawn_on_in_force, "valid_until"),
    ),
    Cluster: (
        on_change(keep_machines_in_place, "region", "site_group", "site", "location"),
        on_change(keep_a_host_standing, "host_failures_to_survive"),
        on_change(keep_a_size_possible, *SIZES),
    ),
    ContactAssignment: (on(check_objects, "object_type", "object_id"),),
    ContactGroup: (on(settle, "parent"),),
    CustomField: (on(check_definitions, *SHAPE),),
    Device: (
        on(hold_rack_units, "site", "rack", "position", "face", "device_type"),
        on_change(keep_machines_on_members, "cluster"),
        on(check_primaries_of, *PRIMARY),
        on_change(keep_masters, "virtual_chassis"),
        on_change(keep_primaries_of_chassis, "virtual_chassis"),
    ),
    DeviceRole: (on(settle, "parent"),),
    DeviceType: (on_change(keep_devices_of_types, "u_height", "is_full_depth"),),
    Interface: (on_change(check_primary_macs, "primary_mac_address"),),
    InventoryItem: (on(settle, "parent", "device"), on_change(keep_items_together, "device")),
    IPAddress: (
        on(keep_addresses_once, "address", "vrf", "role"),
        on_change(keep_primary_addresses, "address", "interface", "vm_interface"),
    ),
    JournalEntry: (on(check_objects, "object_type", "object_id"),),
    Location: (on(settle, "parent"), on_change(keep_what_stands_in, "site")),
    MACAddress: (on_change(keep_primary_macs, "interface", "vm_interface"),),
    Module: (on_change(keep_parts_of_modules, "device"),),
    Prefix: (on(keep_prefixes_once, "prefix", "vrf"),),
    Platform: (on(settle, "parent"),),
    Tag: (on(check_kinds, "object_types"),),
    ObjectPermission: (on(check_permissions, "object_types", "actions", "constraints"),),
    Rack: (
        on_change(keep_devices_in_racks, "site", "u_height", "starting_unit"),
        on_change(keep_reservations_in_racks, "u_height", "starting_unit"),
    ),
    RackReservation: (on(hold_reserved_units, "rack", "units"),),
    Region: (on(settle, "parent"),),
    RequestLine: (on(check_lines_held, "app", "workload"),),
    Scenario: (on(check_overlays, "base_date", "overlays"),),
    ServiceApp: (on_change(keep_derived_categories, "category"),),
    SiteGroup: (on(settle, "parent"),),
    TenantGroup: (on(settle, "parent"),),
    VirtualMachine: (
        on(check_hosts_of, "device", "cluster"),
        on(check_machine_fits, "cluster", *AMOUNTS),
        on(check_sizes_of_planned, "status", "cluster", *AMOUNTS),
        on_change(keep_sums_of_disks, "disk_mb"),
        on(check_primaries_of, *PRIMARY),
    ),
    VLAN: (on(keep_numbers_of_vlans, "group", "vid"),),
    VLANGroup: (on_change(keep_numbers_of_groups, "vid_ranges"),),
    VirtualChassis: (on_change(check_masters, "master"),),
    VMInterface: (
        on_change(keep_primaries_on, "virtual_machine"),
        on_change(check_primary_macs, "primary_mac_address"),
    ),
    VRF: (on_change(claim_again, "enforce_unique"),),
    **dict.fromkeys(STRANDS_OF, (on_change(keep_positions, "positions"),)),
}


def hold(
    model: type[Model],
    objects: Sequence[Model],
    changed: Sequence[Set[str]] | None = None,
) -> None:
    """Let every consequence of having saved `objects` of `model` take place.

    Args:
        model: What the objects are.
        objects: As they are stored now.
        changed: The fields that were changed of each; None: the objects are new.

    Raises: Refused, InvalidInput: as the rules say.
    """
    if issubclass(model, Record) and (with_values := _concerned(objects, changed, VALUES)):
        hold_custom_values(cast("Sequence[Record]", with_values))
    for one in CONSEQUENCES.get(model, ()):
        concerned = _concerned(objects, changed, one.fields)
        if concerned and (one.of_new or changed is not None):
            one.deed(concerned)


def _concerned(
    objects: Sequence[Model], changed: Sequence[Set[str]] | None, fields: Sequence[str]
) -> Sequence[Model]:
    """Those of `objects` of which any of `fields` changed; all, where they are new."""
    if changed is None:
        return objects
    return [obj for obj, names in zip(objects, changed, strict=True) if names & set(fields)]
