"""What reports call the resources of each driver, by their Pulumi type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from provisioning.program.drivers.openstack import NETWORK_TYPE, SERVER_TYPE, VOLUME_TYPE
from provisioning.program.drivers.proxmox import BRIDGE_TYPE, VM_TYPE
from provisioning.provider.specs import Kind

NETWORK: Final = "Network"
VOLUME: Final = "Volume"
MACHINE: Final = "Domain"

WORDS: Final[Mapping[str, str]] = {
    Kind.NETWORK: NETWORK,
    Kind.VOLUME: VOLUME,
    Kind.DOMAIN: MACHINE,
    BRIDGE_TYPE: NETWORK,
    VM_TYPE: MACHINE,
    NETWORK_TYPE: NETWORK,
    VOLUME_TYPE: VOLUME,
    SERVER_TYPE: MACHINE,
}
