"""What is at stake when apps stop: which of them run, their category, their users, their owners.

Kept as columns, one row per app in the order of the apps' numbers, so that a nation's apps are
counted as quickly as they are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dcim.graph.wiring import NOBODY, Flags, Keys
from dcim.vocabulary.choices import SystemCategory

if TYPE_CHECKING:
    from dcim.graph.facts import Thing

CATEGORIES: Final = tuple(SystemCategory)  # the gravest first
NOT_STATED: Final = ""  # the category of an app that has none


@dataclass(frozen=True, slots=True)
class Stakes:
    """Columns of apps.

    `is_running` says which of them people use now, `is_external` which somebody else runs;
    `categories` are places in `CATEGORIES`, -1
    where none is stated; `users` are users per month; `owners` are places among `slugs` and
    `names` of the tenants that answer for apps, -1 where nobody does.
    """

    is_running: Flags
    is_external: Flags
    categories: Keys
    users: Keys
    owners: Keys
    slugs: Sequence[str]
    names: Sequence[str]

    def category(self, at: int) -> str:
        """The system category of an app, empty where none is stated."""
        place = int(self.categories[at])
        return NOT_STATED if place == NOBODY else CATEGORIES[place].value


def stakes_of(apps: Sequence[Thing]) -> Stakes:
    """The columns of apps that stand in memory; owners are named by their slugs."""
    places = {category.value: place for place, category in enumerate(CATEGORIES)}
    slugs = sorted({one.owner for one in apps if one.owner})
    place_of_slug = {slug: place for place, slug in enumerate(slugs)}
    return Stakes(
        np.array([one.is_running_app for one in apps], np.bool_),
        np.array([one.is_external for one in apps], np.bool_),
        np.array([places.get(one.category, NOBODY) for one in apps], np.int64),
        np.array([one.users_per_month for one in apps], np.int64),
        np.array([place_of_slug.get(one.owner, NOBODY) for one in apps], np.int64),
        slugs,
        slugs,
    )
