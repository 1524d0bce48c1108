"""What could be given back of each grant, in the record as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from dcim.planning.grants.giving_back import GiveBack, give_backs
from dcim.planning.load.record import load_snapshot
from dcim.record.log.reading import Kept


@dataclass(frozen=True, slots=True)
class IdleRoom:
    """Every grant with what is idle on it, in the state `serial` of the record."""

    serial: int
    grants: tuple[GiveBack, ...]


def current_idle_room() -> IdleRoom:
    """What is idle today.

    Raises: BadDocument when the record contradicts itself.

    Notes: kept until the record changes, see `Kept`.
    """
    return _current.now(timezone.localdate())


def _of_today() -> IdleRoom:
    snapshot = load_snapshot()
    return IdleRoom(snapshot.serial, give_backs(snapshot))


_current: Final = Kept(_of_today)
