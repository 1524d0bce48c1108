"""Where machines go while the hosts below them are out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dcim.planning.estate import VM, App, Carried, Cluster, Host, Snapshot, Workload
from dcim.planning.questions.moves import Deed, Out, moves
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import AppStatus, VirtualMachineStatus
from tests.snapshots import tier

WEB = Carried(app="A", tier="web")
HERE, THERE = "cluster:K", "cluster:L"


def size(amount: int) -> Amounts:
    return Amounts(amount, amount, amount)


def machine(name: str, host: str, amount: int = 1, **fields: object) -> VM:
    known = {"id": name, "name": name, "cluster": "K", "host": host, "carries": (WEB,)}
    return VM(amounts=size(amount), **{**known, **fields})  # type: ignore[arg-type]


def estate(*vms: VM, hosts: tuple[int, ...] = (4, 4), **tier_fields: object) -> Snapshot:
    """Cluster K with hosts h1, h2 … of these sizes, and an app A whose tier the machines carry."""
    members = tuple(Host(name=f"h{n}", amounts=size(amount)) for n, amount in enumerate(hosts, 1))
    return Snapshot(
        clusters=(Cluster(name="K", hosts=members, host_failures_to_survive=0),),
        vms=vms,
        apps=(App(code="A", status=AppStatus.ACTIVE, workloads=(_tier(**tier_fields),)),),
    )


def _tier(**fields: Any) -> Workload:
    return tier("web", **fields)


def out(*machines: str, needed: bool = True) -> Out:
    """Host h1 is out, and these machines stop with it."""
    stopping = frozenset(machines)
    return Out(
        hosts=frozenset({(HERE, "h1")}),
        pools=frozenset(),
        machines=stopping,
        needed=stopping if needed else frozenset(),
    )


def told(snapshot: Snapshot, what: Out) -> list[tuple[str, str, str, str]]:
    return [(one.machine.name, one.deed.value, one.pool, one.host) for one in moves(snapshot, what)]


def test_a_machine_that_stops_is_moved_to_another_host_of_its_cluster() -> None:
    found = told(estate(machine("a", "h1"), machine("b", "h2")), out("a"))
    assert found == [("a", "move", HERE, "h2")]


def test_a_machine_that_its_cluster_restarts_migrates() -> None:
    assert told(estate(machine("a", "h1")), out()) == [("a", "migrate", HERE, "h2")]


def test_a_packing_of_all_is_found_where_the_largest_first_is_stuck() -> None:
    sizes = dict(zip("abcdef", (5, 4, 3, 3, 3, 2), strict=True))
    vms = [machine(name, "h1", amount) for name, amount in sizes.items()]
    found = told(estate(*vms, hosts=(20, 10, 10)), out(*sizes))
    assert {deed for _, deed, _, _ in found} == {"move"}


def test_what_the_own_cluster_can_not_carry_goes_to_a_pool_with_room() -> None:
    snapshot = estate(machine("a", "h1", 3), machine("b", "h2", 3))
    other = Cluster(name="L", hosts=(Host(name="x1", amounts=size(9)),), host_failures_to_survive=0)
    both = replace(snapshot, clusters=(*snapshot.clusters, other))
    assert told(both, out("a")) == [("a", "move", THERE, "x1")]


def test_another_pools_reserve_is_left_alone() -> None:
    snapshot = estate(machine("a", "h1", 3), machine("b", "h2", 3))
    other = Cluster(name="L", hosts=(Host(name="x1", amounts=size(9)),))
    both = replace(snapshot, clusters=(*snapshot.clusters, other))
    assert told(both, out("a")) == [("a", "no_place", "", "")]


def test_as_many_as_fit_are_moved_and_the_others_are_named() -> None:
    snapshot = estate(machine("a", "h1", 3), machine("b", "h1", 2), hosts=(8, 4))
    assert told(snapshot, out("a", "b")) == [
        ("a", "move", HERE, "h2"),
        ("b", "no_place", "", ""),
    ]


def test_instances_that_keep_apart_do_so_on_the_way_too() -> None:
    twins = machine("a", "h1"), machine("b", "h2")
    assert told(estate(*twins, anti_affinity=True), out("a"))[0][1] == "no_place"
    found = told(estate(*twins, hosts=(4, 4, 4), anti_affinity=True), out("a"))
    assert found == [("a", "move", HERE, "h3")]


def test_nothing_is_done_where_others_go_on() -> None:
    found = told(estate(machine("a", "h1"), machine("b", "h2")), out("a", needed=False))
    assert found == [("a", "others_go_on", "", "")]


def test_what_carries_no_running_app_is_only_stopped() -> None:
    idle = machine("a", "h1", carries=())
    assert told(estate(idle), out("a", needed=False)) == [("a", "stop", "", "")]


def test_what_does_not_run_is_not_moved() -> None:
    off = machine("a", "h1", status=VirtualMachineStatus.OFFLINE)
    assert told(estate(off), out("a")) == []


def test_what_needs_work_comes_before_what_needs_none() -> None:
    assert list(Deed)[-2:] == [Deed.OTHERS_GO_ON, Deed.STOP]
