"""The snapshot file: an estate as canonical JSON, read strictly.

`structure` proves the form by the annotations of `estate`; here is what must hold between the
parts. Cycles of dependencies are allowed: they are recorded as they are, and plans handle them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from ipaddress import ip_interface, ip_network
from typing import Final, cast

from dcim.planning.estate import UNITS, Pool, PoolNetwork, Snapshot
from dcim.planning.strict_json import canonical_bytes, read_object
from dcim.planning.structure import in_order, plain, structure
from dcim.vocabulary.errors import BadDocument

FORMAT: Final = "lumbung.snapshot/1"
REMAKE: Final = "Make it again with ./manage.py snapshot FILE."
MOST_INSTANCES: Final = 1000


def parse(data: bytes) -> Snapshot:
    """The snapshot in `data`.

    Raises: BadDocument, whose `field` is the path of the damage, when the bytes are not JSON, of
    another version, not of the right form, or contradict themselves (see `check`).
    """
    raw = read_object(data, REMAKE)
    if raw.get("format") != FORMAT:
        raise BadDocument(f"is not “{FORMAT}”.", field="format", hint=REMAKE)
    del raw["format"]
    snapshot = cast("Snapshot", structure(Snapshot, raw))  # what `structure` was asked for
    check(snapshot)
    return snapshot


def read(data: bytes) -> Snapshot:
    """The snapshot in `data`, with its lists in order.

    Raises: BadDocument as `parse`.
    """
    return cast("Snapshot", in_order(parse(data)))  # same kind, other order


def encode(snapshot: Snapshot) -> bytes:
    """The canonical bytes of `snapshot`: same facts, same bytes, whatever their order."""
    return canonical_bytes({"format": FORMAT, **cast("dict[str, object]", plain(snapshot))})


def checked(snapshot: Snapshot) -> Snapshot:
    """`snapshot` with its lists in order, once it is known not to contradict itself.

    Raises: BadDocument as `check`.
    """
    check(snapshot)
    return cast("Snapshot", in_order(snapshot))  # same kind, other order


def check(snapshot: Snapshot) -> None:
    """Refuse a snapshot whose parts contradict each other.

    Notes: cycles of dependencies are allowed, and so are machines that never fitted where they
    stand, without size, or with a namesake: what stands is taken as it is.

    Raises: BadDocument at the first name that is unknown or stands twice, tier that needs more
    instances than are wanted, bad network or address.
    """
    for fault in _faults(snapshot):
        raise fault


def _faults(snapshot: Snapshot) -> Iterator[BadDocument]:
    providers = {provider.slug for provider in snapshot.providers}
    yield from _repeated("providers", (one.slug for one in snapshot.providers))
    yield from _repeated("clusters", (one.name for one in snapshot.clusters))
    yield from _repeated("allocations", (one.reference for one in snapshot.allocations))
    yield from _repeated("apps", (one.code for one in snapshot.apps))
    for i, cluster in enumerate(snapshot.clusters):
        yield from _unknown(f"clusters[{i}].provider", cluster.provider, providers)
        yield from _repeated(f"clusters[{i}].hosts", (host.name for host in cluster.hosts))
        for name, units in (("min_unit", cluster.min_unit), ("step_size", cluster.step_size)):
            if not UNITS.fits_in(units):
                yield _fault(f"clusters[{i}].{name}", "has a class of 0.", "Write at least 1.")
    for i, allocation in enumerate(snapshot.allocations):
        yield from _unknown(f"allocations[{i}].provider", allocation.provider, providers)
    pools: dict[str, tuple[Pool, ...]] = {
        "clusters": snapshot.clusters,
        "allocations": snapshot.allocations,
    }
    for kind, members in pools.items():
        for i, pool in enumerate(members):
            yield from _network_faults(f"{kind}[{i}].networks", pool.networks)
    yield from _app_faults(snapshot, providers)
    yield from _vm_faults(snapshot)


def _network_faults(path: str, networks: tuple[PoolNetwork, ...]) -> Iterator[BadDocument]:
    yield from _repeated(path, (network.name for network in networks))
    for i, network in enumerate(networks):
        if network.cidr is not None and not _reads(ip_network, network.cidr):
            yield _fault(
                f"{path}[{i}].cidr",
                f"“{network.cidr}” is not a network.",
                "Write one like 10.64.10.0/24, without host bits.",
            )
        yield from _address_faults(f"{path}[{i}].taken", network.taken)


def _app_faults(snapshot: Snapshot, providers: set[str]) -> Iterator[BadDocument]:
    codes = {app.code for app in snapshot.apps}
    for i, app in enumerate(snapshot.apps):
        path = f"apps[{i}]"
        yield from _unknown(f"{path}.provider", app.provider, providers)
        for kind, needs in (("hard", app.hard), ("soft", app.soft)):
            for j, needed in enumerate(needs):
                yield from _unknown(f"{path}.{kind}[{j}]", needed, codes, of=f"{app.code} needs")
                if needed == app.code:
                    yield _fault(f"{path}.{kind}[{j}]", f"{needed} needs itself.", "Delete that.")
        yield from _repeated(f"{path}.workloads", (one.name for one in app.workloads))
        for j, tier in enumerate(app.workloads):
            if not 1 <= tier.instances_needed <= tier.instances_wanted:
                yield _fault(
                    f"{path}.workloads[{j}].instances_needed",
                    f"{app.code}/{tier.name} needs {tier.instances_needed} instances and wants "
                    f"{tier.instances_wanted}.",
                    "Need at least 1, and want at least as many as are needed.",
                )
            if tier.instances_wanted > MOST_INSTANCES:
                yield _fault(
                    f"{path}.workloads[{j}].instances_wanted",
                    f"{tier.instances_wanted} are more than a plan takes.",
                    f"Want at most {MOST_INSTANCES}.",
                )


def _vm_faults(snapshot: Snapshot) -> Iterator[BadDocument]:
    hosts = {one.name: {host.name for host in one.hosts} for one in snapshot.clusters}
    grants = {allocation.reference for allocation in snapshot.allocations}
    tiers = {(app.code, tier.name) for app in snapshot.apps for tier in app.workloads}
    yield from _repeated("vms", (vm.id for vm in snapshot.vms))
    for i, vm in enumerate(snapshot.vms):
        path = f"vms[{i}]"
        yield from _unknown(f"{path}.cluster", vm.cluster, hosts)
        yield from _unknown(f"{path}.allocation", vm.allocation, grants)
        members = hosts.get(vm.cluster or "", set())
        yield from _unknown(f"{path}.host", vm.host, members, of=f"{vm.name} runs on")
        for j, tier in enumerate(vm.carries):
            if (tier.app, tier.tier) not in tiers:
                name = f"{tier.app}/{tier.tier}"
                yield from _unknown(f"{path}.carries[{j}]", name, ())
        yield from _address_faults(f"{path}.addresses", vm.addresses)


def _address_faults(path: str, addresses: tuple[str, ...]) -> Iterator[BadDocument]:
    for j, address in enumerate(addresses):
        if not _reads(ip_interface, address):
            hint = "Write one with its length, like 10.64.10.12/24."
            yield _fault(f"{path}[{j}]", f"“{address}” is not an address.", hint)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _unknown(
    path: str, name: str | None, known: Container[str], *, of: str = ""
) -> Iterator[BadDocument]:
    if name is not None and name not in known:
        subject = f"{of} “{name}”, which" if of else f"“{name}”"
        yield _fault(path, f"{subject} is not in the snapshot.", "Add it, or correct the name.")


def _repeated(path: str, names: Iterable[str]) -> Iterator[BadDocument]:
    for name, count in Counter(names).items():
        if count > 1:
            yield _fault(path, f"“{name}” stands {count} times.", "Rename or delete one.")


def _fault(path: str, reason: str, hint: str) -> BadDocument:
    return BadDocument(reason, field=path, hint=hint)
