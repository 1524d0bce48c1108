"""The networks of pools: the record ties none to them, their machines' addresses do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import Final, TypeAlias

from dcim.planning import estate
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.vocabulary.choices_networks import IpAddressRole, PrefixStatus
from dcim.vocabulary.naming import allowed_names, is_allowed_range, slug

# Addresses that several machines answer at; none of them is configured with one as its own.
SHARED_ROLES: Final = frozenset(IpAddressRole) - {IpAddressRole.LOOPBACK, IpAddressRole.SECONDARY}
LAST: Final = (True, True, 2**63)
IPNetwork: TypeAlias = IPv4Network | IPv6Network


class Unconnected:
    """Stands in for networks that nobody asks for."""

    def __init__(self) -> None:
        self.addresses: Mapping[int, list[str]] = defaultdict(list)

    def attach(self, snapshot: estate.Snapshot) -> estate.Snapshot:
        """`snapshot` as it is."""
        return snapshot


class Networks:
    """Recorded prefixes and addresses, and which of them a pool's machines are on.

    The record ties no prefix to a pool, so a pool's networks are those its machines have addresses
    in: the narrowest prefix around each address.
    """

    def __init__(self) -> None:
        self.addresses: dict[int, list[str]] = defaultdict(list)
        self.main: dict[int, tuple[tuple[bool, bool, int], str]] = {}
        self.taken: dict[IPNetwork, list[str]] = defaultdict(list)
        prefixes = Prefix.objects.exclude(status=PrefixStatus.CONTAINER.value)
        self.by_range = {
            ip_network(one.prefix): one
            for one in prefixes.select_related("vlan")
            if is_allowed_range(one.prefix)
        }
        self.shared = Counter(one.vlan_id for one in self.by_range.values())
        self.lengths = sorted({one.prefixlen for one in self.by_range}, reverse=True)
        addresses = IPAddress.objects.order_by("host_key", "pk")
        machine = "vm_interface__virtual_machine"
        recorded = addresses.values_list(
            f"{machine}_id", "address", "role", "pk", "vm_interface_id",
            f"{machine}__primary_ip4_id", f"{machine}__primary_ip6_id",
        )  # fmt: skip
        for vm_id, text, role, pk, port, primary4, primary6 in recorded:
            if vm_id and role not in SHARED_ROLES:
                self.addresses[vm_id].append(text)
                rank = (pk != primary4, pk != primary6, port)
                if self._around(text) and rank < self.main.get(vm_id, (LAST, ""))[0]:
                    self.main[vm_id] = rank, text
            elif (found := self._around(text)) is not None:
                self.taken[found].append(text)

    def attach(self, snapshot: estate.Snapshot) -> estate.Snapshot:
        """`snapshot` with the networks of its pools, and each machine's."""
        homes = snapshot.homes()
        found = [(vm, self._ranges(vm.addresses)) for vm in snapshot.vms]
        ranges: dict[str, set[IPNetwork]] = defaultdict(set)
        for vm, around in found:
            if around:
                ranges[homes.get(vm, "")].update(around)
        names = {pool: self._names(members) for pool, members in ranges.items()}
        return replace(
            snapshot,
            vms=tuple(
                replace(vm, network=names[homes.get(vm, "")][self._main(vm, around)])
                if around
                else vm
                for vm, around in found
            ),
            clusters=tuple(
                replace(one, networks=self._of(names.get(one.ref, {}))) for one in snapshot.clusters
            ),
            allocations=tuple(
                replace(one, networks=self._of(names.get(one.ref, {})))
                for one in snapshot.allocations
            ),
        )

    def _main(self, vm: estate.VM, around: list[IPNetwork]) -> IPNetwork:
        """The range of its primary address, else of its first interface's lowest."""
        _rank, text = self.main.get(int(vm.id), (LAST, vm.addresses[0]))
        return self._around(text) or around[0]

    def _ranges(self, addresses: Iterable[str]) -> list[IPNetwork]:
        return [one for one in map(self._around, addresses) if one is not None]

    def _around(self, address: str) -> IPNetwork | None:
        ip = ip_interface(address).ip
        for length in self.lengths:
            if length <= ip.max_prefixlen:
                around = ip_network((ip, length), strict=False)
                if around in self.by_range:
                    return around
        return None

    def _names(self, ranges: Iterable[IPNetwork]) -> dict[IPNetwork, str]:
        """A name for each of a pool's ranges, no two alike; the one recorded first keeps its."""
        ordered = sorted(ranges, key=lambda one: self.by_range[one].pk)
        return dict(zip(ordered, allowed_names(map(self._name, ordered)), strict=True))

    def _of(self, names: Mapping[IPNetwork, str]) -> tuple[estate.PoolNetwork, ...]:
        return tuple(
            estate.PoolNetwork(
                name=name,
                cidr=str(one),
                vlan=vlan.vid if (vlan := self.by_range[one].vlan) else None,
                taken=tuple(dict.fromkeys(self.taken[one])),
            )
            for one, name in sorted(names.items(), key=lambda item: str(item[0]))
        )

    def _name(self, of: IPNetwork) -> str:
        """The VLAN's name; the range's where there is none, or where it shares the VLAN."""
        vlan = self.by_range[of].vlan
        if vlan is None or self.shared[vlan.pk] > 1:
            return slug(f"net {of}")
        return slug(vlan.name) or slug(f"net {of}")
