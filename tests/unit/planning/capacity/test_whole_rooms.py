"""What whole machines can take of hosts: less than the sum, and no less than they do take."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.pack import Fit
from dcim.planning.capacity.survival import Ground, place
from dcim.planning.capacity.whole_rooms import room_for
from dcim.vocabulary.amounts import Amounts, total


def machine(name: str, memory_mib: int) -> NewVM:
    size = Amounts(1, memory_mib, 1)
    return NewVM(name=name, app="A", workloads=(), amounts=size)


def ground(*rooms: int, **fields: object) -> Ground:
    free = {f"h{n}": Amounts(100, room, 100) for n, room in enumerate(rooms)}
    return Ground(free=free, **{"failures": 0, **fields})  # type: ignore[arg-type]


def test_what_is_left_of_a_step_is_never_used() -> None:
    found = room_for(ground(9, 7, 3), [Amounts(1, 4, 1), Amounts(2, 8, 1)], ())
    assert found == Amounts(300, 8 + 4, 300)


def test_after_a_loss_the_others_hold_all_that_ran_there() -> None:
    guests = {"h0": (machine("old", 4),)}
    found = room_for(ground(5, 9, 9, failures=1, guests=guests), [Amounts(1, 4, 1)], ())
    assert found.memory_mib == 8 + 8 - 4
    spared = room_for(
        ground(5, 9, 9, failures=1, guests=guests, allowed={("h0",): 1}), [Amounts(1, 4, 1)], ()
    )
    assert spared.memory_mib == 4 + 8


def test_a_host_that_is_over_committed_gives_nothing_and_takes_nothing_away() -> None:
    assert room_for(ground(-4, 9), [Amounts(1, 4, 1)], ()).memory_mib == 8


@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=3),
    st.lists(st.sampled_from([2, 4, 6]), min_size=1, max_size=4),
    st.lists(st.integers(1, 4), max_size=2),
    st.integers(0, 1),
)
def test_what_packs_and_survives_never_takes_more(
    rooms: list[int], sizes: list[int], standing: list[int], failures: int
) -> None:
    vms = [machine(f"n{n}", size) for n, size in enumerate(sizes)]
    guests = {"h0": tuple(machine(f"o{n}", size) for n, size in enumerate(standing))}
    floor = ground(*rooms, failures=failures, guests=guests)
    if place(vms, floor).fit is Fit.FITS:
        most = room_for(floor, {vm.amounts for vm in vms}, ())
        assert total(vm.amounts for vm in vms).fits_in(most)
