"""Who loses what: running apps by system category, users per month, and the owners of the apps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dcim.graph.failures.alone import Pairs
from dcim.graph.failures.tally import Cost, costs_of
from dcim.graph.propagation import State
from dcim.graph.wiring import NOBODY, Keys

if TYPE_CHECKING:
    from dcim.graph.failures.impact import Impact
    from dcim.graph.stakes import Stakes


@dataclass(frozen=True, slots=True)
class OwnerLoss:
    """How many of an owner's running apps are hit, and their users per month."""

    slug: str
    name: str
    apps_down: int
    apps_degraded: int
    users_down: int
    users_degraded: int


@dataclass(frozen=True, slots=True)
class Losses:
    """What an impact costs, and whom: owners with most apps down first."""

    cost: Cost
    owners: tuple[OwnerLoss, ...]


def losses_of(found: Impact) -> Losses:
    """What `found` costs, of the apps that may be told of.

    Notes: over columns, without naming an app.
    """
    down, degraded = (found.running_apps(state) for state in (State.DOWN, State.DEGRADED))
    roster = found.graph.roster
    lost, weak = (Pairs(np.zeros(len(apps), np.int64), apps) for apps in (down, degraded))
    cost = costs_of(roster, 1, lost, weak, roster.stakes.is_running).of(0)
    return Losses(
        cost, _owners(roster.stakes, down - roster.apps.start, degraded - roster.apps.start)
    )


def _owners(stakes: Stakes, down: Keys, degraded: Keys) -> tuple[OwnerLoss, ...]:
    columns = [
        _by_owner(stakes, apps, worth)
        for worth in (np.ones(len(stakes.users), np.int64), stakes.users)
        for apps in (down, degraded)
    ]
    hit = np.flatnonzero(columns[0] + columns[1])
    order = hit[np.lexsort((hit, -columns[1][hit], -columns[0][hit]))]
    return tuple(
        OwnerLoss(
            stakes.slugs[owner], stakes.names[owner], *(int(column[owner]) for column in columns)
        )
        for owner in order.tolist()
    )


def _by_owner(stakes: Stakes, apps: Keys, worth: Keys) -> Keys:
    """The worth of apps summed by owner."""
    owners = stakes.owners[apps]
    known = owners != NOBODY
    sums = np.bincount(owners[known], worth[apps[known]], len(stakes.slugs))
    summed: Keys = sums.astype(np.int64)
    return summed
