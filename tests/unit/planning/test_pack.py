"""Hosts for machines: best fit first, CP-SAT where that fails."""

from __future__ import annotations

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.pack import Fit, best_fit, fill, pack
from dcim.planning.estate import Carried
from dcim.vocabulary.amounts import Amounts, ResourceClass

WEB = Carried(app="A", tier="web")


def machine(name: str, size: int, *apart: Carried) -> NewVM:
    return NewVM(name=name, app="A", workloads=(), amounts=Amounts(size, size, size), apart=apart)


def host(size: int) -> Amounts:
    return Amounts(size, size, size)


def test_a_machine_goes_where_least_is_left() -> None:
    assert best_fit([machine("x", 4)], {"h1": host(9), "h2": host(5)}, {}) == {"x": "h2"}


def test_the_largest_goes_first() -> None:
    found = best_fit([machine("s", 2), machine("l", 5)], {"h1": host(5), "h2": host(2)}, {})
    assert found == {"l": "h1", "s": "h2"}


def test_instances_that_keep_apart_get_different_hosts() -> None:
    twins = [machine("a", 1, WEB), machine("b", 1, WEB)]
    packing = pack(twins, {"h1": host(9), "h2": host(9)})
    assert len({*packing.hosts.values()}) == 2


def test_a_host_that_carries_an_instance_gets_no_second() -> None:
    rooms = {"h1": host(9), "h2": host(9)}
    packing = pack([machine("a", 1, WEB)], rooms, {WEB: frozenset({"h1"})})
    assert packing.hosts == {"a": "h2"}


def test_where_best_fit_is_stuck_the_solver_finds_the_placement() -> None:
    vms = [machine(f"m{n}", size) for n, size in enumerate([4, 5, 5, 4, 6, 6])]
    rooms = {"h1": host(15), "h2": host(15)}
    assert best_fit(vms, rooms, {}) is None
    assert pack(vms, rooms).fit is Fit.FITS


def test_one_class_alone_may_show_a_placement_where_the_dominant_share_is_stuck() -> None:
    sizes = {"a": Amounts(3, 2, 1), "b": Amounts(4, 1, 1), "c": Amounts(6, 2, 1)}
    vms = [NewVM(name=name, app="A", workloads=(), amounts=size) for name, size in sizes.items()]
    rooms = {"h1": Amounts(7, 4, 9), "h2": Amounts(6, 4, 9)}
    assert best_fit(vms, rooms, {}) is None
    assert fill(vms, rooms, {}, by=ResourceClass.MEMORY_MIB).homeless == ()
    assert pack(vms, rooms, by_solver=False).hosts == {"a": "h1", "b": "h1", "c": "h2"}


def test_what_can_never_fit_is_disproved() -> None:
    vms = [machine(name, 3) for name in "abc"]
    assert pack(vms, {"h1": host(5), "h2": host(5)}).fit is Fit.NEVER


def test_three_instances_that_keep_apart_never_fit_on_two_hosts() -> None:
    vms = [machine(name, 1, WEB) for name in "abc"]
    assert pack(vms, {"h1": host(9), "h2": host(9)}).fit is Fit.NEVER


def test_a_host_that_is_over_committed_takes_nothing() -> None:
    assert pack([machine("a", 1)], {"h1": host(-3)}).fit is Fit.NEVER


def test_nothing_to_place_fits_anywhere() -> None:
    assert pack([], {}).fit is Fit.FITS
