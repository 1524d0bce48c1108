"""What runs on the ground: pools, machines, and the apps that people use."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import numpy.typing as npt

from dcim.graph.capacity import ClusterLoad, hosts_needed
from dcim.graph.load.columns import Column
from dcim.graph.load.lookups import first_known, known, looked_up, matches
from dcim.graph.load.naming import joined_to_place, led_by_place
from dcim.graph.load.reading import Reading
from dcim.graph.load.tables import RATIOS, RESERVED
from dcim.graph.stakes import Stakes
from dcim.graph.wiring import NOBODY, Flags, Numbers
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import VirtualMachineStatus
from dcim.vocabulary.things import ThingKind
from dcim.vocabulary.units import disk_mb_to_gib

NOT_YET_USED = (VirtualMachineStatus.PLANNED.value, VirtualMachineStatus.STAGED.value)


def read_pools(reading: Reading) -> None:
    """Providers, the sites that are theirs, their grants, and clusters."""
    providers, grants = reading.tables["providers"], reading.tables["allocations"]
    reading.add(ThingKind.PROVIDER, providers, lambda: providers.texts["slug"])
    sites = reading.tables["provider_sites"]
    site, provider = (
        reading.of(ThingKind.SITE, sites["site_id"]),
        reading.of(ThingKind.PROVIDER, sites["provider_id"]),
    )
    reading.wiring.choose("providers", site, provider, 1)
    own = reading.add(
        ThingKind.ALLOCATION, grants, lambda: grants.texts["reference"], label="reference"
    )
    reading.wiring.need(own, reading.of(ThingKind.PROVIDER, grants["provider_id"]))
    _read_clusters(reading)


def _read_clusters(reading: Reading) -> None:
    rows, devices = reading.tables["clusters"], reading.tables["devices"]
    own = reading.add(ThingKind.CLUSTER, rows, lambda: rows.texts["name"])
    reading.wiring.need(own, reading.of(ThingKind.PROVIDER, rows["provider_id"]))
    hosts = reading.of(ThingKind.HOST, devices["pk"])
    cluster = reading.of(ThingKind.CLUSTER, devices["cluster_id"])
    has_hosts = np.isin(own, cluster[hosts != NOBODY])
    reading.wiring.need(own, known(reading.place(rows), where=~has_hosts))
    restarts = own[rows["restarts"] == 1]
    pairs = reading.working(known(cluster, where=np.isin(cluster, restarts)), hosts)
    reading.wiring.choose("hosts", *pairs, _hosts_needed(reading, *pairs))


def _hosts_needed(reading: Reading, clusters: Numbers, hosts: Numbers) -> Numbers:
    """For each pair of a cluster and a host, how many hosts the cluster's load needs."""
    brought = _brought(reading)[hosts]
    order = np.argsort(clusters, kind="stable")
    first = np.flatnonzero(np.diff(clusters[order], prepend=NOBODY))
    needed = np.ones(reading.size, np.int32)
    used, terms = _used(reading), _terms(reading)
    for places in np.split(order, first)[1:]:
        cluster = int(clusters[places[0]])
        amounts = [Amounts(*one) for one in brought[places].tolist()]
        needed[cluster] = hosts_needed(ClusterLoad(amounts, used[cluster], *terms[cluster]))
    return needed[clusters]


def _brought(reading: Reading) -> npt.NDArray[np.int64]:
    """For each thing the amounts that it brings to its cluster; hosts alone bring any."""
    rows = reading.tables["devices"]
    brought = np.zeros((reading.size, len(ResourceClass)), np.int64)
    host = reading.of(ThingKind.HOST, rows["pk"])
    is_host = host != NOBODY
    stated = (rows[name][is_host] for name in ("cpus", "memory", "storage"))
    brought[host[is_host]] = np.stack(list(stated), axis=1)
    return brought


def _used(reading: Reading) -> dict[int, Amounts]:
    """What the machines of each cluster take of it; planned ones take nothing yet."""
    rows = reading.tables["machines"]
    cluster = reading.of(ThingKind.CLUSTER, rows["cluster_id"])
    counted = (cluster != NOBODY) & ~rows.texts["status"].are_among(NOT_YET_USED)
    taken = (
        -(-rows["vcpu_hundredths"][counted] // 100),
        np.maximum(rows["memory_mib"][counted], 0),
        disk_mb_to_gib(np.maximum(rows["disk_mb"][counted], 0)),
    )
    sums = [np.bincount(cluster[counted], one, reading.size).astype(np.int64) for one in taken]
    numbers = reading.of(ThingKind.CLUSTER, reading.tables["clusters"]["pk"])
    return {one: Amounts(*(int(column[one]) for column in sums)) for one in numbers.tolist()}


def _terms(reading: Reading) -> dict[int, tuple[dict[ResourceClass, Decimal], Amounts]]:
    """The allocation ratios and the reserve of each cluster."""
    rows = reading.tables["clusters"]
    ratios = zip(*(rows.texts[name] for name in RATIOS), strict=True)
    reserved = zip(*(rows[name].tolist() for name in RESERVED), strict=True)
    numbers = reading.of(ThingKind.CLUSTER, rows["pk"]).tolist()
    return {
        one: (dict(zip(ResourceClass, map(Decimal, ratio), strict=True)), Amounts(*kept))
        for one, ratio, kept in zip(numbers, ratios, reserved, strict=True)
    }


def read_machines(reading: Reading) -> None:
    """Virtual machines, each on its grant and its cluster; without a cluster its host, or site."""
    rows, clusters = reading.tables["machines"], reading.tables["clusters"]
    cluster = reading.of(ThingKind.CLUSTER, rows["cluster_id"])
    host, site = (
        reading.devices(rows["device_id"]), reading.of(ThingKind.SITE, rows["site_id"])
    )  # fmt: skip
    own = reading.add(
        ThingKind.VM,
        rows,
        lambda: led_by_place(rows, reading.names(first_known(cluster, site))),
    )
    reading.wiring.need(own, reading.of(ThingKind.ALLOCATION, rows["allocation_id"]))
    reading.wiring.need(own, first_known(cluster, host, site))
    restarts = looked_up(clusters["pk"], clusters["restarts"], rows["cluster_id"]) == 1
    stays = (cluster != NOBODY) & ~restarts
    reading.wiring.need(own, known(host, where=stays))
    loose = stays & (host == NOBODY)
    _choose_any_host(reading, own[loose], rows["cluster_id"][loose])


def _choose_any_host(reading: Reading, machines: Numbers, clusters: Column) -> None:
    """A machine whose host is not recorded is on one of its cluster's hosts."""
    rows = reading.tables["devices"]
    hosts = reading.of(ThingKind.HOST, rows["pk"])
    machine, host = matches(clusters, np.where(hosts != NOBODY, rows["cluster_id"], NOBODY))
    reading.wiring.choose("hosts", *reading.working(machines[machine], hosts[host]), 1)


def read_apps(reading: Reading) -> None:
    """Apps and their tiers, and what they need of each other."""
    apps = reading.tables["apps"]
    elsewhere = _are_elsewhere(reading)
    own = reading.add(
        ThingKind.APP,
        apps,
        lambda: apps.texts["code"],
        owner="owner_id",
        stakes=_stakes(reading, elsewhere),
    )
    _read_tiers(reading)
    provider = reading.of(ThingKind.PROVIDER, apps["provider_id"])
    reading.wiring.need(own, known(provider, where=elsewhere))
    rows = reading.tables["app_needs"]
    for is_hard in (True, False):
        chosen = rows["is_hard"] == int(is_hard)
        app, needed = (
            reading.of(ThingKind.APP, rows[name][chosen]) for name in ("app_id", "needs_id")
        )
        reading.wiring.need(app, needed, hard=is_hard)


def _are_elsewhere(reading: Reading) -> Flags:
    """For each app whether it runs on nothing that is recorded here, but at a provider."""
    apps, tiers = reading.tables["apps"], reading.tables["tiers"]
    carried = [reading.tables[name]["workload_id"] for name in ("carriers", "bare_carriers")]
    here = tiers["app_id"][np.isin(tiers["pk"], np.concatenate(carried))]
    is_active, has_provider = apps["is_active"] == 1, apps["provider_id"] != NOBODY
    elsewhere: Flags = is_active & has_provider & ~np.isin(apps["pk"], here)
    return elsewhere


def _stakes(reading: Reading, elsewhere: Flags) -> Stakes:
    apps, tenants, providers = (reading.tables[name] for name in ("apps", "tenants", "providers"))
    ours = providers["pk"][providers["is_ours"] == 1]
    return Stakes(
        apps["is_active"] == 1,
        elsewhere & ~np.isin(apps["provider_id"], ours),
        apps["category_code"],
        apps["users_per_month"],
        reading.places_of_tenants(apps["owner_id"]),
        tenants.texts["slug"],
        tenants.texts["name"],
    )


def _read_tiers(reading: Reading) -> None:
    """The tiers of apps, each on what carries it."""
    tiers, carriers, bare = (
        reading.tables[name] for name in ("tiers", "carriers", "bare_carriers")
    )
    app = reading.of(ThingKind.APP, tiers["app_id"])
    own = reading.add(ThingKind.WORKLOAD, tiers, lambda: joined_to_place(tiers, reading.names(app)))
    reading.wiring.need(app, own)
    carried = np.concatenate((carriers["workload_id"], bare["workload_id"]))
    machines = reading.of(ThingKind.VM, carriers["virtualmachine_id"])
    instances = np.concatenate((machines, reading.devices(bare["device_id"])))
    needed = np.ones(reading.size, np.int32)
    needed[own] = tiers["instances_needed"]
    owners, members = reading.working(reading.of(ThingKind.WORKLOAD, carried), instances)
    reading.wiring.choose("instances", owners, members, needed[owners])
