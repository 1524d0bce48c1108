"""Filters of prefixes and addresses: inside, around, and by what an address is assigned to."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any, Final

from django import forms
from django.db.models import Q

from api.queries.filters import RecordFilterSet, seen_along
from api.queries.lookups import AnyOf, Below, HasAny, Known, Values, whole_number
from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import VRF, Network, ends_of, sort_key
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import Cluster, ClusterGroup, VirtualMachine
from dcim.record.networks.vlans import VLANGroup
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Region, Site, SiteGroup
from dcim.record.tree import TreeRecord

LONGEST: Final = 128


class NetworkField(forms.Field):
    """A network, or an address as the network of itself alone."""

    def clean(self, value: str) -> Network:
        try:
            return ip_network(value.strip(), strict=False)
        except ValueError as err:
            raise forms.ValidationError(
                f"{err}. Write a network or an address, for example 10.64.10.0/24."
            ) from err


class Around(AnyOf):
    """Rows whose keys stand to those of any given network as the parameter says."""

    def __init__(self, way: str) -> None:
        super().__init__(way, Values(NetworkField()))
        self.way = way

    def matches(self, values: list[Any]) -> Q:
        condition = Q()
        for network in values:
            condition |= Q(pk__in=()) if network is None else self.of_one(network)
        return condition

    def of_one(self, network: Network) -> Q:
        """The condition for one network."""
        first, last = ends_of(network)
        if self.way == "parent":
            return Q(host_key__gte=first, host_key__lte=last)
        if self.way == "prefix":
            return Q(first_key=first, last_key=last)
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


class Length(AnyOf):
    """Prefixes or addresses by the length behind the slash.

    Args:
        name: The field that is written with a length.
        way: "" for exactly that length, "gte" for at least, "lte" for at most.
    """

    def __init__(self, name: str, way: str = "") -> None:
        super().__init__(name, Values(forms.IntegerField(min_value=0, max_value=LONGEST)))
        self.way = way

    def matches(self, values: list[Any]) -> Q:
        wanted = {length for value in values if value is not None for length in self.lengths(value)}
        condition = Q(pk__in=())
        for length in sorted(wanted):
            condition |= Q(**{f"{self.field_name}__endswith": f"/{length}"})
        return condition

    def lengths(self, value: int) -> range:
        """The lengths that one value stands for."""
        first = 0 if self.way == "lte" else value
        return range(first, (LONGEST if self.way == "gte" else value) + 1)


class Ways(AnyOf):
    """Rows that any of several look-ups of one parameter finds; unset is what none finds."""

    def __init__(self, *ways: AnyOf, exclude: bool = False) -> None:
        super().__init__(ways[0].field_name, ways[0].form_field, exclude=exclude)
        self.ways = ways
        self.reader: Any = None

    @property
    def paths(self) -> tuple[str, ...]:
        return ()  # each way is looked along by itself

    def seen_by(self, reader: Any) -> None:
        super().seen_by(reader)
        self.reader = reader

    def matches(self, values: list[Any]) -> Q:
        stated = [one for one in values if one is not None]
        condition, unset = Q(pk__in=()), Q()
        for way in self.ways:
            condition |= self._seen(way, way.matches(stated)) if stated else Q(pk__in=())
            unset &= way.is_unset()
        return condition | unset if None in values else condition

    def _seen(self, way: AnyOf, matches: Q) -> Q:
        every = self.model._default_manager.order_by()
        rows = seen_along(every, way.field_name, self.reader)
        return matches if rows is every else matches & Q(pk__in=rows.values("pk"))


PATHS_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "region": ("region", "site__region", "location__site__region"),
    "site_group": ("site_group", "site__group", "location__site__group"),
    "site": ("site", "location__site"),
    "location": ("location",),
}
TREES: Final[Mapping[str, type[TreeRecord]]] = {
    "region": Region,
    "site_group": SiteGroup,
    "location": Location,
}


def in_scope(name: str, key: str = "pk", *, exclude: bool = False) -> Ways:
    """The filter by a kind of place: what is scoped to it, to a part of it, or to what it holds."""
    return Ways(*(in_place(path, name, key) for path in PATHS_TO[name]), exclude=exclude)


def in_place(path: str, name: str, key: str) -> AnyOf:
    """The look-up for what `path` leads to a place from."""
    if name == "site":
        return AnyOf(path if key == "pk" else f"{path}__{key}", Known(Site, key))
    return Below(path, TREES[name], key)


class ScopedFilterSet(RecordFilterSet):
    """What belongs to a region, site group, site or location, or to a part of it."""

    region_id = in_scope("region")
    region = in_scope("region", "slug")
    region_id__n = in_scope("region", exclude=True)
    region__n = in_scope("region", "slug", exclude=True)
    site_group_id = in_scope("site_group")
    site_group = in_scope("site_group", "slug")
    site_group_id__n = in_scope("site_group", exclude=True)
    site_group__n = in_scope("site_group", "slug", exclude=True)
    site_id = in_scope("site")
    site = in_scope("site", "slug")
    site_id__n = in_scope("site", exclude=True)
    site__n = in_scope("site", "slug", exclude=True)
    location_id = in_scope("location")
    location = in_scope("location", "slug")
    location_id__n = in_scope("location", exclude=True)
    location__n = in_scope("location", "slug", exclude=True)


class InRanges(AnyOf):
    """VLAN groups whose ranges hold a number."""

    def __init__(self) -> None:
        super().__init__("vid_ranges", Values(whole_number()))

    def matches(self, values: list[Any]) -> Q:
        asked = [vid for vid in values if vid is not None]
        groups = VLANGroup.objects.only("vid_ranges")
        return Q(pk__in=[one.pk for one in groups if any(map(one.holds, asked))])


class VlanGroupFilterSet(ScopedFilterSet):
    """VLAN groups by the numbers that they may give out."""

    contains_vid = InRanges()
    rack = AnyOf("rack", Known(Rack, "pk"))
    cluster = AnyOf("cluster", Known(Cluster, "pk"))
    cluster_group = AnyOf("cluster_group", Known(ClusterGroup, "pk"))


class PrefixFilterSet(ScopedFilterSet):
    """Prefixes inside others, and prefixes that hold an address."""

    prefix = Around("prefix")
    within = Around("within")
    parent = Around("within")
    within_include = Around("within_include")
    contains = Around("contains")
    mask_length = Length("prefix")
    mask_length__gte = Length("prefix", "gte")
    mask_length__lte = Length("prefix", "lte")
    vlan_vid = AnyOf("vlan__vid", Values(whole_number()))
    present_in_vrf_id = AnyOf("vrf", Known(VRF, "pk"))


class AddressFilterSet(RecordFilterSet):
    """Addresses inside prefixes, and of devices and machines."""

    address = Host()
    parent = Around("parent")
    mask_length = Length("address")
    mask_length__gte = Length("address", "gte")
    mask_length__lte = Length("address", "lte")
    present_in_vrf_id = AnyOf("vrf", Known(VRF, "pk"))
    device_id = AnyOf("interface__device", Known(Device, "pk"))
    device = AnyOf("interface__device__name", Known(Device, "name"))
    virtual_machine_id = AnyOf("vm_interface__virtual_machine", Known(VirtualMachine, "pk"))
    virtual_machine = AnyOf("vm_interface__virtual_machine__name", Known(VirtualMachine, "name"))
    interface_id = AnyOf("interface", Known(Interface, "pk"))
    vminterface_id = AnyOf("vm_interface", Known(VMInterface, "pk"))
    vminterface = AnyOf("vm_interface__name", Known(VMInterface, "name"))
    assigned_to_interface = HasAny("interface", "vm_interface")
    assigned = HasAny("interface", "vm_interface")


class AtPort(AnyOf):
    """Services at any of the given ports."""

    def __init__(self, *, exclude: bool = False) -> None:
        super().__init__("port_key", Values(whole_number()), exclude=exclude)

    def matches(self, values: list[Any]) -> Q:
        condition = Q(pk__in=())
        for port in filter(None, values):
            condition |= Q(port_key__contains=f",{port},")
        return condition


class ServiceFilterSet(RecordFilterSet):
    """Services by port."""

    port = AtPort()
    port__n = AtPort(exclude=True)
