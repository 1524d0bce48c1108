"""Networks and addresses of a target.

Addresses are judged only of machines that the plan makes. Ranges that overlap are refused only
where one of them is new, that is, no machine that stands is on it: the record nests ranges within
ranges, and what stands blocks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import (
    IPv4Interface,
    IPv4Network,
    IPv6Interface,
    IPv6Network,
    ip_interface,
    ip_network,
)
from itertools import combinations
from typing import TypeAlias

from dcim.planning.document import Network, PlannedVM, Target
from dcim.planning.document_rules.violation import Violation, created, repeated
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.naming import (
    NAME_WAY_OUT,
    RANGE_WAY_OUT,
    is_allowed_name,
    is_allowed_range,
)

Range: TypeAlias = IPv4Network | IPv6Network


def networks_known(target: Target) -> Iterator[Violation]:
    """The network of each machine is one of the target's."""
    known = {network.name for network in target.networks}
    for vm in target.vms:
        if vm.network is not None and vm.network not in known:
            yield Violation(
                "network.unknown",
                target.name,
                tell(_("vm %(name)s"), name=vm.name),
                tell(
                    _("its network “%(network)s” is not one of the target's."), network=vm.network
                ),
                tell(_("Known: %(names)s."), names=", ".join(sorted(known)) or "–"),
            )


def networks_right(target: Target) -> Iterator[Violation]:
    """Names and ranges of networks are such as hypervisors take."""
    for name in repeated(network.name for network in target.networks):
        yield Violation(
            "network.name_unique",
            target.name,
            tell(_("network %(name)s"), name=name),
            _("stands twice."),
            _("Rename one."),
        )
    for network in target.networks:
        subject = tell(_("network %(name)s"), name=network.name)
        if not is_allowed_name(network.name):
            reason: str = _("hypervisors refuse such a name.")
            yield Violation("network.name_allowed", target.name, subject, reason, NAME_WAY_OUT)
        if network.cidr is not None and not is_allowed_range(network.cidr):
            reason = tell(
                _("“%(range)s” is not a range of addresses for machines."), range=network.cidr
            )
            yield Violation("network.range_valid", target.name, subject, reason, RANGE_WAY_OUT)


def addresses_right(target: Target) -> Iterator[Violation]:
    """New machines have addresses, and one of them in their own network."""
    ranges = {network.name: _range_of(network) for network in target.networks}
    for vm in created(target):
        for rule, reason in _address_faults(vm, ranges.get(vm.network or "")):
            yield Violation(
                rule,
                target.name,
                tell(_("vm %(name)s"), name=vm.name),
                reason,
                _("Write an address of its network with the prefix, like 10.64.10.12/24."),
            )


def _address_faults(vm: PlannedVM, within: Range | None) -> Iterator[tuple[str, str]]:
    """A machine may have addresses in other networks too, but has one in its own."""
    read = {text: _address_of(text) for text in vm.addresses}
    for text, address in read.items():
        if address is None:
            yield (
                "address.valid",
                tell(_("its address %(address)s is not an address."), address=text),
            )
    known = [one for one in read.values() if one and within and one.version == within.version]
    if known and within and not any(one.ip in within for one in known):
        texts = ", ".join(str(one) for one in known)
        yield (
            "address.outside_network",
            tell(_("its address %(address)s lies outside %(range)s."), address=texts, range=within),
        )


def addresses_free(target: Target) -> Iterator[Violation]:
    """No new machine gets an address that another has."""
    new = {ip for vm in created(target) for ip in _ips_of(vm)}
    for ip in repeated(ip for vm in target.vms for ip in _ips_of(vm)):
        if ip in new:
            yield Violation(
                "address.taken",
                target.name,
                tell(_("address %(address)s"), address=ip),
                _("is given to more than one machine."),
                _("Give each machine its own."),
            )


def _ips_of(vm: PlannedVM) -> set[str]:
    return {str(one.ip) for one in map(_address_of, vm.addresses) if one is not None}


def _address_of(text: str) -> IPv4Interface | IPv6Interface | None:
    try:
        return ip_interface(text)
    except ValueError:
        return None


def _range_of(network: Network) -> Range | None:
    try:
        return ip_network(network.cidr) if network.cidr else None
    except ValueError:
        return None


def new_ranges_apart(target: Target) -> Iterator[Violation]:
    """A network that the plan makes shares no address with another of the target."""
    stands = {network.name for network in _standing(target)}
    ranges = [(one.name, within) for one in target.networks if (within := _range_of(one))]
    for (name, within), (other, beside) in combinations(ranges, 2):
        if {name, other} <= stands or within.version != beside.version:
            continue
        if within.overlaps(beside):
            new, old = (other, name) if name in stands else (name, other)
            yield Violation(
                "network.overlaps",
                target.name,
                tell(_("network %(name)s"), name=new),
                tell(
                    _("is new, and its range overlaps that of %(old)s: %(range)s and %(beside)s."),
                    old=old,
                    range=within,
                    beside=beside,
                ),
                tell(_("Give it a range of its own, or put its machines on %(old)s."), old=old),
            )


def _standing(target: Target) -> Iterator[Network]:
    """The networks that some machine is on which stands, by its network or by an address."""
    named = {vm.network for vm in target.standing}
    addresses = [one for vm in target.standing for one in map(_address_of, vm.addresses) if one]
    for network in target.networks:
        within = _range_of(network)
        if network.name in named or (within and any(one.ip in within for one in addresses)):
            yield network
