"""Filters of prefixes and addresses: inside, around, and by what an address is assigned to."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django import forms
from django.db.models import Q

from api.filters import RecordFilterSet
from api.lookups import AnyOf, HasAny, Known, Values
from dcim.record.devices import Device, Interface
from dcim.record.ipam import sort_key
from dcim.record.machine_parts import VMInterface
from dcim.record.virtualization import VirtualMachine

Network = IPv4Network | IPv6Network


class NetworkField(forms.Field):
    """A network, or an address as the network of itself alone."""

    def clean(self, value: str) -> Network:
        try:
            return ip_network(value.strip(), strict=False)
        except ValueError as err:
            raise forms.ValidationError(
                f"{err}. Write a network or an address, for example 10.64.10.0/24."
            ) from err


def keys_of(network: Network) -> tuple[str, str]:
    """The sort keys of a network's first and last address."""
    return sort_key(network.network_address), sort_key(network.broadcast_address)


class Around(AnyOf):
    """Rows whose keys stand to those of any given network as the parameter says."""

    def __init__(self, way: str) -> None:
        super().__init__(way, Values(NetworkField()))
        self.way = way

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for network in values:
            condition |= self.of_one(network)
        return condition

    def of_one(self, network: Network) -> Q:
        """The condition for one network."""
        first, last = keys_of(network)
        if self.way == "parent":
            return Q(host_key__gte=first, host_key__lte=last)
        if self.way == "contains":
            return Q(first_key__lte=first, last_key__gte=last)
        inside = Q(first_key__gte=first, last_key__lte=last)
        return inside & ~Q(first_key=first, last_key=last) if self.way == "within" else inside


class Host(AnyOf):
    """Addresses as written; without a length, whatever their length is."""

    def __init__(self) -> None:
        super().__init__("address", Values(forms.CharField(required=False)))

    def matches(self, values: list[Any]) -> Q:
        condition = Q(address__in=[text for text in values if text])
        for text in values:
            try:
                condition |= Q(host_key=sort_key(ip_address(text)))
            except ValueError:
                continue  # it has a length, or is no address at all
        return condition


class PrefixFilterSet(RecordFilterSet):
    """Prefixes inside others, and prefixes that hold an address."""

    within = Around("within")
    within_include = Around("within_include")
    contains = Around("contains")


class AddressFilterSet(RecordFilterSet):
    """Addresses inside prefixes, and of devices and machines."""

    address = Host()
    parent = Around("parent")
    device_id = AnyOf("interface__device", Known(Device, "pk"))
    device = AnyOf("interface__device__name", Known(Device, "name"))
    virtual_machine_id = AnyOf("vm_interface__virtual_machine", Known(VirtualMachine, "pk"))
    virtual_machine = AnyOf("vm_interface__virtual_machine__name", Known(VirtualMachine, "name"))
    interface_id = AnyOf("interface", Known(Interface, "pk"))
    vminterface_id = AnyOf("vm_interface", Known(VMInterface, "pk"))
    assigned_to_interface = HasAny("interface", "vm_interface")
