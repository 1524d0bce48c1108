"""What a failure costs: running apps that are hit by system category, their users, their owners.

Counted over columns, for one failure or for thousands side by side; apps that do not run lose
nothing that anyone uses and are never counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.failures.alone import Pairs
from dcim.graph.stakes import CATEGORIES, NOT_STATED
from dcim.graph.wiring import NOBODY, Flags, Keys, distinct
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from dcim.graph.roster import Roster

COLUMNS: Final = (*(category.value for category in CATEGORIES), NOT_STATED)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one failure costs: numbers by category, in the order of `COLUMNS`.

    Users are users per month. `owners` is how many tenants answer for an app that is hit.
    """

    apps_down: tuple[int, ...]
    apps_degraded: tuple[int, ...]
    users_down: tuple[int, ...]
    users_degraded: tuple[int, ...]
    owners: int


@dataclass(frozen=True, slots=True)
class Costs:
    """What each of many failures costs: one row per failure, one column per category."""

    apps_down: Keys
    apps_degraded: Keys
    users_down: Keys
    users_degraded: Keys
    owners: Keys

    def of(self, place: int) -> Cost:
        """What the failure at a place costs."""
        return Cost(
            tuple(self.apps_down[place].tolist()),
            tuple(self.apps_degraded[place].tolist()),
            tuple(self.users_down[place].tolist()),
            tuple(self.users_degraded[place].tolist()),
            int(self.owners[place]),
        )


def costs_of(roster: Roster, failures: int, down: Pairs, degraded: Pairs, told: Flags) -> Costs:
    """What failures cost that bring `down` apps down and degrade others.

    Args:
        roster: Who the nodes are.
        failures: How many failures there are.
        down: Apps that each failure brings down.
        degraded: Apps that each failure degrades.
        told: For each app whether it counts, see `counted_apps`.
    """
    lost, weak = _only(down, roster, told), _only(degraded, roster, told)
    both = Pairs.joined([lost, weak])
    return Costs(
        _by_category(roster, failures, lost, np.ones(len(told), np.int64)),
        _by_category(roster, failures, weak, np.ones(len(told), np.int64)),
        _by_category(roster, failures, lost, roster.stakes.users),
        _by_category(roster, failures, weak, roster.stakes.users),
        _owners(roster, failures, both),
    )


def counted_apps(roster: Roster, codes: Collection[str] | None = None) -> Flags:
    """For each app whether it counts: it runs, and it is one of `codes` where these are given."""
    return roster.stakes.is_running & told_apps(roster, codes)


def told_apps(roster: Roster, codes: Collection[str] | None) -> Flags:
    """For each app whether it may be told of: it is one of `codes`; all where these are None."""
    if codes is None:
        return np.ones(len(roster.apps), np.bool_)
    known = [name in codes for block in roster.of_kind(ThingKind.APP) for name in block.names]
    return np.array(known, np.bool_)


def _only(pairs: Pairs, roster: Roster, told: Flags) -> Pairs:
    """Those of the pairs whose app counts, with apps by their place among apps."""
    apps = pairs.nodes - roster.apps.start
    return Pairs(pairs.failures, apps).only(told[apps])


def _by_category(roster: Roster, failures: int, pairs: Pairs, worth: Keys) -> Keys:
    """The worth of the apps that each failure hits, summed by category."""
    category = roster.stakes.categories[pairs.nodes]
    column = np.where(category == NOBODY, len(CATEGORIES), category)
    cells = pairs.failures * len(COLUMNS) + column
    sums = np.bincount(cells, worth[pairs.nodes], failures * len(COLUMNS))
    table: Keys = sums.astype(np.int64).reshape(failures, len(COLUMNS))
    return table


def _owners(roster: Roster, failures: int, pairs: Pairs) -> Keys:
    """How many owners each failure hits."""
    owner = roster.stakes.owners[pairs.nodes]
    known = owner != NOBODY
    several = len(roster.stakes.slugs) or 1
    hit = distinct(pairs.failures[known] * several + owner[known])
    counts: Keys = np.bincount(hit // several, minlength=failures)
    return counts
