"""On which host each machine of the sample runs: best fit by memory, apart where it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.errors import DoesNotFit


@dataclass(frozen=True, slots=True)
class Seat:
    """A machine that wants a host; machines of the same `group` share neither host nor rack."""

    name: str
    amounts: Amounts
    group: str = ""


@dataclass(slots=True)
class Shelf:
    """A host with what is still free on it."""

    name: str
    rack: str
    free: Amounts
    groups: set[str] = field(default_factory=set)


def place(seats: Sequence[Seat], shelves: Sequence[Shelf]) -> dict[str, str]:
    """Host by machine: the largest first, each where it leaves the least memory over.

    What no host could take on top is left to the least used hosts, which thus are the reserve
    for the loss of another one.

    Raises: DoesNotFit.
    Notes: O(seats x shelves); ties go to the first name, so the same input gives the same places.
    """
    placed: dict[str, str] = {}
    order = sorted(
        seats, key=lambda one: (-one.amounts.memory_mib, -one.amounts.storage_gib, one.name)
    )
    for seat in order:
        shelf = min(
            (one for one in shelves if _can_take(one, seat, shelves)),
            key=lambda one: (one.free.memory_mib, one.free.storage_gib, one.name),
            default=None,
        )
        if shelf is None:
            raise DoesNotFit(
                f"No host has room for {seat.name}.",
                field="device",
                hint="Add a host, or give the machine another cluster.",
            )
        shelf.free -= seat.amounts
        shelf.groups.add(seat.group)
        placed[seat.name] = shelf.name
    return placed


def _can_take(shelf: Shelf, seat: Seat, shelves: Sequence[Shelf]) -> bool:
    if not seat.amounts.fits_in(shelf.free):
        return False
    if not seat.group:
        return True
    return all(seat.group not in one.groups for one in shelves if one.rack == shelf.rack)
