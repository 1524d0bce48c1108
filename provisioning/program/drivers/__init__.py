"""The drivers by the name that a plan document gives: one file and one line here each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from provisioning.program.drivers.libvirt import build_on_libvirt
from provisioning.program.drivers.openstack import build_on_openstack
from provisioning.program.drivers.proxmox import build_on_proxmox
from provisioning.program.order import Order

Driver: TypeAlias = Callable[[Order], None]

DRIVERS: Final[Mapping[str, Driver]] = {
    "libvirt": build_on_libvirt,
    "openstack": build_on_openstack,
    "proxmox": build_on_proxmox,
}
