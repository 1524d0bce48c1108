"""What the address of a hypervisor may look like, in the record, in plans and for the provider.

libvirt takes far more than we allow: some transports and parameters name a command to run here, a
key to use or a check to leave out. Only what is listed passes. No refusal repeats the address, as
it may hold a password.
"""

from __future__ import annotations

import re
from typing import Final

from dcim.vocabulary.errors import InvalidInput

REHEARSAL: Final = "rehearsal:"
PARAMETERS: Final = ("mode", "no_tty", "socket")

_REHEARSAL_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_PASSWORD: Final = re.compile(r"[^/]*//[^/?#]*:[^/?#]*@.*", re.DOTALL)
_ADDRESS: Final = re.compile(
    r"(?P<driver>[a-z]+)(?:\+(?P<transport>[a-z0-9]+))?://"
    r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?"
    r"(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])?(?::[0-9]{1,5})?"
    r"/[A-Za-z0-9_./-]*"
    r"(?:\?(?P<parameters>.*))?"
)
_DRIVERS: Final = frozenset({"qemu", "test"})
_TRANSPORTS: Final = frozenset({None, "ssh", "tls", "tcp", "unix"})
_PARAMETER: Final = re.compile(rf"(?:{'|'.join(PARAMETERS)})=[A-Za-z0-9_./-]*")


def _(text: str) -> str:
    """Mark `text` for the translators; forms translate it when they show it."""
    return text


def check_hypervisor_uri(uri: str) -> None:
    """Raises: InvalidInput when `uri` names no hypervisor that we talk to, or says too much."""
    if uri.startswith(REHEARSAL):
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
    if address["driver"] not in _DRIVERS or address["transport"] not in _TRANSPORTS:
        raise _refusal(
            _("The address of a hypervisor begins with a way that is not allowed."),
            _("Use qemu, qemu+ssh, qemu+tls, qemu+tcp, qemu+unix, test or rehearsal:NAME."),
        )
    if not _are_known(address["parameters"] or ""):
        raise _refusal(
            _("The address of a hypervisor has a parameter that is not allowed."),
            _("Allowed are mode, no_tty and socket."),
        )


def _are_known(parameters: str) -> bool:
    return all(_PARAMETER.fullmatch(one) for one in parameters.split("&") if one)


def _refusal(reason: str, hint: str) -> InvalidInput:
    return InvalidInput(reason, field="uri", hint=hint)
