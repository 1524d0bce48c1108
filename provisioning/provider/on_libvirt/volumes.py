"""Disks in storage pools of a hypervisor that libvirt reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from provisioning.provider.driver import HypervisorFailed, gone, refuse_shrinking
from provisioning.provider.on_libvirt.connection import found, is_test
from provisioning.provider.on_libvirt.domain_xml import SEED, disks_of
from provisioning.provider.on_libvirt.uses import (
    refuse_base,
    refuse_disk_of_another,
    refuse_used_by_others,
    users,
)
from provisioning.provider.specs import Properties, VolumeSpec

if TYPE_CHECKING:
    import libvirt

BYTES_PER_GIB: Final = 2**30
CHUNK_BYTES: Final = 2**17
TEST_POOL: Final = "default-pool"  # the only pool that test:///default has


def pool(connection: libvirt.virConnect, name: str) -> libvirt.virStoragePool:
    return connection.storagePoolLookupByName(TEST_POOL if is_test(connection) else name)


def find(connection: libvirt.virConnect, identity: str) -> libvirt.virStorageVol | None:
    of_pool, _, name = identity.partition("/")
    return found(
        lambda: pool(connection, of_pool).storageVolLookupByName(name),
        "VIR_ERR_NO_STORAGE_VOL",
        "VIR_ERR_NO_STORAGE_POOL",
    )


def create(connection: libvirt.virConnect, spec: VolumeSpec) -> None:
    """Makes the volume; one that stands is what an interrupted run made, unless others use it.

    Raises: HypervisorFailed.
    """
    volume = find(connection, spec.identity)
    if volume is None:
        image = _image_path(connection, spec)
        pool(connection, spec.pool).createXML(volume_xml(spec, image), 0)
        return
    refuse_disk_of_another(connection, volume, spec.identity, spec.name)
    refuse_base(connection, volume, spec.identity)
    if _size_gib(volume) != spec.size_gib:
        raise HypervisorFailed(
            tell(
                _("volume %(identity)s exists already with %(size_gib)s GiB."),
                identity=spec.identity,
                size_gib=_size_gib(volume),
            ),
            field="size_gib",
            hint=_("Give ours another name in the plan."),
        )


def read(connection: libvirt.virConnect, identity: str) -> Properties | None:
    volume = find(connection, identity)
    if volume is None:
        return None
    of_pool, _, name = identity.partition("/")
    return {"name": name, "pool": of_pool, "size_gib": _size_gib(volume)}


def grow(connection: libvirt.virConnect, spec: VolumeSpec) -> None:
    volume = find(connection, spec.identity)
    if volume is None:
        raise gone(spec.identity)
    refuse_used_by_others(connection, volume, spec.identity)
    refuse_shrinking(spec.identity, _size_gib(volume), spec.size_gib)
    size_bytes = spec.size_gib * BYTES_PER_GIB
    if is_test(connection):  # it can't resize, and holds no data
        volume.delete(0)
        create(connection, spec)
    elif not _grow_running_disk(connection, volume, spec.identity, size_bytes):
        volume.resize(size_bytes, 0)


def delete(connection: libvirt.virConnect, identity: str) -> None:
    volume = find(connection, identity)
    if volume is not None:
        refuse_used_by_others(connection, volume, identity)
        refuse_base(connection, volume, identity)
        volume.delete(0)


def names(connection: libvirt.virConnect) -> set[str]:
    """Every volume of every pool that is open, as POOL/NAME; without the CDs, which go unseen."""
    import libvirt

    return {
        f"{one.name()}/{volume}"
        for one in connection.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE)
        for volume in one.listVolumes()
        if not volume.endswith(SEED)
    }


def write(connection: libvirt.virConnect, identity: str, content: bytes, machine: str) -> None:
    """A raw volume with just this content, for `machine`.

    Raises: HypervisorFailed where another machine has one of that name; what an interrupted run
    left there is written over.
    """
    standing = find(connection, identity)
    if standing is not None:
        refuse_disk_of_another(connection, standing, identity, machine)
        standing.delete(0)
    of_pool, _, name = identity.partition("/")
    root = ET.Element("volume")
    ET.SubElement(root, "name").text = name
    ET.SubElement(root, "capacity", unit="bytes").text = str(len(content))
    ET.SubElement(ET.SubElement(root, "target"), "format", type="raw")
    volume = pool(connection, of_pool).createXML(ET.tostring(root, encoding="unicode"), 0)
    stream = connection.newStream()
    volume.upload(stream, 0, len(content))
    rest = memoryview(content)
    while rest:
        rest = rest[stream.send(bytes(rest[:CHUNK_BYTES])) :]
    stream.finish()


def remove_unused(connection: libvirt.virConnect, identity: str) -> None:
    """Away with it, if it is there and no machine has it."""
    volume = find(connection, identity)
    if volume is not None and not any(users(connection, volume, identity)):
        volume.delete(0)


def refuse_writing_on(connection: libvirt.virConnect, identity: str, machine: str) -> None:
    """Raises: HypervisorFailed where the volume is the disk of another than `machine`."""
    volume = find(connection, identity)
    if volume is not None:
        refuse_disk_of_another(connection, volume, identity, machine)


def identity_of(connection: libvirt.virConnect, source: str) -> str:
    """POOL/NAME of a disk that a machine names by its path; the path where no pool has it."""
    if not source.startswith("/"):
        return source
    volume = found(lambda: connection.storageVolLookupByPath(source), "VIR_ERR_NO_STORAGE_VOL")
    if volume is None:
        return source
    return f"{volume.storagePoolLookupByVolume().name()}/{volume.name()}"


def volume_xml(spec: VolumeSpec, image_path: str = "") -> str:
    """A sparse qcow2 volume, on top of the image at `image_path` where there is one."""
    root = ET.Element("volume")
    ET.SubElement(root, "name").text = spec.name
    ET.SubElement(root, "capacity", unit="GiB").text = str(spec.size_gib)
    ET.SubElement(root, "allocation").text = "0"
    ET.SubElement(ET.SubElement(root, "target"), "format", type="qcow2")
    if image_path:
        backing = ET.SubElement(root, "backingStore")
        ET.SubElement(backing, "path").text = image_path
        ET.SubElement(backing, "format", type="qcow2")
    return ET.tostring(root, encoding="unicode")


def _image_path(connection: libvirt.virConnect, spec: VolumeSpec) -> str:
    """Where the image lies in the volume's pool; libvirt's test driver holds and needs none."""
    if not spec.image or is_test(connection):
        return ""
    image = find(connection, f"{spec.pool}/{spec.image}")
    if image is None:
        raise HypervisorFailed(
            tell(
                _("the pool %(pool)s holds no image “%(image)s”."), pool=spec.pool, image=spec.image
            ),
            field="image",
            hint=tell(
                _("Upload it there as a volume called %(image)s, in qcow2."), image=spec.image
            ),
        )
    _check_image(image, spec)
    return str(image.path())


def _check_image(image: libvirt.virStorageVol, spec: VolumeSpec) -> None:
    """An image in another format, or larger than the disk, makes one that nobody starts from."""
    form = ET.fromstring(image.XMLDesc(0)).find("target/format")  # noqa: S314  # as everywhere here
    if form is None or form.get("type") != "qcow2":
        raise HypervisorFailed(
            tell(_("the image “%(image)s” is not qcow2."), image=spec.image),
            field="image",
            hint=_("Convert it with qemu-img convert -O qcow2."),
        )
    size_bytes = int(image.info()[1])
    if size_bytes > spec.size_gib * BYTES_PER_GIB:
        raise HypervisorFailed(
            tell(
                _(
                    "the image “%(image)s” takes %(image_gib)s GiB and does not fit on %(size_gib)s"
                    " GiB."
                ),
                image=spec.image,
                image_gib=-(-size_bytes // BYTES_PER_GIB),
                size_gib=spec.size_gib,
            ),
            field="size_gib",
            hint=_("Plan a larger disk."),
        )


def _size_gib(volume: libvirt.virStorageVol) -> int:
    """Whole GiB, rounded down, so that a volume never seems larger than it is."""
    return int(volume.info()[1]) // BYTES_PER_GIB


def _grow_running_disk(
    connection: libvirt.virConnect, volume: libvirt.virStorageVol, identity: str, size_bytes: int
) -> bool:
    """A disk in use is locked: the machine that runs on it has to do the growing."""
    import libvirt

    for domain in connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
        for disk in disks_of(domain.XMLDesc(0)):
            if disk.source in {identity, volume.path()}:
                domain.blockResize(disk.device, size_bytes, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
                return True
    return False
