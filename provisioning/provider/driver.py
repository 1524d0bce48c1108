"""The seam to hypervisors: what a driver must do, and what a URI must look like.

A driver makes, reads, changes and removes resources by name. It imports what it needs when it is
first asked for something, so that a preview of new resources needs neither libvirt nor a reachable
host.
"""

from __future__ import annotations

import re
from typing import Protocol
from urllib.parse import urlsplit

from dcim.vocabulary.errors import InvalidInput, LumbungError
from provisioning.provider.specs import Kind, Properties, Spec

REHEARSAL = "rehearsal:"
_REHEARSAL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class HypervisorFailed(LumbungError):
    """A hypervisor can't be reached or refused a call; the reason is its own."""

    code = "hypervisor.failed"


class Driver(Protocol):
    """A hypervisor, real or rehearsed.

    `create` and `update` leave the resource as `spec` says and may be repeated; `create` takes over
    what an interrupted run had made. `read` returns what can be seen, or None when it is gone.
    `delete` of something gone does nothing.
    """

    def create(self, spec: Spec) -> None: ...

    def read(self, kind: Kind, identity: str) -> Properties | None: ...

    def update(self, spec: Spec) -> None: ...

    def delete(self, kind: Kind, identity: str) -> None: ...


def is_rehearsal(uri: str) -> bool:
    """Whether no hypervisor stands behind `uri`, only a file."""
    return uri.startswith(REHEARSAL)


def is_disposable(uri: str) -> bool:
    """Whether nothing real can be hurt behind `uri`: a rehearsal or libvirt's test driver."""
    return is_rehearsal(uri) or uri.startswith("test://")


def check_uri(uri: str) -> None:
    """Raises: InvalidInput when `uri` names no hypervisor or carries a password."""
    if is_rehearsal(uri):
        if not _REHEARSAL_NAME.fullmatch(uri.removeprefix(REHEARSAL)):
            raise InvalidInput(
                f"“{uri}” is not the name of a rehearsal.",
                field="uri",
                hint="Write rehearsal:NAME with letters, digits, - and _.",
            )
        return
    parts = urlsplit(uri)
    if not parts.scheme or "://" not in uri:
        raise InvalidInput(
            f"“{uri}” is not the URI of a hypervisor.",
            field="uri",
            hint="Write one like qemu+ssh://user@host/system, or rehearsal:NAME.",
        )
    if parts.password:
        raise InvalidInput(
            "the URI of the hypervisor carries a password.",
            field="uri",
            hint="Name user and host only; keys belong to the environment of the run.",
        )


def refuse_shrinking(identity: str, size_gib: int, wanted_gib: int) -> None:
    """Raises: InvalidInput when the volume would lose what is written at its end."""
    if wanted_gib < size_gib:
        raise InvalidInput(
            f"volume {identity} has {size_gib} GiB and can't shrink to {wanted_gib} GiB.",
            field="size_gib",
            hint=f"Plan at least {size_gib} GiB, or make a new machine and move the data.",
        )
