"""The driver for libvirt: networks, volumes and domains on any hypervisor that libvirt speaks to.

libvirt-python is imported when a hypervisor is first used. Connections are kept per URI for the
life of the process: `test:///default` forgets everything when its last connection closes. What a
machine's XML looks like is in `libvirt_xml`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from dcim.vocabulary.errors import MissingComponent
from provisioning.provider.driver import HypervisorFailed, refuse_shrinking
from provisioning.provider.libvirt_xml import (
    domain_seen,
    domain_xml,
    network_seen,
    network_xml,
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

T = TypeVar("T")
HARDWARE: Final = ("vcpus", "memory_mib", "volume", "network")
SHUTDOWN_SECONDS: Final = 60
BYTES_PER_GIB: Final = 2**30
TEST_POOL: Final = "default-pool"  # the only pool that test:///default has
_CONNECTIONS: Final[dict[str, libvirt.virConnect]] = {}
_OPENING: Final = threading.Lock()


class Libvirt:
    """One hypervisor, reached when first used."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def create(self, spec: Spec) -> None:
        with _calling(self._uri):
            match spec:
                case NetworkSpec():
                    _create_network(self._connection, spec)
                case VolumeSpec():
                    _create_volume(self._connection, spec)
                case DomainSpec():
                    _create_domain(self._connection, spec)

    def read(self, kind: Kind, identity: str) -> Properties | None:
        with _calling(self._uri):
            match kind:
                case Kind.NETWORK:
                    return _read_network(self._connection, identity)
                case Kind.VOLUME:
                    return _read_volume(self._connection, identity)
                case Kind.DOMAIN:
                    return _read_domain(self._connection, identity)

    def update(self, spec: Spec) -> None:
        with _calling(self._uri):
            match spec:
                case NetworkSpec():
                    _delete_network(self._connection, spec.identity)
                    _create_network(self._connection, spec)
                case VolumeSpec():
                    _grow_volume(self._connection, spec)
                case DomainSpec():
                    _redefine_domain(self._connection, spec)

    def delete(self, kind: Kind, identity: str) -> None:
        with _calling(self._uri):
            match kind:
                case Kind.NETWORK:
                    _delete_network(self._connection, identity)
                case Kind.VOLUME:
                    _delete_volume(self._connection, identity)
                case Kind.DOMAIN:
                    _delete_domain(self._connection, identity)

    @property
    def _connection(self) -> libvirt.virConnect:
        with _OPENING:  # two threads must not open two connections
            return _open(self._uri)


def _open(uri: str) -> libvirt.virConnect:
    import libvirt

    connection = _CONNECTIONS.get(uri)
    if connection is None or not connection.isAlive():
        libvirt.registerErrorHandler(lambda _context, _error: None, None)  # raised, not printed
        connection = _CONNECTIONS[uri] = libvirt.open(uri)
    return connection


@contextmanager
def _calling(uri: str) -> Iterator[None]:
    """Turns libvirt's faults into ours, naming the hypervisor and the way out."""
    try:
        import libvirt
    except ImportError as err:
        raise MissingComponent(
            f"libvirt for Python is needed to reach {uri}, and it is not installed.",
            field="hypervisor",
            hint="Install libvirt-dev, then pip install 'lumbung[provisioning,libvirt]'.",
        ) from err
    try:
        yield
    except libvirt.libvirtError as err:
        raise HypervisorFailed(
            f"{uri} says: {err.get_error_message() or err}.",
            field="hypervisor",
            hint="See that the host is up, that you may use it, and that names are free.",
        ) from err


def _found(look_up: Callable[[], T], *absent: str) -> T | None:
    """What `look_up` finds; None when libvirt answers with one of the named error codes."""
    import libvirt

    try:
        return look_up()
    except libvirt.libvirtError as err:
        if err.get_error_code() in {getattr(libvirt, code) for code in absent}:
            return None
        raise


def _is_test(connection: libvirt.virConnect) -> bool:
    return str(connection.getType()) == "TEST"


# Networks


def _find_network(connection: libvirt.virConnect, name: str) -> libvirt.virNetwork | None:
    return _found(lambda: connection.networkLookupByName(name), "VIR_ERR_NO_NETWORK")


def _create_network(connection: libvirt.virConnect, spec: NetworkSpec) -> None:
    network = _find_network(connection, spec.name)
    if network is not None:
        _refuse_foreign(network.UUIDString(), Kind.NETWORK, spec.name)
    network = connection.networkDefineXML(network_xml(spec))
    network.setAutostart(1)
    if not network.isActive():
        network.create()


def _read_network(connection: libvirt.virConnect, name: str) -> Properties | None:
    network = _find_network(connection, name)
    return None if network is None else network_seen(network.XMLDesc(0))


def _delete_network(connection: libvirt.virConnect, name: str) -> None:
    network = _find_network(connection, name)
    if network is None:
        return
    if network.isActive():
        network.destroy()
    network.undefine()


# Volumes


def _pool(connection: libvirt.virConnect, name: str) -> libvirt.virStoragePool:
    return connection.storagePoolLookupByName(TEST_POOL if _is_test(connection) else name)


def _find_volume(connection: libvirt.virConnect, identity: str) -> libvirt.virStorageVol | None:
    pool, _, name = identity.partition("/")
    return _found(
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
            hint="Rename it in the plan, or adopt it by import.",
        )


def _image_path(connection: libvirt.virConnect, spec: VolumeSpec) -> str:
    """Where the image lies in the volume's pool; libvirt's test driver holds and needs none."""
    if not spec.image or _is_test(connection):
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
        raise HypervisorFailed(
            f"volume {spec.identity} is gone.", hint="Run refresh, then preview again."
        )
    refuse_shrinking(spec.identity, _size_gib(volume), spec.size_gib)
    size_bytes = spec.size_gib * BYTES_PER_GIB
    if _is_test(connection):  # it can't resize, and holds no data
        volume.delete(0)
        _create_volume(connection, spec)
    elif not _grow_running_disk(connection, spec, size_bytes):
        volume.resize(size_bytes, 0)


def _grow_running_disk(connection: libvirt.virConnect, spec: VolumeSpec, size_bytes: int) -> bool:
    """A disk in use is locked: the machine that runs on it has to do the growing."""
    import libvirt

    for domain in connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
        if domain_seen(domain.XMLDesc(0))["volume"] == spec.identity:
            domain.blockResize("vda", size_bytes, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
            return True
    return False


def _delete_volume(connection: libvirt.virConnect, identity: str) -> None:
    volume = _find_volume(connection, identity)
    if volume is not None:
        volume.delete(0)


# Domains


def _find_domain(connection: libvirt.virConnect, name: str) -> libvirt.virDomain | None:
    return _found(lambda: connection.lookupByName(name), "VIR_ERR_NO_DOMAIN")


def _create_domain(connection: libvirt.virConnect, spec: DomainSpec) -> None:
    domain = _find_domain(connection, spec.name)
    if domain is not None:
        _refuse_foreign(domain.UUIDString(), Kind.DOMAIN, spec.name)
    _redefine_domain(connection, spec)


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
    if _is_test(connection):
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
    domain = _find_domain(connection, name)
    if domain is None:
        return
    if domain.isActive():
        domain.destroy()
    domain.undefine()


def _refuse_foreign(uuid: str, kind: Kind, name: str) -> None:
    """Only what an interrupted run of ours had made may be taken over."""
    if uuid != uuid_of(kind, name):
        raise HypervisorFailed(
            f"{name} exists already and is not ours.",
            field=kind.rpartition(":")[2],
            hint="Rename it in the plan, or adopt it by import.",
        )
