"""A target from its three sides: the record's document, the hypervisor itself, the exported state.

Reading changes nothing. A hypervisor is asked for every machine that it has, whoever made it, and
for the networks that the record or the state knows: others are no business of ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeAlias

from dcim.planning.document import Target
from dcim.planning.drift.sides import (
    MACHINE_FIELDS,
    NETWORK_FIELDS,
    Fields,
    Seen,
    Sides,
    Value,
    recorded,
)
from dcim.vocabulary.drift import DriftSubject
from provisioning.program.standing import State
from provisioning.provider.driver import Driver
from provisioning.provider.specs import BRIDGE, Kind, Plain, Properties, meant
from provisioning.provider.storage import SizeUnknown, look_at

# By name what the record states, of several that a machine or network may have.
_Stated: TypeAlias = Mapping[str, str | None]

# What a machine is marked with: unmarked, it says nothing of these.
MARKS: Final = ("addresses", "app")


def sides_of(
    target: Target,
    state: State | None,
    driver: Driver,
    there: Collection[str],
    theirs: Collection[str] = (),
) -> Sides:
    """The target's three sides.

    Args:
        target: How the record has it.
        state: What its stack holds; None: it has no stack.
        driver: Of its hypervisor.
        there: Names of all machines that this has.
        theirs: Machines of other targets on the same hypervisor: unseen, unless known here too.

    Raises: HypervisorFailed when the hypervisor can't be asked.
    """
    record = recorded(target)
    networks_of = _networks_of(target, {*there, *kept_machines(state)})
    ranges_of = {one.name: one.cidr for one in target.networks}
    kept = None if state is None else tuple(_kept(state, networks_of, ranges_of))
    networks = {one.name for one in (*record, *(kept or ())) if one.subject is DriftSubject.NETWORK}
    known = {one.name for one in (*record, *(kept or ())) if one.subject is DriftSubject.MACHINE}
    machines = _machines(driver, {*there} - ({*theirs} - known), networks_of)
    seen = (*machines, *_networks(driver, sorted(networks), ranges_of))
    return Sides(target.name, record, seen, kept)


def kept_machines(state: State | None) -> set[str]:
    """Names of the machines that a stack holds."""
    kept = _kept(state or {}, {}, {})
    return {one.name for one in kept if one.subject is DriftSubject.MACHINE}


def _networks_of(target: Target, names: Collection[str]) -> _Stated:
    """The network that the record states of each of `names`, which it may spell in other letters.

    Notes: as `spelled_alike` takes it; of a name that is recorded as it is, no other is heard.
    """
    stated = {vm.name: vm.network for vm in target.standing}
    by_letters = {name.casefold(): network for name, network in stated.items()}
    return {name: stated.get(name, by_letters.get(name.casefold())) for name in names}


# The hypervisor


def _machines(driver: Driver, names: set[str], networks_of: _Stated) -> Iterator[Seen]:
    for name in sorted(names):
        seen = driver.read(Kind.DOMAIN, name)
        if seen is not None:  # else it has just gone
            on = meant(seen, "network", networks_of.get(name))
            yield _machine(name, {**seen, "network": on}, _storage_on(driver, name, seen))


def _storage_on(driver: Driver, machine: str, domain: Properties) -> Properties:
    """What is seen of its disks; nothing where it has none that we know how to find and measure."""
    identity = str(domain.get("volume") or "")
    pool, _slash, name = identity.partition("/")
    if not name or "None" in {pool, name}:
        return {}
    try:
        return look_at(driver, Kind.VOLUME, identity, machine) or {"size_gib": None}
    except SizeUnknown:
        return {}


def _networks(driver: Driver, names: list[str], ranges_of: _Stated) -> Iterator[Seen]:
    for name in names:
        seen = driver.read(Kind.NETWORK, name)
        if seen is not None:
            yield _network(name, seen, ranges_of)


# The state


def _kept(state: State, networks_of: _Stated, ranges_of: _Stated) -> Iterator[Seen]:
    outputs: dict[Kind, dict[str, Properties]] = {kind: {} for kind in Kind}
    for one in state.get("resources") or []:
        if one["type"] in set(Kind) and not one.get("delete"):
            name = one["urn"].rpartition("::")[2]
            outputs[Kind(one["type"])][name] = one.get("outputs") or {}
    disks = {f"{one.get('pool')}/{one.get('name')}": one for one in outputs[Kind.VOLUME].values()}
    for name, domain in outputs[Kind.DOMAIN].items():
        disk = disks.get(str(domain.get("volume")), {})
        called = str(domain.get("name") or name)
        if "network" in domain:
            domain = {**domain, "network": meant(domain, "network", networks_of.get(called))}
        yield _machine(called, domain, disk)
    for name, network in outputs[Kind.NETWORK].items():
        yield _network(name, network, ranges_of)


# Both


def _machine(name: str, domain: Properties, disk: Properties) -> Seen:
    said = {**domain, **({"storage_gib": disk["size_gib"]} if "size_gib" in disk else {})}
    fields = _fields(said, MACHINE_FIELDS)
    unmarked = {mark for mark in MARKS if not fields.get(mark)}
    return Seen(
        DriftSubject.MACHINE, name, {k: one for k, one in fields.items() if k not in unmarked}
    )


def _network(name: str, said: Properties, ranges_of: _Stated) -> Seen:
    """What is said of it: its range of several, and no tag unless it is a bridge."""
    one_of = {"cidr": meant(said, "cidr", ranges_of.get(name))} if "cidr" in said else {}
    told = _fields({**said, **one_of}, NETWORK_FIELDS)
    is_bridge = told.get("mode") == BRIDGE
    return Seen(
        DriftSubject.NETWORK, name, {k: one for k, one in told.items() if is_bridge or k != "vlan"}
    )


def _fields(said: Mapping[str, Plain], names: tuple[str, ...]) -> Fields:
    return {name: _value(said[name]) for name in names if name in said}


def _value(one: Plain) -> Value:
    """Lists in order, whole numbers as such: the engine holds every number as a float."""
    if isinstance(one, list):
        return sorted(map(str, one))
    if isinstance(one, float):
        return int(one)
    return str(one) if isinstance(one, dict) else one
