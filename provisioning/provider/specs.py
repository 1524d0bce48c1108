"""What a hypervisor is asked for: networks, volumes and domains as frozen data, and as properties.

The words are libvirt's. A resource is known by its kind and identity, and identities are names, so
that a run that was killed finds again what it had made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
Properties = Mapping[str, Plain]


class Kind(StrEnum):
    """Kinds of resource, by their Pulumi type token."""

    NETWORK = "lumbung:index:Network"
    VOLUME = "lumbung:index:Volume"
    DOMAIN = "lumbung:index:Domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSpec:
    """A network: `mode` isolated, nat or bridge, `cidr` its range, `vlan` the tag on a bridge.

    An empty `mode` is isolated where the network is made, and what it is where it stands.
    """

    name: str
    mode: str = "isolated"
    cidr: str | None = None
    vlan: int | None = None

    @property
    def identity(self) -> str:
        """The network's name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSpec:
    """A disk in a storage pool, grown from `image` where one is named.

    `size_gib` is what all disks of its machine take: drivers are told that of the disk alone.
    """

    name: str
    size_gib: int
    pool: str = "default"
    image: str = ""

    @property
    def identity(self) -> str:
        """Pool and name: POOL/NAME."""
        return f"{self.pool}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSpec:
    """A virtual machine on the volume POOL/NAME; tags and `addresses` are kept as its metadata.

    With what stands there too (`gateway`, `name_servers`, public `ssh_keys`), it tells a new guest
    who it is. The guest reads that when it first starts; later changes reach it by other ways.
    """

    name: str
    vcpus: int
    memory_mib: int
    volume: str
    network: str | None = None
    addresses: tuple[str, ...] = ()
    app: str = ""
    owner: str = ""
    allocation: str = ""
    gateway: str = ""
    name_servers: tuple[str, ...] = ()
    ssh_keys: tuple[str, ...] = ()
    running: bool = True

    @property
    def identity(self) -> str:
        """The domain's name."""
        return self.name


Spec = NetworkSpec | VolumeSpec | DomainSpec

SPECS: Final[Mapping[Kind, type[Spec]]] = {
    Kind.NETWORK: NetworkSpec,
    Kind.VOLUME: VolumeSpec,
    Kind.DOMAIN: DomainSpec,
}
BRIDGE: Final = "bridge"
ISOLATED: Final = "isolated"

OBSERVED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.NETWORK: ("cidrs",),
    Kind.VOLUME: ("beside_gib",),
    Kind.DOMAIN: ("vcpus_max", "memory_max_mib", "networks", "disks"),
}
"""What a hypervisor tells besides what it is asked for: up to where a machine grows as it runs, and
what of a volume's size are other disks of its machine. Also, where there are several, all networks
and disks of a machine, all ranges of a network."""

AMONG: Final[Mapping[str, str]] = {"network": "networks", "volume": "disks", "cidr": "cidrs"}
"""What a plan names one of and there may be several of; and where all of them are told."""

LEFT_ALONE: Final = frozenset({"network", "mode", "cidr"})
"""What stays as it is where a plan says nothing of it."""

KINDS: Final[Mapping[type[Spec], Kind]] = {spec: kind for kind, spec in SPECS.items()}


def kind_of(spec: Spec) -> Kind:
    """The kind of resource that `spec` asks for."""
    return KINDS[type(spec)]


def properties_of(spec: Spec) -> dict[str, Plain]:
    """`spec` as properties of a Pulumi resource: every field, lists instead of tuples."""
    members = asdict(spec)
    return {name: list(one) if isinstance(one, tuple) else one for name, one in members.items()}


def meant(seen: Properties, name: str, wanted: Plain) -> Plain:
    """What was seen of the field: of several the `wanted` one, where it is among them."""
    among = seen.get(AMONG.get(name, ""))
    return wanted if isinstance(among, list) and wanted in among else seen.get(name)


def differs(seen: Properties, name: str, wanted: Plain) -> bool:
    """Whether the field is to become another; unsaid and empty are the same."""
    if not wanted and name in LEFT_ALONE:
        return False
    return (meant(seen, name, wanted) or None) != (wanted or None)


def spec_of(kind: Kind, properties: Properties) -> Spec:
    """The spec that checked `properties` stand for; fields left out take their defaults."""
    make = SPECS[kind]
    names = make.__dataclass_fields__.keys() & properties.keys()
    members = {name: _field(properties[name]) for name in names}
    return make(**members)  # type: ignore[arg-type]  # check() has seen the types


def _field(value: Plain) -> object:
    return tuple(value) if isinstance(value, list) else value
