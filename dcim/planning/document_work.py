"""What a plan document says of lost hosts, and of the order of work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Survival(StrEnum):
    """Whether a cluster survives the loss of the hosts that it is to survive."""

    HOLDS = "holds"
    BROKEN_BEFORE = "broken_before"
    UNSETTLED = "unsettled"


class Deed(StrEnum):
    """What a step of the work is."""

    RECLAIM = "reclaim"
    CREATE = "create"
    REVIVE = "revive"
    ASK = "ask"
    REVIVE_ON_GRANT = "revive_on_grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Hosts whose loss leaves machines of a target without a place.

    `without_place` are their names under the plan, `before` how many there would be without it.
    """

    hosts: tuple[str, ...]
    without_place: tuple[str, ...] = ()
    before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NPlusOne:
    """Whether, for any `host_failures` hosts lost, the others take the machines that ran there.

    Where what stands fails that already (`broken_before`), `losses` are those hosts, and none of
    them leaves more machines without a place than before. `held_before` is said of the cluster as
    it was, with what the plan reclaims.
    """

    host_failures: int = 0
    verdict: Survival = Survival.HOLDS
    held_before: bool = True
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkStep:
    """One step of the work, from 1; machines as TARGET/MACHINE, asked ones by their name."""

    number: int
    deed: Deed
    apps: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
