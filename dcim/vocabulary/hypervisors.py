"""What the address of a hypervisor may look like, in the record, in plans and for the provider.

libvirt takes far more than we allow: some transports and parameters name a command to run here, a
key to use or a check to leave out. Only what is listed passes. No refusal repeats the address, as
it may hold a password. How an address begins says which driver builds on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from dcim.vocabulary.errors import InvalidInput

REHEARSAL: Final = "rehearsal:"
LIBVIRT: Final = "libvirt"
PARAMETERS: Final = ("mode", "no_tty", "socket")

_REHEARSAL_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_PASSWORD: Final = re.compile(r"[^/]*//[^/?#]*:[^/?#]*@.*", re.DOTALL)
_ADDRESS: Final = re.compile(
    r"(?P<driver>[a-z]+)(?:\+(?P<transport>[a-z0-9]+))?://"
    r"(?P<user>[A-Za-z0-9_][A-Za-z0-9_.-]*@)?"
    r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])?(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[A-Za-z0-9_./-]*)"
    r"(?:\?(?P<parameters>.*))?"
)
_VALUE: Final = re.compile(r"[A-Za-z0-9_./-]*")
_PORTS: Final = {"tls": "16514", "tcp": "16509"}
"""What libvirt means where no port is named. Of ssh the settings of whoever connects say it."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How addresses that begin alike go on; `needs_host` where there is none on this machine."""

    driver: str
    transports: frozenset[str | None]
    parameters: tuple[str, ...]
    needs_host: bool = False


_LIBVIRT: Final = _Way(LIBVIRT, frozenset({None, "ssh", "tls", "tcp", "unix"}), PARAMETERS)
_ALONE: Final = frozenset({None})
_WAYS: Final[Mapping[str, _Way]] = {
    "qemu": _LIBVIRT,
    "test": _LIBVIRT,
    "proxmox": _Way("proxmox", _ALONE, ("bridge", "datastore", "images"), needs_host=True),
    "openstack": _Way(
        "openstack",
        _ALONE,
        ("external", "flavor_disk", "networks", "region"),
        needs_host=True,
    ),
}


@dataclass(frozen=True, slots=True)
class CloudAddress:
    """The parts of the address of a Proxmox VE or an OpenStack: where its API is, and choices."""

    host: str
    path: str
    parameters: Mapping[str, str]

    @property
    def endpoint(self) -> str:
        """Where the API answers, by TLS: of an OpenStack its Keystone, of a Proxmox VE any node."""
        return f"https://{self.host}/{self.path}"


def _(text: str) -> str:
    """Mark `text` for the translators; forms translate it when they show it."""
    return text


def is_rehearsal(uri: str) -> bool:
    """Whether no hypervisor stands behind `uri`, only a file."""
    return uri.startswith(REHEARSAL)


def is_disposable(uri: str) -> bool:
    """Whether nothing real can be hurt behind `uri`: a rehearsal or libvirt's test driver."""
    return is_rehearsal(uri) or uri.startswith("test://")


def check_hypervisor_uri(uri: str) -> None:
    """Raises: InvalidInput when `uri` names no hypervisor that we talk to, or says too much."""
    if is_rehearsal(uri):
        if not _REHEARSAL_NAME.fullmatch(uri.removeprefix(REHEARSAL)):
            raise _refusal(
                _("This is not the name of a rehearsal."),
                _("Write rehearsal:NAME with letters, digits, - and _."),
            )
        return
    if _PASSWORD.fullmatch(uri):
        raise _refusal(
            _("The address of a hypervisor carries a password."),
            _("Name user and host only; keys belong to the environment of the run."),
        )
    address = _ADDRESS.fullmatch(uri)
    if address is None:
        raise _refusal(
            _("This is not the address of a hypervisor."),
            _("Write one like qemu+ssh://user@host/system, or rehearsal:NAME."),
        )
    way = _WAYS.get(address["driver"])
    if way is None or address["transport"] not in way.transports:
        raise _refusal(
            _("The address of a hypervisor begins with a way that is not allowed."),
            _(
                "Use qemu, qemu+ssh, qemu+tls, qemu+tcp, qemu+unix, test, proxmox, openstack or"
                " rehearsal:NAME."
            ),
        )
    if way.needs_host and (not address["host"] or address["user"]):
        raise _refusal(
            _("The address of this cloud needs a host, and takes no user."),
            _("Write one like proxmox://host:8006/node or openstack://host/v3."),
        )
    if not _are_known(address["parameters"] or "", way):
        raise _refusal(
            _("The address of a hypervisor has a parameter that is not allowed."),
            _("The page on settings lists those of each driver."),
        )


def driver_of(uri: str) -> str:
    """The driver that builds on the right address `uri`; rehearsals are libvirt's.

    >>> driver_of("rehearsal:pdr"), driver_of("qemu+ssh://h/system"), driver_of("proxmox://h/n1")
    ('libvirt', 'libvirt', 'proxmox')
    """
    way = _WAYS.get(re.split(r"[+:]", uri, maxsplit=1)[0])
    return LIBVIRT if way is None else way.driver


def is_same_hypervisor(one: str, other: str) -> bool:
    """Whether two addresses name the same hypervisor, spelled alike or not.

    >>> is_same_hypervisor("qemu+ssh://root@KVM-1/system/", "qemu+ssh://kvm-1/system?no_tty=1")
    True
    >>> is_same_hypervisor("qemu+ssh://kvm-1/system", "qemu+ssh://kvm-1:2222/system")
    False
    """
    return one == other or normal_uri(one) == normal_uri(other)


@lru_cache(maxsize=4096)
def normal_uri(uri: str) -> str:
    """`uri` of libvirt without what can't matter to which hypervisor it names; any other as it is.

    Notes: that is the case of the host, a slash at the end, the transport and the port that libvirt
        means where none is named, and how one connects (`mode`, `no_tty`). `/system` is one for all
        users of a host, `/session` is each user's own. Nothing is looked up: a host by two names
        counts as two, and so does one by ssh and by TLS, for ssh may have names of its own for it.
    """
    address = None if is_rehearsal(uri) else _ADDRESS.fullmatch(uri)
    if address is None or _WAYS.get(address["driver"]) is not _LIBVIRT:
        return uri
    host, path = (address["host"] or "").lower(), address["path"].rstrip("/")
    transport = address["transport"] or ("tls" if host else "unix")
    port = (address["port"] or "").lstrip("0") or _PORTS.get(transport, "")
    user = "" if path == "/system" else address["user"] or ""
    named = (address["parameters"] or "").split("&")
    socket = "&".join(one for one in named if one.startswith("socket=") and one != "socket=")
    place = f"{user}{host}{f':{port}' if port else ''}"
    return f"{address['driver']}+{transport}://{place}{path}{f'?{socket}' if socket else ''}"


def cloud_address(uri: str) -> CloudAddress:
    """The parts of `uri`, an address that passed the check.

    >>> cloud_address("proxmox://pve.paser.go.id:8006/pve1?datastore=ceph")
    CloudAddress(host='pve.paser.go.id:8006', path='pve1', parameters={'datastore': 'ceph'})
    """
    parts = urlsplit(uri)
    return CloudAddress(parts.netloc, parts.path.strip("/"), dict(parse_qsl(parts.query)))


def _are_known(parameters: str, way: _Way) -> bool:
    pairs = [one.partition("=") for one in parameters.split("&") if one]
    return all(
        name in way.parameters and equals and _VALUE.fullmatch(value)
        for name, equals, value in pairs
    )


def _refusal(reason: str, hint: str) -> InvalidInput:
    return InvalidInput(reason, field="uri", hint=hint)
