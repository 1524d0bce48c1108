"""The driver for libvirt: networks, volumes and domains on any hypervisor that libvirt speaks to.

libvirt-python is imported when a hypervisor is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioning.provider.driver import NOTHING
from provisioning.provider.on_libvirt import domains, networks, volumes
from provisioning.provider.on_libvirt.beside import beside_gib
from provisioning.provider.on_libvirt.connection import asked, calling, open_connection
from provisioning.provider.specs import DomainSpec, Kind, NetworkSpec, Properties, Spec, VolumeSpec

if TYPE_CHECKING:
    import libvirt


class Libvirt:
    """One hypervisor, reached when first used."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def create(self, spec: Spec) -> None:
        with calling(self._uri):
            match spec:
                case NetworkSpec():
                    networks.create(self._connection, spec)
                case VolumeSpec():
                    volumes.create(self._connection, spec)
                case DomainSpec():
                    domains.create(self._connection, spec, self._uri)

    def read(self, kind: Kind, identity: str) -> Properties | None:
        read = {Kind.NETWORK: networks.read, Kind.VOLUME: volumes.read, Kind.DOMAIN: domains.read}
        with calling(self._uri):
            return asked(self._uri, lambda connection: read[kind](connection, identity))

    def update(self, spec: Spec, before: Properties = NOTHING) -> None:
        with calling(self._uri):
            match spec:
                case NetworkSpec():
                    networks.update(self._connection, spec)
                case VolumeSpec():
                    volumes.grow(self._connection, spec)
                case DomainSpec():
                    domains.update(self._connection, spec, before)

    def delete(self, kind: Kind, identity: str) -> None:
        delete = {
            Kind.NETWORK: networks.delete,
            Kind.VOLUME: volumes.delete,
            Kind.DOMAIN: domains.delete,
        }
        with calling(self._uri):
            delete[kind](self._connection, identity)

    def names(self, kind: Kind) -> set[str]:
        names = {
            Kind.NETWORK: networks.names,
            Kind.VOLUME: volumes.names,
            Kind.DOMAIN: domains.names,
        }
        with calling(self._uri):
            return asked(self._uri, names[kind])

    def adopt(self, spec: Spec) -> None:
        with calling(self._uri):
            match spec:
                case NetworkSpec():
                    networks.adopt(self._connection, spec.name)
                case VolumeSpec():
                    pass  # a disk carries no mark: it is whose the machine is
                case DomainSpec():
                    domains.adopt(self._connection, spec)

    def beside(self, machine: str, volume: str) -> int | None:
        with calling(self._uri):
            return asked(self._uri, lambda connection: beside_gib(connection, machine, volume))

    @property
    def _connection(self) -> libvirt.virConnect:
        return open_connection(self._uri)
