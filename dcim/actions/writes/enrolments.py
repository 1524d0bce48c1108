"""What new objects name becomes theirs: masters join their chassis, MACs their interfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dcim.actions.changes import Actor
from dcim.actions.rights import keep_within
from dcim.actions.rules.mac_addresses import OWNER_OF, check_primary_macs
from dcim.actions.writes.along import change_along
from dcim.actions.writes.values import states_of
from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.networks.mac_addresses import MACAddress
from dcim.record.networks.machine_parts import VMInterface

FIRST: Final = 1


def enrol_masters(chassis: Sequence[VirtualChassis], by: Actor) -> None:
    """Let the masters of new `chassis` be their first members.

    Raises: InvalidInput, NotPermitted: as for a change of the devices.
    """
    of_master = {one.master_id: one.pk for one in chassis if one.master_id is not None}
    rows = Device.objects.select_for_update(of=("self",), no_key=True)
    devices = list(rows.filter(pk__in=of_master).order_by("pk")) if of_master else []
    keep_within(Device, devices, "change", user=by.user)
    before = states_of(Device, devices)
    for one in devices:
        one.virtual_chassis_id, one.vc_position = of_master[one.pk], FIRST
    change_along(Device, devices, before, ["virtual_chassis", "vc_position"], by=by)


def take_primary_macs(interfaces: Sequence[Interface | VMInterface], by: Actor) -> None:
    """Let new `interfaces` have the free MAC addresses that they name as their primary ones.

    Raises: InvalidInput: an address is another interface's.
    """
    of_mac = {one.primary_mac_address_id: one.pk for one in interfaces}
    of_mac.pop(None, None)
    if not of_mac:
        return
    rows: Any = MACAddress.objects.select_for_update(of=("self",), no_key=True)
    free = list(rows.filter(pk__in=of_mac, interface=None, vm_interface=None).order_by("pk"))
    keep_within(MACAddress, free, "change", user=by.user)
    before, owner = states_of(MACAddress, free), OWNER_OF[type(interfaces[0])]
    for one in free:
        setattr(one, f"{owner}_id", of_mac[one.pk])
    change_along(MACAddress, free, before, [owner], by=by)
    check_primary_macs(interfaces)
