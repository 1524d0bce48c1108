"""The driver for libvirt: networks, volumes and domains on any hypervisor that libvirt speaks to.

libvirt-python is imported when a hypervisor is first used. How a hypervisor is reached is in
`libvirt_connection`, what a machine's XML looks like in `libvirt_xml`.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

from provisioning.provider.driver import HypervisorFailed, gone, refuse_cutting, refuse_shrinking
from provisioning.provider.libvirt_connection import calling, found, is_test, open_connection
from provisioning.provider.libvirt_xml import (
    disks_used,
    domain_seen,
    domain_xml,
    network_seen,
    network_xml,
    networks_used,
    uuid_of,
    volume_xml,
)
from provisioning.provider.specs import (
    DomainSpec,
    Kind,
    NetworkSpec,
    Plain,
    Properties,
    Spec,
    VolumeSpec,
    properties_of,
)

if TYPE_CHECKING:
    import libvirt

HARDWARE: Final = ("vcpus", "memory_mib", "volume", "network")
SHUTDOWN_SECONDS: Final = 60
BYTES_PER_GIB: Final = 2**30
TEST_POOL: Final = "default-pool"  # the only pool that test:///default has


class Libvirt:
    """One hypervisor, reached when first used."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def create(self, spec: Spec) -> None:
        with calling(self._uri):
            match spec:
                case NetworkSpec():
                    _create_network(self._connection, spec)
                case VolumeSpec():
                    _create_volume(self._connection, spec)
                case DomainSpec():
                    _create_domain(self._connection, spec)

    def read(self, kind: Kind, identity: str) -> Properties | None:
        with calling(self._uri):
            match kind:
                case Kind.NETWORK:
                    return _read_network(self._connection, identity)
                case Kind.VOLUME:
                    return _read_volume(self._connection, identity)
                case Kind.DOMAIN:
                    return _read_domain(self._connection, identity)

    def update(self, spec: Spec) -> None:
        with calling(self._uri):
            match spec:
                case NetworkSpec():
                    _update_network(self._connection, spec)
                case VolumeSpec():
                    _grow_volume(self._connection, spec)
                case DomainSpec():
                    _update_domain(self._connection, spec)

    def delete(self, kind: Kind, identity: str) -> None:
        with calling(self._uri):
            match kind:
                case Kind.NETWORK:
                    _delete_network(self._connection, identity)
                case Kind.VOLUME:
                    _delete_volume(self._connection, identity)
                case Kind.DOMAIN:
                    _delete_domain(self._connection, identity)

    @property
    def _connection(self) -> libvirt.virConnect:
        return open_connection(self._uri)


# Networks


def _find_network(connection: libvirt.virConnect, name: str) -> libvirt.virNetwork | None:
    return found(lambda: connection.networkLookupByName(name), "VIR_ERR_NO_NETWORK")


def _create_network(connection: libvirt.virConnect, spec: NetworkSpec) -> None:
    _own_network(connection, spec.name)
    network = connection.networkDefineXML(network_xml(spec))
    network.setAutostart(1)
    if not network.isActive():
        network.create()


def _own_network(connection: libvirt.virConnect, name: str) -> libvirt.virNetwork | None:
    network = _find_network(connection, name)
    if network is not None:
        _refuse_foreign(network.UUIDString(), Kind.NETWORK, name)
    return network


def _update_network(connection: libvirt.virConnect, spec: NetworkSpec) -> None:
    """A network takes its new form only by a restart, which nobody may be on."""
    network = _own_network(connection, spec.name)
    if network is None:
        raise gone(spec.name)
    _stop_network(connection, network)
    _create_network(connection, spec)


def _stop_network(connection: libvirt.virConnect, network: libvirt.virNetwork) -> None:
    name = network.name()
    running = _domains(connection, active_only=True)
    refuse_cutting(name, (one.name() for one in running if name in networks_used(one.XMLDesc(0))))
    if network.isActive():
        network.destroy()


def _read_network(connection: libvirt.virConnect, name: str) -> Properties | None:
    network = _find_network(connection, name)
    return None if network is None else network_seen(network.XMLDesc(0))


def _delete_network(connection: libvirt.virConnect, name: str) -> None:
    network = _own_network(connection, name)
    if network is not None:
        _stop_network(connection, network)
        network.undefine()


# Volumes


def _pool(connection: libvirt.virConnect, name: str) -> libvirt.virStoragePool:
    return connection.storagePoolLookupByName(TEST_POOL if is_test(connection) else name)


def _find_volume(connection: libvirt.virConnect, identity: str) -> libvirt.virStorageVol | None:
    pool, _, name = identity.partition("/")
    return found(
        lambda: _pool(connection, pool).storageVolLookupByName(name),
        "VIR_ERR_NO_STORAGE_VOL",
        "VIR_ERR_NO_STORAGE_POOL",
    )


def _create_volume(connection: libvirt.virConnect, spec: VolumeSpec) -> None:
    volume = _find_volume(connection, spec.identity)
    if volume is None:
        image = _image_path(connection, spec)
        _pool(connection, spec.pool).createXML(volume_xml(spec, image), 0)
    elif _size_gib(volume) != spec.size_gib:
        raise HypervisorFailed(
            f"volume {spec.identity} exists already with {_size_gib(volume)} GiB.",
            field="size_gib",
            hint="Give ours another name in the plan.",
        )


def _image_path(connection: libvirt.virConnect, spec: VolumeSpec) -> str:
    """Where the image lies in the volume's pool; libvirt's test driver holds and needs none."""
    if not spec.image or is_test(connection):
        return ""
    image = _find_volume(connection, f"{spec.pool}/{spec.image}")
    if image is None:
        raise HypervisorFailed(
            f"the pool {spec.pool} holds no image “{spec.image}”.",
            field="image",
            hint=f"Upload it there as a volume called {spec.image}.",
        )
    return str(image.path())


def _read_volume(connection: libvirt.virConnect, identity: str) -> Properties | None:
    volume = _find_volume(connection, identity)
    if volume is None:
        return None
    pool, _, name = identity.partition("/")
    return {"name": name, "pool": pool, "size_gib": _size_gib(volume)}


def _size_gib(volume: libvirt.virStorageVol) -> int:
    """Whole GiB, rounded down, so that a volume never seems larger than it is."""
    return int(volume.info()[1]) // BYTES_PER_GIB


def _grow_volume(connection: libvirt.virConnect, spec: VolumeSpec) -> None:
    volume = _find_volume(connection, spec.identity)
    if volume is None:
        raise gone(spec.identity)
    _refuse_used_by_others(connection, volume, spec.identity)
    refuse_shrinking(spec.identity, _size_gib(volume), spec.size_gib)
    size_bytes = spec.size_gib * BYTES_PER_GIB
    if is_test(connection):  # it can't resize, and holds no data
        volume.delete(0)
        _create_volume(connection, spec)
    elif not _grow_running_disk(connection, spec, size_bytes):
        volume.resize(size_bytes, 0)


def _grow_running_disk(connection: libvirt.virConnect, spec: VolumeSpec, size_bytes: int) -> bool:
    """A disk in use is locked: the machine that runs on it has to do the growing."""
    import libvirt

    for domain in _domains(connection, active_only=True):
        if domain_seen(domain.XMLDesc(0))["volume"] == spec.identity:
            domain.blockResize("vda", size_bytes, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
            return True
    return False


def _delete_volume(connection: libvirt.virConnect, identity: str) -> None:
    volume = _find_volume(connection, identity)
    if volume is not None:
        _refuse_used_by_others(connection, volume, identity)
        volume.delete(0)


def _refuse_used_by_others(
    connection: libvirt.virConnect, volume: libvirt.virStorageVol, identity: str
) -> None:
    """A volume carries no mark of ours, so whose it is shows in who uses it."""
    for domain in _domains(connection):
        if disks_used(domain.XMLDesc(0)) & {identity, volume.path()}:
            _refuse_foreign(domain.UUIDString(), Kind.DOMAIN, domain.name())


# Domains


def _domains(
    connection: libvirt.virConnect, *, active_only: bool = False
) -> list[libvirt.virDomain]:
    import libvirt

    flags = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE if active_only else 0
    domains: list[libvirt.virDomain] = connection.listAllDomains(flags)
    return domains


def _find_domain(connection: libvirt.virConnect, name: str) -> libvirt.virDomain | None:
    return found(lambda: connection.lookupByName(name), "VIR_ERR_NO_DOMAIN")


def _create_domain(connection: libvirt.virConnect, spec: DomainSpec) -> None:
    _own_domain(connection, spec.name)
    _redefine_domain(connection, spec)


def _update_domain(connection: libvirt.virConnect, spec: DomainSpec) -> None:
    if _own_domain(connection, spec.name) is None:
        raise gone(spec.name)
    _redefine_domain(connection, spec)


def _own_domain(connection: libvirt.virConnect, name: str) -> libvirt.virDomain | None:
    domain = _find_domain(connection, name)
    if domain is not None:
        _refuse_foreign(domain.UUIDString(), Kind.DOMAIN, name)
    return domain


def _redefine_domain(connection: libvirt.virConnect, spec: DomainSpec) -> None:
    """Leaves the machine defined and running as `spec` says.

    Only a change of what it is made of restarts it. One that won't start is not left half made.
    """
    import libvirt

    seen = _read_domain(connection, spec.name)
    domain = connection.defineXML(domain_xml(spec, _machine(connection)))
    domain.setAutostart(1 if spec.running else 0)
    if domain.isActive() and not (spec.running and _is_made_as(seen, spec)):
        _stop(domain)
    try:
        if spec.running and not domain.isActive():
            domain.create()
    except libvirt.libvirtError:
        if seen is None:
            domain.undefine()
        raise


def _is_made_as(seen: Properties | None, spec: DomainSpec) -> bool:
    """Whether a running machine differs from `spec` in its notes at most."""
    wanted = properties_of(spec)
    return seen is not None and all(seen[name] == wanted[name] for name in HARDWARE)


def _stop(domain: libvirt.virDomain) -> None:
    """Asks the guest to shut down, and cuts its power when it does not."""
    import libvirt

    with contextlib.suppress(libvirt.libvirtError):  # a guest without ACPI can't be asked
        domain.shutdown()
        until = time.monotonic() + SHUTDOWN_SECONDS
        while domain.isActive() and time.monotonic() < until:
            time.sleep(0.2)
    if domain.isActive():
        domain.destroy()


def _machine(connection: libvirt.virConnect) -> str:
    """The domain type: test, kvm where the host can, else qemu."""
    if is_test(connection):
        return "test"
    return "kvm" if "type='kvm'" in connection.getCapabilities() else "qemu"


def _read_domain(connection: libvirt.virConnect, name: str) -> Properties | None:
    import libvirt

    domain = _find_domain(connection, name)
    if domain is None:
        return None
    running: Plain = bool(domain.isActive())
    return {**domain_seen(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)), "running": running}


def _delete_domain(connection: libvirt.virConnect, name: str) -> None:
    domain = _own_domain(connection, name)
    if domain is None:
        return
    if domain.isActive():
        _stop(domain)
    domain.undefine()


def _refuse_foreign(uuid: str, kind: Kind, name: str) -> None:
    """Only what a run of ours had made may be taken over, changed or removed."""
    if uuid != uuid_of(kind, name):
        raise HypervisorFailed(
            f"{name} was not made by us and is left alone.",
            field=kind.rpartition(":")[2],
            hint="Give ours another name in the plan.",
        )
