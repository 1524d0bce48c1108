"""The seam to hypervisors: what a driver must do; what a URI may be, the vocabulary says.

A driver makes, reads, changes and removes resources by name. It imports what it needs when it is
first asked for something, so that a preview of new resources needs neither libvirt nor a reachable
host.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final, Protocol

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import InvalidInput, LumbungError, Refused
from provisioning.provider.specs import Kind, Properties, Spec

NOTHING: Final[Properties] = MappingProxyType({})


class HypervisorFailed(LumbungError):
    """A hypervisor can't be reached or refused a call; the reason is its own."""

    code = "hypervisor.failed"


class Driver(Protocol):
    """A hypervisor, real or rehearsed.

    `create` and `update` leave the resource as `spec` says and may be repeated; `create` takes over
    what an interrupted run had made. `before` is what stood when the plan was shown, to tell which
    of several interfaces is meant; where the spec names no network, all stay. `read` returns what
    can be seen, or None when it is gone. `delete` of something gone does nothing. No write touches
    what others made, nor takes a network from under running machines. `names` are the identities of
    all that there is of a kind, whoever made it. `adopt` marks what others made as ours and changes
    nothing else, not even for a moment. `beside` are the GiB of the disks that a machine has beside
    the volume; None without a machine.
    """

    def create(self, spec: Spec) -> None: ...

    def read(self, kind: Kind, identity: str) -> Properties | None: ...

    def update(self, spec: Spec, before: Properties = NOTHING) -> None: ...

    def delete(self, kind: Kind, identity: str) -> None: ...

    def names(self, kind: Kind) -> set[str]: ...

    def adopt(self, spec: Spec) -> None: ...

    def beside(self, machine: str, volume: str) -> int | None: ...


def gone(identity: str) -> HypervisorFailed:
    """What to say of something that is to change and is not there."""
    return HypervisorFailed(
        tell(_("%(identity)s is gone."), identity=identity),
        hint=_("Run refresh, then preview again."),
    )


def refuse_cutting(network: str, machines: Iterable[str]) -> None:
    """Raises: Refused when `machines` run on the network, which would lose it under them."""
    names = ", ".join(sorted(machines))
    if names:
        raise Refused(
            tell(
                _("network %(network)s can't change or go while machines run on it: %(names)s."),
                network=network,
                names=names,
            ),
            field="network",
            hint=_("Stop them first, or plan a new network and move them."),
        )


def refuse_shrinking(identity: str, size_gib: int, wanted_gib: int) -> None:
    """Raises: InvalidInput when the volume would lose what is written at its end."""
    if wanted_gib < size_gib:
        raise InvalidInput(
            tell(
                _(
                    "volume %(identity)s has %(size_gib)s GiB and can't shrink to"
                    " %(wanted_gib)s GiB."
                ),
                identity=identity,
                size_gib=size_gib,
                wanted_gib=wanted_gib,
            ),
            field="size_gib",
            hint=tell(
                _("Plan at least %(size_gib)s GiB, or make a new machine and move the data."),
                size_gib=size_gib,
            ),
        )
