"""Facts from the record, and the graph of its present state; only this file asks a database.

What rests on what is decided here (docs/graph.md has the table); how failure spreads is not. A
fixed number of queries in one consistent view, so an answer belongs to the serial it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from dcim.graph.building import FactsBuilder, unique_names
from dcim.graph.capacity import ClusterLoad, hosts_needed
from dcim.graph.facts import Facts
from dcim.graph.graph import DependencyGraph
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.paths import Key, trace_all
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.log.changes import newest_link
from dcim.record.log.reading import Kept
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import (
    AppStatus,
    DeviceStatus,
    Hardness,
    VirtualMachineStatus,
)
from dcim.vocabulary.things import Ref, ThingKind

# What is recorded with such a status does not work now, so it is no redundancy.
IDLE: Final = frozenset({"planned", "staged", "offline", "failed", DeviceStatus.INVENTORY.value})
NOT_YET_USED: Final = (VirtualMachineStatus.PLANNED, VirtualMachineStatus.STAGED)

POWER_PORT: Final = FIELD_OF_ENDPOINT[PowerPort]
POWER_OUTLET: Final = FIELD_OF_ENDPOINT[PowerOutlet]
POWER_FEED: Final = FIELD_OF_ENDPOINT[PowerFeed]
INTERFACE: Final = FIELD_OF_ENDPOINT[Interface]

Ends: TypeAlias = Mapping[Key, Sequence[Key]]  # what each endpoint reaches
_Owned: TypeAlias = Site | Location | Rack | Device | PowerFeed | Cluster | VirtualMachine


def current_graph() -> DependencyGraph:
    """The graph of the record as it is now.

    Notes: kept until the record changes, see `Kept`.
    """
    return _current.now()


def load_facts() -> Facts:
    """All things, groups and needs of the record, named after its newest change.

    Notes: a fixed number of queries, whatever the size of the record.
    """
    stamp = newest_link()
    reading = _Reading()
    reading.read_places()
    reading.read_devices()
    reading.read_links()
    reading.read_pools()
    reading.read_machines()
    reading.read_apps()
    return reading.facts.build(stamp[0] if stamp else 0)


_current: Final = Kept(lambda: DependencyGraph(load_facts()))


class _Reading:
    """One pass through the record, from the ground up: what stands on something is read after it.

    The mappings lead from primary keys to names in the graph.
    """

    def __init__(self) -> None:
        self.facts = FactsBuilder()
        self.machines = list(VirtualMachine.objects.select_related("tenant").order_by("name", "pk"))
        self.clusters = {one.pk: one for one in Cluster.objects.select_related("tenant")}
        self.sites: dict[int, Ref] = {}
        self.locations: dict[int, Ref] = {}
        self.racks: dict[int, Ref] = {}
        self.devices: dict[int, Ref] = {}
        self.hosts: dict[int, dict[Ref, Amounts]] = defaultdict(dict)
        self.providers: dict[int, Ref] = {}
        self.allocations: dict[int, Ref] = {}
        self.vms: dict[int, Ref] = {}
        self.idle: set[Ref] = set()

    def read_places(self) -> None:
        """Sites, the rooms in them, and racks."""
        for site in Site.objects.select_related("tenant").order_by("name"):
            self.sites[site.pk] = Ref(ThingKind.SITE, site.name)
            self._add(self.sites[site.pk], site)
        rooms = list(Location.objects.select_related("tenant").order_by("site__name", "name"))
        names = {one.pk: f"{self.sites[one.site_id].name}/{one.name}" for one in rooms}
        self.locations = _refs(ThingKind.LOCATION, names)
        for room in rooms:
            self._add(self.locations[room.pk], room)
        for room in rooms:
            self.facts.add_need(self.locations[room.pk], self._place(room.parent_id, room.site_id))
        racks = list(Rack.objects.select_related("tenant").order_by("site__name", "name"))
        names = unique_names([(one.pk, one.name, self.sites[one.site_id].name) for one in racks])
        for rack in racks:
            ref = self.racks[rack.pk] = Ref(ThingKind.RACK, names[rack.pk])
            self._add(ref, rack)
            self.facts.add_need(ref, self._place(rack.location_id, rack.site_id))

    def read_devices(self) -> None:
        """Hosts, switches and PDUs, each in its rack, room or site."""
        powering = set(PowerOutlet.objects.values_list("device_id", flat=True))
        recorded = Device.objects.select_related("device_type", "role", "tenant")
        kinds = {one: _kind_of(one, powering) for one in recorded.order_by("name", "pk")}
        known = [(one, kind) for one, kind in kinds.items() if kind is not None]
        names = unique_names([(one.pk, str(one), self.sites[one.site_id].name) for one, _ in known])
        for one, kind in known:
            ref = self.devices[one.pk] = Ref(kind, names[one.pk])
            self._add(ref, one)
            place = self._place(one.location_id, one.site_id)
            self.facts.add_need(ref, place if one.rack_id is None else self.racks[one.rack_id])
            if one.cluster_id is not None and kind is ThingKind.HOST:
                self.hosts[one.cluster_id][ref] = one.capacity

    def read_links(self) -> None:
        """Power and network, as far as connected cables tell."""
        feeds = self._read_feeds()
        paths = trace_all((POWER_PORT, INTERFACE))
        working = {start: path.ends for start, path in paths.items() if path.is_active}
        self._read_supplies(self._sources(working, feeds))
        for host, switches in self._uplinks(working).items():
            self.facts.add_choice(host, "uplinks", 1, self._working(switches))

    def _sources(self, working: Ends, feeds: Mapping[int, Ref]) -> Mapping[int, list[Ref]]:
        """The feeds and PDUs that each inlet is cabled to."""
        outlets = dict(PowerOutlet.objects.values_list("pk", "device_id"))
        pdus = {pk: self.devices[one] for pk, one in outlets.items() if one in self.devices}
        known = {POWER_FEED: feeds, POWER_OUTLET: pdus}
        return {
            port: [known[kind][pk] for kind, pk in ends if pk in known.get(kind, {})]
            for (field, port), ends in working.items()
            if field == POWER_PORT
        }

    def _uplinks(self, working: Ends) -> Mapping[Ref, set[Ref]]:
        """The switches that each host reaches, through any number of patch panels."""
        cabled = Interface.objects.filter(termination__isnull=False)
        ports = {pk: one for pk, *one in cabled.values_list("pk", "device_id", "mgmt_only")}
        uplinks: dict[Ref, set[Ref]] = defaultdict(set)
        for (field, pk), ends in working.items():
            device, mgmt_only = ports[pk] if field == INTERFACE else (0, True)
            host = self.devices.get(device)
            if mgmt_only or host is None or host.kind is not ThingKind.HOST:
                continue
            others = (self.devices.get(ports[key][0]) for kind, key in ends if kind == INTERFACE)
            uplinks[host] |= {one for one in others if one and one.kind is ThingKind.SWITCH}
        return uplinks

    def _read_feeds(self) -> dict[int, Ref]:
        panels = self._read_panels()
        found = list(PowerFeed.objects.select_related("tenant").order_by("power_panel", "name"))
        names = {one.pk: f"{panels[one.power_panel_id].name}/{one.name}" for one in found}
        feeds = _refs(ThingKind.FEED, names)
        for one in found:
            self._add(feeds[one.pk], one)
            self.facts.add_need(feeds[one.pk], panels[one.power_panel_id])
        return feeds

    def _read_panels(self) -> dict[int, Ref]:
        found = list(PowerPanel.objects.order_by("site__name", "name"))
        names = {one.pk: f"{self.sites[one.site_id].name}/{one.name}" for one in found}
        panels = _refs(ThingKind.PANEL, names)
        for one in found:
            self.facts.add_thing(panels[one.pk], one.pk, one.name)
            self.facts.add_need(panels[one.pk], self._place(one.location_id, one.site_id))
        return panels

    def _read_supplies(self, sources: Mapping[int, Sequence[Ref]]) -> None:
        """A device needs one of its cabled supplies; of a PDU these are the feeds themselves."""
        supplies: dict[Ref, list[Ref]] = defaultdict(list)
        recorded = PowerPort.objects.order_by("device__name", "device_id", "name")
        ports = [one for one in recorded if one.device_id in self.devices]
        names = {one.pk: f"{self.devices[one.device_id].name}/{one.name}" for one in ports}
        refs = _refs(ThingKind.PSU, names)
        for port in ports:
            device, found = self.devices[port.device_id], sources.get(port.pk, ())
            if device.kind is not ThingKind.PDU:
                self.facts.add_thing(refs[port.pk], port.pk, port.name)
                self.facts.add_choice(refs[port.pk], "sources", 1, found)
                found = [refs[port.pk]] if found else []
            supplies[device] += found
        for device, members in supplies.items():
            label = "feeds" if device.kind is ThingKind.PDU else "supplies"
            self.facts.add_choice(device, label, 1, members)

    def read_pools(self) -> None:
        """Providers, their grants, and clusters."""
        for provider in Provider.objects.order_by("slug"):
            self.providers[provider.pk] = Ref(ThingKind.PROVIDER, provider.slug)
            self.facts.add_thing(self.providers[provider.pk], provider.pk, provider.name)
        for grant in Allocation.objects.order_by("reference"):
            ref = self.allocations[grant.pk] = Ref(ThingKind.ALLOCATION, grant.reference)
            self.facts.add_thing(ref, grant.pk, grant.reference, grant.status)
            self.facts.add_need(ref, self.providers[grant.provider_id])
        used = _used(self.machines)
        for cluster in sorted(self.clusters.values(), key=str):
            self._read_cluster(cluster, used[cluster.pk])

    def _read_cluster(self, cluster: Cluster, used: Amounts) -> None:
        ref, hosts = _cluster_ref(cluster), self.hosts.get(cluster.pk, {})
        self._add(ref, cluster)
        if cluster.provider_id is not None:
            self.facts.add_need(ref, self.providers[cluster.provider_id])
        if cluster.is_ha and hosts:
            working = self._working(hosts)
            load = _load_of(cluster, [hosts[host] for host in working], used)
            self.facts.add_choice(ref, "hosts", hosts_needed(load), working)
        elif not hosts and (cluster.location_id is not None or cluster.site_id is not None):
            self.facts.add_need(ref, self._place(cluster.location_id, cluster.site_id))

    def read_machines(self) -> None:
        """Virtual machines, each on its cluster, host and grant."""
        names = unique_names([(one.pk, one.name, self._home(one)) for one in self.machines])
        for one in self.machines:
            ref = self.vms[one.pk] = Ref(ThingKind.VM, names[one.pk])
            self._add(ref, one)
            self._read_ground(ref, one)
            if one.allocation_id is not None:
                self.facts.add_need(ref, self.allocations[one.allocation_id])

    def _home(self, machine: VirtualMachine) -> str:
        """The name of the pool or place a machine is in, to tell namesakes apart."""
        if machine.cluster_id is not None:
            return self.clusters[machine.cluster_id].name
        return "" if machine.site_id is None else self.sites[machine.site_id].name

    def _read_ground(self, ref: Ref, machine: VirtualMachine) -> None:
        """What a machine runs on: its cluster, and its host where none other would take it over."""
        host = None if machine.device_id is None else self.devices.get(machine.device_id)
        if machine.cluster_id is None:
            self.facts.add_need(ref, host or self._place(None, machine.site_id))
            return
        cluster = self.clusters[machine.cluster_id]
        self.facts.add_need(ref, _cluster_ref(cluster))
        if cluster.is_ha:
            return
        # A machine whose host is not recorded is on one of them.
        hosts = self._working(self.hosts.get(cluster.pk, {})) if host is None else [host]
        self.facts.add_choice(ref, "hosts", 1, hosts)

    def read_apps(self) -> None:
        """Apps and their tiers, and what they need of each other."""
        found = list(ServiceApp.objects.select_related("owner").order_by("code"))
        apps = {app.pk: Ref(ThingKind.APP, app.code) for app in found}
        with_machines = self._read_workloads(apps)
        for app in found:
            self.facts.add_thing(apps[app.pk], app.pk, app.name, app.status, app.owner.slug)
            is_elsewhere = app.status == AppStatus.ACTIVE and app.pk not in with_machines
            if is_elsewhere and app.provider_id is not None:
                self.facts.add_need(apps[app.pk], self.providers[app.provider_id])
        for need in AppDependency.objects.order_by("app__code", "needs__code"):
            is_hard = need.hardness == Hardness.HARD
            self.facts.add_need(apps[need.app_id], apps[need.needs_id], hard=is_hard)

    def _read_workloads(self, apps: Mapping[int, Ref]) -> set[int]:
        """The tiers of apps, each on the machines that carry it; gives the apps with machines."""
        carriers: dict[int, list[Ref]] = defaultdict(list)
        links = Workload.virtual_machines.through.objects.order_by("pk")
        for workload_id, machine_id in links.values_list("workload_id", "virtualmachine_id"):
            carriers[workload_id].append(self.vms[machine_id])
        with_machines: set[int] = set()
        tiers = list(Workload.objects.order_by("app__code", "name"))
        names = {one.pk: f"{apps[one.app_id].name}/{one.name}" for one in tiers}
        refs = _refs(ThingKind.WORKLOAD, names)
        for one in tiers:
            ref = refs[one.pk]
            machines = self._working(carriers[one.pk])
            self.facts.add_thing(ref, one.pk, one.name)
            self.facts.add_need(apps[one.app_id], ref)
            self.facts.add_choice(ref, "instances", one.instances_needed, machines)
            with_machines |= {one.app_id} if machines else set()
        return with_machines

    def _add(self, ref: Ref, one: _Owned) -> None:
        owner = "" if one.tenant is None else one.tenant.slug
        self.facts.add_thing(ref, one.pk, str(one), one.status, owner)
        if one.status in IDLE:
            self.idle.add(ref)

    def _place(self, location_id: int | None, site_id: int | None) -> Ref | None:
        """The narrowest place that is stated."""
        if location_id is not None:
            return self.locations[location_id]
        return None if site_id is None else self.sites[site_id]

    def _working(self, members: Iterable[Ref]) -> list[Ref]:
        """Those that work now; when none does, all of them as they are recorded."""
        recorded = list(members)
        return [ref for ref in recorded if ref not in self.idle] or recorded


def _kind_of(device: Device, powering: set[int]) -> ThingKind | None:
    """What a device is in the graph; nothing when no app can rest on it as far as is recorded."""
    if device.role.slug == "switch":
        return ThingKind.SWITCH
    if device.role.slug == "pdu" or device.pk in powering:
        return ThingKind.PDU
    is_host = device.role.slug == "server" or device.cluster_id or device.capacity != Amounts()
    return ThingKind.HOST if is_host else None


def _used(machines: Iterable[VirtualMachine]) -> dict[int, Amounts]:
    """What the machines of each cluster take of it; planned ones take nothing yet."""
    used: dict[int, Amounts] = defaultdict(Amounts)
    for one in machines:
        if one.cluster_id is not None and one.status not in NOT_YET_USED:
            used[one.cluster_id] += one.amounts
    return used


def _load_of(cluster: Cluster, hosts: Sequence[Amounts], used: Amounts) -> ClusterLoad:
    ratios = {
        ResourceClass.VCPU: cluster.vcpu_allocation_ratio,
        ResourceClass.MEMORY_MIB: cluster.memory_allocation_ratio,
        ResourceClass.STORAGE_GIB: cluster.storage_allocation_ratio,
    }
    reserved = Amounts(
        cluster.reserved_vcpus, cluster.reserved_memory_mib, cluster.reserved_storage_gib
    )
    return ClusterLoad(hosts, used, ratios, reserved)


def _refs(kind: ThingKind, joined: Mapping[int, str]) -> dict[int, Ref]:
    """What the rows of `joined` names are called; a slash in a part may make two of them one."""
    names = unique_names([(key, name, "") for key, name in joined.items()])
    return {key: Ref(kind, name) for key, name in names.items()}


def _cluster_ref(cluster: Cluster) -> Ref:
    return Ref(ThingKind.CLUSTER, cluster.name)
