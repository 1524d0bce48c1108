"""What else must hold, or be written, once objects of a model are saved; refusing undoes the write.

Rules between rows are judged here, after the write and under locks, where a model's `clean` sees
one row only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from django.db.models import Model

from dcim.actions.addresses import (
    check_primaries_of,
    keep_primaries_on,
    keep_primary_addresses,
)
from dcim.actions.attachments import check_objects
from dcim.actions.custom_fields import check_definitions, hold_custom_values
from dcim.actions.locations import keep_what_stands_in
from dcim.actions.networks import claim_again, keep_numbers_of_groups, keep_numbers_of_vlans
from dcim.actions.pools import (
    check_grants_of,
    check_hosts_of,
    check_machine_fits,
    keep_grants_drawn_on,
    keep_machines_on_members,
)
from dcim.actions.rack_units import (
    hold_rack_units,
    keep_devices_in_racks,
    keep_devices_of_types,
)
from dcim.actions.reservations import hold_reserved_units, keep_reservations_in_racks
from dcim.actions.rights import check_permissions
from dcim.actions.trees import settle
from dcim.record.account import ObjectPermission
from dcim.record.allocations import Allocation
from dcim.record.base import Record
from dcim.record.contacts import ContactAssignment, ContactGroup
from dcim.record.custom_fields import CustomField
from dcim.record.devices import Device, Interface
from dcim.record.hardware import DeviceRole, DeviceType, Platform
from dcim.record.ipam import VRF, IPAddress
from dcim.record.machine_parts import VMInterface
from dcim.record.organisation import TenantGroup
from dcim.record.racks import Rack
from dcim.record.reservations import RackReservation
from dcim.record.sites import Location, Region, SiteGroup
from dcim.record.virtualization import VirtualMachine
from dcim.record.vlans import VLAN, VLANGroup

Consequence = Callable[[Sequence[Any]], None]

CONSEQUENCES: Final[dict[type[Model], tuple[Consequence, ...]]] = {
    Allocation: (keep_grants_drawn_on,),
    ContactAssignment: (check_objects,),
    ContactGroup: (settle,),
    CustomField: (check_definitions,),
    Device: (hold_rack_units, keep_machines_on_members, check_primaries_of),
    DeviceRole: (settle,),
    DeviceType: (keep_devices_of_types,),
    Interface: (keep_primaries_on,),
    IPAddress: (keep_primary_addresses,),
    Location: (settle, keep_what_stands_in),
    Platform: (settle,),
    ObjectPermission: (check_permissions,),
    Rack: (keep_devices_in_racks, keep_reservations_in_racks),
    RackReservation: (hold_reserved_units,),
    Region: (settle,),
    SiteGroup: (settle,),
    TenantGroup: (settle,),
    VirtualMachine: (check_hosts_of, check_machine_fits, check_grants_of, check_primaries_of),
    VLAN: (keep_numbers_of_vlans,),
    VLANGroup: (keep_numbers_of_groups,),
    VMInterface: (keep_primaries_on,),
    VRF: (claim_again,),
}


def hold(model: type[Model], objects: Sequence[Model]) -> None:
    """Let every consequence of having saved `objects` of `model` take place.

    Raises: Refused, InvalidInput: as the rules say.
    """
    if issubclass(model, Record):
        hold_custom_values(cast("Sequence[Record]", objects))
    for consequence in CONSEQUENCES.get(model, ()) if objects else ():
        consequence(objects)
