"""A scenario laid over a snapshot: the estate as it would be on a day. Pure; nothing is copied.

Snapshots are frozen and share what does not change, so that a scenario costs what it touches. What
stands on hosts that leave or fail goes to the others first, as N+1 promises: such machines have no
recorded host any more, and packing finds them one. The same functions then run on the result as on
the record: ledgers, N+1, plans.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, TypeAlias, TypeVar

from dcim.planning.capacity.dates import on_day
from dcim.planning.estate import Allocation, App, Cluster, Host, Snapshot
from dcim.planning.reactivation.verdicts import is_given_up
from dcim.planning.scenarios.days import day_fault, require_base
from dcim.planning.scenarios.growth import grown
from dcim.planning.scenarios.overlays import (
    AddApp,
    AddHosts,
    ChangeCluster,
    ChangeGrant,
    Cure,
    Grow,
    LapseGrant,
    Lose,
    NewGrant,
    Overlay,
    RetireHosts,
    Scenario,
    lost_ref,
)
from dcim.vocabulary.choices import AllocationStatus, AppStatus, Blocker, DeviceStatus, Verdict
from dcim.vocabulary.errors import BadDocument, InvalidInput
from dcim.vocabulary.naming import free_name, slug
from dcim.vocabulary.things import APP_CODE, ThingKind

ADDED: Final = "whatif"
CLUSTER_FIELDS: Final = (
    "vcpu_allocation_ratio",
    "memory_allocation_ratio",
    "storage_allocation_ratio",
    "reserved",
    "host_failures_to_survive",
)
PartT = TypeVar("PartT", Cluster, Allocation)
# Hosts by the name of their cluster and their own.
Out: TypeAlias = frozenset[tuple[str, str]]


def apply(snapshot: Snapshot, scenario: Scenario, *, on: date) -> Snapshot:
    """The estate as it would be on the day.

    Args:
        snapshot: as it is recorded.
        scenario: what changes; overlays that begin later than `on` do not count yet.
        on: grants are judged by it, hosts come and go by their stated days, growth runs until it.

    Raises:
        InvalidInput: the day lies before the base date or far behind it, or that is far away.
        BadDocument: an overlay names what is not there, or undoes what is done; the `field` is the
            path of the entry. Those that begin later are judged too.

    Notes: entries of one day apply in the order in which they stand. O(overlays x estate).
    """
    require_base(scenario.base_date)
    if fault := day_fault(on, scenario.base_date):
        raise InvalidInput(fault[0], field="on", hint=fault[1])
    then = whole = snapshot
    lost: dict[int, Out] = {}  # of the losses that have not ended
    for day, is_return, at in _events(scenario):
        overlay, path = scenario.overlays[at], f"overlays[{at}]"
        if is_return:
            back = lost.pop(at) - _all(lost)
            whole = _with_status(whole, back, DeviceStatus.ACTIVE)
        elif isinstance(overlay, Lose):
            lost[at] = _lost_hosts(whole, overlay, path, _all(lost))
            whole = _emptied(_with_status(whole, lost[at], DeviceStatus.FAILED), lost[at])
        else:
            whole = _DEEDS[type(overlay)](whole, overlay, path, on)
        if day <= on:
            then = whole
    return on_day(then, on)


def _events(scenario: Scenario) -> list[tuple[date, bool, int]]:
    """When each overlay begins and each loss ends, as day, whether it ends, and which entry."""
    begins = [(one.on, False, at) for at, one in enumerate(scenario.overlays)]
    ends = [
        (one.until, True, at)
        for at, one in enumerate(scenario.overlays)
        if isinstance(one, Lose) and one.until is not None
    ]
    return sorted([*begins, *ends], key=lambda event: (event[0], not event[1], event[2]))


def check(snapshot: Snapshot, scenario: Scenario) -> None:
    """Refuse overlays that name what is not there or undo what is done.

    Raises: BadDocument as `apply`.
    """
    apply(snapshot, scenario, on=scenario.base_date)


def _add_hosts(snapshot: Snapshot, one: AddHosts, path: str, on: date) -> Snapshot:
    cluster = _cluster(snapshot, one.cluster, path)
    sample = Host(name="", amounts=one.amounts) if one.amounts is not None else None
    if sample is None:
        sample = _host(cluster, one.like or "", f"{path}.like")
    # What replaces a host must not leave on the last day of the one that it is like.
    sample = replace(sample, status=DeviceStatus.ACTIVE, service_from=None, service_until=None)
    taken = {host.name for host in cluster.hosts}
    hosts = list(cluster.hosts)
    for _ in range(one.count):
        name = free_name(f"{slug(cluster.name)}-{ADDED}", taken)
        taken.add(name)
        hosts.append(replace(sample, name=name))
    return _with_cluster(snapshot, replace(cluster, hosts=tuple(hosts)))


def _retire_hosts(snapshot: Snapshot, one: RetireHosts, path: str, on: date) -> Snapshot:
    cluster = _cluster(snapshot, one.cluster, path)
    for at, name in enumerate(one.hosts):
        _require_active(_host(cluster, name, f"{path}.hosts[{at}]"), f"{path}.hosts[{at}]")
    gone = frozenset((cluster.name, name) for name in one.hosts)
    return _emptied(_with_status(snapshot, gone, DeviceStatus.OFFLINE), gone)


def _all(lost: dict[int, Out]) -> Out:
    return frozenset[tuple[str, str]]().union(*lost.values())


def _lost_hosts(snapshot: Snapshot, one: Lose, path: str, out: Out) -> Out:
    """The hosts that a loss holds out, also those that another one has taken (`out`) before."""
    found = (
        _lost(snapshot, text, f"{path}.things[{at}]", out) for at, text in enumerate(one.things)
    )
    return frozenset().union(*found)


def _lost(snapshot: Snapshot, text: str, path: str, out: Out) -> Out:
    """The active hosts that a thing is or holds, by cluster and name; and those of `out`."""
    ref = lost_ref(text)
    holds: dict[ThingKind, Callable[[Host], str | None]] = {
        ThingKind.HOST: lambda host: host.name,
        ThingKind.RACK: lambda host: host.rack,
        ThingKind.SITE: lambda host: host.site,
    }
    found = [
        (cluster.name, host)
        for cluster in snapshot.clusters
        for host in cluster.hosts
        if holds[ref.kind](host) == ref.name
    ]
    if not found:
        raise BadDocument(
            f"no host of any cluster is “{ref}” or stands there.",
            field=path,
            hint="Correct the name.",
        )
    active = frozenset(
        (name, host.name) for name, host in found if host.status is DeviceStatus.ACTIVE
    )
    if not active:
        raise BadDocument(
            f"“{ref}” is out already on that day.",
            field=path,
            hint="Delete the entry, or end the other one before.",
        )
    return active | (out & frozenset((name, host.name) for name, host in found))


def _new_grant(snapshot: Snapshot, one: NewGrant, path: str, on: date) -> Snapshot:
    if any(grant.reference == one.reference for grant in snapshot.allocations):
        raise BadDocument(
            f"there is a grant “{one.reference}” already.",
            field=f"{path}.reference",
            hint="Write another, or change that one with change_grant.",
        )
    _require_known(
        one.provider, (provider.slug for provider in snapshot.providers), f"{path}.provider"
    )
    grant = Allocation(
        reference=one.reference,
        provider=one.provider,
        amounts=one.amounts,
        valid_from=one.on,
        valid_until=one.until,
    )
    return replace(snapshot, allocations=(*snapshot.allocations, grant))


def _change_grant(snapshot: Snapshot, one: ChangeGrant, path: str, on: date) -> Snapshot:
    grant = _grant(snapshot, one.allocation, path)
    begun = grant.valid_from
    if one.until is not None and begun is not None and one.until < begun:
        raise BadDocument(
            f"{one.until} lies before {begun}, when the grant begins.",
            field=f"{path}.until",
            hint="Write a later day.",
        )
    changed = replace(
        grant,
        amounts=grant.amounts if one.amounts is None else one.amounts,
        valid_until=grant.valid_until if one.until is None else one.until,
    )
    return _with_grant(snapshot, changed)


def _lapse_grant(snapshot: Snapshot, one: LapseGrant, path: str, on: date) -> Snapshot:
    grant = _grant(snapshot, one.allocation, path)
    if not grant.is_in_force(one.on):
        raise BadDocument(
            f"“{grant.reference}” is not in force on {one.on}.",
            field=f"{path}.allocation",
            hint="Delete the entry, or write an earlier day.",
        )
    return _with_grant(snapshot, replace(grant, valid_until=one.on - timedelta(days=1)))


def _grow(snapshot: Snapshot, one: Grow, path: str, on: date) -> Snapshot:
    if one.pool is not None:
        _require_known(one.pool, (pool.ref for pool in snapshot.pools), f"{path}.pool")
    return grown(snapshot, one, on)


def _change_cluster(snapshot: Snapshot, one: ChangeCluster, path: str, on: date) -> Snapshot:
    cluster = _cluster(snapshot, one.cluster, path)
    said = {name: getattr(one, name) for name in CLUSTER_FIELDS}
    said = {name: value for name, value in said.items() if value is not None}
    return _with_cluster(snapshot, replace(cluster, **said))


def _cure(snapshot: Snapshot, one: Cure, path: str, on: date) -> Snapshot:
    apps = {app.code: app for app in snapshot.apps}
    for at, code in enumerate(one.apps):
        place = f"{path}.apps[{at}]"
        _require_known(code, apps, place)
        apps[code] = _cured(apps[code], place)
    return replace(snapshot, apps=tuple(apps.values()))


def _cured(app: App, path: str) -> App:
    if app.status is not AppStatus.INACTIVE:
        raise BadDocument(f"{app.code} is {app.status}.", field=path, hint="Name an inactive app.")
    if is_given_up(app):
        raise BadDocument(
            f"{app.code} is superseded, or its verdict gives it up, which nothing cures.",
            field=path,
            hint="Change its blocker or verdict in the record.",
        )
    held = app.blocker not in {None, Blocker.SERVER} or app.verdict is Verdict.REPAIR
    if not held:
        raise BadDocument(
            f"{app.code} lacks only room: there is nothing to cure.",
            field=path,
            hint="Take it off the list.",
        )
    return replace(app, blocker=None, verdict=Verdict.REVIVE)


def _add_app(snapshot: Snapshot, one: AddApp, path: str, on: date) -> Snapshot:
    codes = [app.code for app in snapshot.apps]
    if one.code in codes:
        raise BadDocument(
            f"there is an app “{one.code}” already.",
            field=f"{path}.code",
            hint="Write another code.",
        )
    if not _reads_as_code(one.code):
        raise BadDocument(
            f"“{one.code}” is no code of an app.",
            field=f"{path}.code",
            hint="Write letters, digits, - and _, beginning with a letter or digit.",
        )
    for at, needed in enumerate(one.needs):
        _require_known(needed, codes, f"{path}.needs[{at}]")
    app = App(
        code=one.code,
        name=one.name,
        kind=one.app_kind,
        status=AppStatus.INACTIVE,
        blocker=Blocker.SERVER,
        category=one.category,
        data_class=one.data_class,
        users_per_month=one.users_per_month,
        hard=one.needs,
        workloads=one.tiers,
    )
    return replace(snapshot, apps=(*snapshot.apps, app))


_DEEDS: Final[dict[type[Overlay], Callable[..., Snapshot]]] = {
    AddHosts: _add_hosts,
    RetireHosts: _retire_hosts,
    NewGrant: _new_grant,
    ChangeGrant: _change_grant,
    LapseGrant: _lapse_grant,
    Grow: _grow,
    ChangeCluster: _change_cluster,
    Cure: _cure,
    AddApp: _add_app,
}


def _with_status(snapshot: Snapshot, hosts: Out, status: DeviceStatus) -> Snapshot:
    clusters = tuple(
        replace(
            cluster,
            hosts=tuple(
                replace(host, status=status) if (cluster.name, host.name) in hosts else host
                for host in cluster.hosts
            ),
        )
        for cluster in snapshot.clusters
    )
    return replace(snapshot, clusters=clusters)


def _emptied(snapshot: Snapshot, hosts: Out) -> Snapshot:
    """With the machines of `hosts` on none: they go to the others."""
    vms = tuple(
        replace(vm, host=None) if (vm.cluster, vm.host) in hosts else vm for vm in snapshot.vms
    )
    return replace(snapshot, vms=vms)


def _cluster(snapshot: Snapshot, name: str, path: str) -> Cluster:
    return _named({one.name: one for one in snapshot.clusters}, name, f"{path}.cluster")


def _grant(snapshot: Snapshot, reference: str, path: str) -> Allocation:
    grants = {one.reference: one for one in snapshot.allocations}
    grant = _named(grants, reference, f"{path}.allocation")
    if grant.status is not AllocationStatus.ACTIVE:
        raise BadDocument(
            f"“{reference}” is {grant.status}.",
            field=f"{path}.allocation",
            hint="Name a grant that is active, or add one with new_grant.",
        )
    return grant


def _host(cluster: Cluster, name: str, path: str) -> Host:
    known = {one.name: one for one in cluster.hosts}
    _require_known(name, known, path, f"a host of {cluster.name}")
    return known[name]


def _named(known: dict[str, PartT], name: str, path: str) -> PartT:
    _require_known(name, known, path)
    return known[name]


def _require_known(name: str, known: Iterable[str], path: str, what: str = "recorded") -> None:
    names = sorted(known)
    if name not in names:
        few = ", ".join(names[:8]) or "none"
        raise BadDocument(f"“{name}” is not {what}.", field=path, hint=f"Known: {few}.")


def _require_active(host: Host, path: str) -> None:
    if host.status is not DeviceStatus.ACTIVE:
        raise BadDocument(
            f"“{host.name}” gives no room on that day: it is {host.status}.",
            field=path,
            hint="Take it off the list.",
        )


def _reads_as_code(text: str) -> bool:
    return re.fullmatch(APP_CODE, text) is not None


def _with_cluster(snapshot: Snapshot, cluster: Cluster) -> Snapshot:
    others = (cluster if one.name == cluster.name else one for one in snapshot.clusters)
    return replace(snapshot, clusters=tuple(others))


def _with_grant(snapshot: Snapshot, grant: Allocation) -> Snapshot:
    others = (grant if one.reference == grant.reference else one for one in snapshot.allocations)
    return replace(snapshot, allocations=tuple(others))
