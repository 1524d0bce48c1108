"""The disks that a machine has beside the one that we look after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from provisioning.provider.on_libvirt import volumes
from provisioning.provider.on_libvirt.connection import found
from provisioning.provider.on_libvirt.domain_xml import Disk, disks_of
from provisioning.provider.storage import SizeUnknown

if TYPE_CHECKING:
    import libvirt


def beside_gib(connection: libvirt.virConnect, machine: str, identity: str) -> int | None:
    """GiB of the machine's disks beside the volume; 0 where that is no disk of it, None without it.

    Raises: SizeUnknown.

    Notes: rounded so that both together are what all disks come to, rounded down as one disk is.
    """
    import libvirt

    domain = found(lambda: connection.lookupByName(machine), "VIR_ERR_NO_DOMAIN")
    if domain is None:
        return None
    disks = disks_of(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
    volume = volumes.find(connection, identity) if len(disks) > 1 else None
    path = None if volume is None else volume.path()
    others = [disk for disk in disks if not _is(disk, identity, path)]
    if not others or len(others) == len(disks):
        return 0
    own = 0 if volume is None else int(volume.info()[1])
    everything = own + sum(_size_bytes(connection, domain, disk) for disk in others)
    return everything // volumes.BYTES_PER_GIB - own // volumes.BYTES_PER_GIB


def _is(disk: Disk, identity: str, path: str | None) -> bool:
    """Whether it is the volume; one that is gone goes by its name."""
    if path is None:
        return disk.source.rpartition("/")[2] == identity.partition("/")[2]
    return disk.source in {identity, path}


def _size_bytes(connection: libvirt.virConnect, domain: libvirt.virDomain, disk: Disk) -> int:
    """As its pool tells; where none has it, as the machine does."""
    import libvirt

    try:
        identity = volumes.identity_of(connection, disk.source)
        volume = None if identity.startswith("/") else volumes.find(connection, identity)
        size = domain.blockInfo(disk.device)[0] if volume is None else volume.info()[1]
    except libvirt.libvirtError as err:
        raise SizeUnknown(
            tell(
                _("how large %(disk)s of %(machine)s is can't be told: %(words)s."),
                disk=disk.source or disk.device,
                machine=domain.name(),
                words=err.get_error_message(),
            ),
            field="volume",
            hint=_("Define a pool over the folder that it lies in: virsh pool-create-as."),
        ) from err
    return int(size)
