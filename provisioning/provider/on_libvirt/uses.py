"""Who uses a volume. It carries no mark of ours, so whose it is shows in its users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from provisioning.provider.driver import HypervisorFailed
from provisioning.provider.on_libvirt.connection import found, is_test
from provisioning.provider.on_libvirt.domain_xml import files_of
from provisioning.provider.on_libvirt.marks import refuse_foreign
from provisioning.provider.specs import Kind

if TYPE_CHECKING:
    import libvirt


def refuse_used_by_others(
    connection: libvirt.virConnect, volume: libvirt.virStorageVol, identity: str
) -> None:
    """Raises: HypervisorFailed where a machine that is not ours has it."""
    for name, xml in users(connection, volume, identity):
        refuse_foreign(xml, Kind.DOMAIN, name)


def refuse_disk_of_another(
    connection: libvirt.virConnect, volume: libvirt.virStorageVol, identity: str, machine: str
) -> None:
    """No two machines may write on one disk, ours neither.

    Raises: HypervisorFailed where another than `machine` has it.
    """
    for name, _xml in users(connection, volume, identity):
        if name != machine:
            raise HypervisorFailed(
                tell(
                    _("volume %(identity)s is the disk of %(name)s."), identity=identity, name=name
                ),
                field="name",
                hint=tell(
                    _(
                        "Give ours another name in the plan. Where %(name)s is %(machine)s,"
                        " renamed by hand, rename it back: virsh domrename %(name)s %(machine)s."
                    ),
                    name=name,
                    machine=machine,
                ),
            )


def refuse_base(
    connection: libvirt.virConnect, volume: libvirt.virStorageVol, identity: str
) -> None:
    """What is written on the base of other disks, or goes with it, breaks them.

    Raises: HypervisorFailed naming the disks that rest on the volume.
    """
    resting = ", ".join(sorted(_resting_on(connection, volume.path())))
    if resting:
        raise HypervisorFailed(
            tell(
                _("volume %(identity)s is the base of %(resting)s."),
                identity=identity,
                resting=resting,
            ),
            field="name",
            hint=_(
                "It is an image, has a clone or a snapshot: remove what rests on it first, or"
                " give ours another name in the plan."
            ),
        )


def users(
    connection: libvirt.virConnect, volume: libvirt.virStorageVol, identity: str
) -> Iterator[tuple[str, str]]:
    """The machines that have it as disk or CD, as they run or are kept: name and XML as kept."""
    import libvirt

    known_as = {identity, volume.path()}
    kept = 0 if is_test(connection) else libvirt.VIR_DOMAIN_XML_INACTIVE
    for domain in connection.listAllDomains():
        forms = [_told(domain, flags) for flags in dict.fromkeys((kept, 0))]
        if any(known_as.intersection(files_of(xml)) for xml in forms if xml):
            yield domain.name(), next(filter(None, forms))


def _told(thing: libvirt.virDomain | libvirt.virStorageVol, flags: int = 0) -> str:
    """Its XML; empty where it has just gone: other threads remove what they are to remove."""
    return found(lambda: thing.XMLDesc(flags), "VIR_ERR_NO_DOMAIN", "VIR_ERR_NO_STORAGE_VOL") or ""


def _resting_on(connection: libvirt.virConnect, path: str) -> Iterator[str]:
    import libvirt

    for pool in connection.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE):
        for volume in pool.listAllVolumes():
            xml = _told(volume) or "<volume/>"
            base = ET.fromstring(xml).findtext("backingStore/path")  # noqa: S314  # as everywhere
            if base == path:
                yield f"{pool.name()}/{volume.name()}"
