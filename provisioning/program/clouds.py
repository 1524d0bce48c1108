"""What the drivers of clouds share: their packages, credentials, and what a guest is told at birth.

Credentials come from the environment, where the provider's own process reads them, or from the
stack's secret configuration, which Pulumi encrypts. A plan, an address and a log never hold one.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Interface, IPv6Interface, ip_interface, ip_network
from types import ModuleType
from typing import TypeAlias

import pulumi

from dcim.planning.document import Change, Network, PlannedVM
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import InvalidInput, MissingComponent, Refused
from provisioning.program.order import Order

Address: TypeAlias = IPv4Interface | IPv6Interface


def package(extra: str, load: Callable[[], ModuleType]) -> ModuleType:
    """Pulumi's package for a cloud, which `load` imports.

    Raises: MissingComponent, naming the extra that brings it.
    """
    try:
        with warnings.catch_warnings():  # the packages import old names of their own
            warnings.simplefilter("ignore", DeprecationWarning)
            return load()
    except ImportError as err:
        raise MissingComponent(
            tell(
                _("building on %(extra)s needs the package %(package)s."),
                extra=extra,
                package=err.name,
            ),
            field="driver",
            hint=tell(_("Run pip install 'lumbung[provisioning,%(extra)s]'."), extra=extra),
        ) from err


def secret_config(
    namespace: str, fields: Mapping[str, str], variables: Sequence[Sequence[str]]
) -> dict[str, pulumi.Output[str]]:
    """What the stack's configuration states of `fields` (argument: key), every value a secret.

    Args: `variables` are sets of environment variables, of which one whole set is enough: the
    provider's process reads them by itself.

    Raises: InvalidInput when neither holds credentials.
    """
    config = pulumi.Config(namespace)
    stated = {name: config.get_secret(key) for name, key in fields.items()}
    found = {name: value for name, value in stated.items() if value is not None}
    if not found and not any(all(os.environ.get(one) for one in each) for each in variables):
        ways = ", or ".join(" with ".join(each) for each in variables)
        raise InvalidInput(
            _("no credentials were given for it."),
            field=namespace,
            hint=tell(_("Set %(ways)s in the environment of the run."), ways=ways),
        )
    return found


def refuse_unknown(order: Order, *kinds: str) -> None:
    """Refuses machines that run already and of which the stack lacks a resource of the `kinds`.

    Nothing is looked for on a cloud, as it is on libvirt: they would be made a second time.

    Raises: Refused, naming them.
    """
    known = order.standing.urns
    kept = sorted(vm.name for vm in order.target.vms if vm.change is Change.KEEP)
    unknown = [name for name in kept if any((kind, name) not in known for kind in kinds)]
    if unknown:
        raise Refused(
            tell(
                _(
                    "the plan keeps %(names)s, which the stack does not know: it would make"
                    " what runs already a second time."
                ),
                names=", ".join(unknown),
            ),
            field="vms",
            hint=tell(
                _("Take each into the stack first: %(commands)s."),
                commands="; ".join(
                    f"pulumi import {kind} NAME ID --protect=false" for kind in kinds
                ),
            ),
        )


def user_data(vm: PlannedVM, keys: Sequence[str]) -> pulumi.Output[str]:
    """What cloud-init in the guest is told at its first start; a secret, as users add secrets."""
    told = {"hostname": host_name(vm.name), "ssh_authorized_keys": [*keys]}
    told = {name: value for name, value in told.items() if value}
    return pulumi.Output.secret(f"#cloud-config\n{json.dumps(told, sort_keys=True)}\n")


def host_name(name: str) -> str:
    """`name` as a host name."""
    return name.replace("_", "-")


def address_in(vm: PlannedVM, network: Network) -> Address | None:
    """The machine's first address in the range of its network, or of all where that has none.

    The first by number, as the record has it: a document has them in the order of their text.
    """
    cidr = None if network.cidr is None else ip_network(network.cidr)
    addresses = sorted(map(ip_interface, vm.addresses), key=lambda one: (one.version, int(one.ip)))
    return next((one for one in addresses if cidr is None or one.ip in cidr), None)
