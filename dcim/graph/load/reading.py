"""One pass through the record's tables: things get numbers, and needs are noted by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from dcim.graph.facts import IDLE
from dcim.graph.holdings import Holdings
from dcim.graph.load.cabling import Links
from dcim.graph.load.columns import Column, Columns
from dcim.graph.load.lookups import first_known, looked_up
from dcim.graph.load.naming import Picked, names_of
from dcim.graph.roster import Block, GroupBlock, Roster
from dcim.graph.stakes import Stakes
from dcim.graph.wiring import NOBODY, Flags, Numbers, Wiring, WiringBuilder
from dcim.vocabulary.things import ThingKind

DEVICES: Final = (ThingKind.HOST, ThingKind.SWITCH, ThingKind.ROUTER, ThingKind.PDU)
VALIDITY: Final = ("valid_from", "valid_until")


class Reading:
    """Things and needs in the making; what stands on something is read after it."""

    def __init__(self, tables: Mapping[str, Columns], links: Links) -> None:
        self.tables = tables
        self.links = links
        self.wiring = WiringBuilder()
        self.holdings = Holdings()
        self._blocks: dict[ThingKind, Block] = {}
        self._is_idle: Flags = np.zeros(0, np.bool_)

    @property
    def size(self) -> int:
        """How many things there are so far."""
        return len(self._is_idle)

    def add(
        self,
        kind: ThingKind,
        rows: Columns,
        naming: Callable[[], Sequence[str]],
        *,
        label: str = "name",
        owner: str = "tenant_id",
        only: Flags | None = None,
        stakes: Stakes | None = None,
    ) -> Numbers:
        """The rows as things of a kind, or `only` some of them; gives the number of each row.

        Args:
            kind: Their kind.
            rows: Their table, in the order of its keys.
            naming: Gives the public name of each row; asked once, when a name is needed.
            label: The text that people call them by.
            owner: The column with the tenant that answers for them, where the table has one.
            only: Which rows; the others are nobody.
            stakes: Of apps, what makes them matter.
        """
        places = np.arange(len(rows)) if only is None else np.flatnonzero(only)
        statuses = rows.texts.get("status")
        owners = self._owners(rows[owner][places]) if owner in rows.numbers else ()
        begins, ends = (rows.texts.get(name) for name in VALIDITY)
        block = Block(
            kind,
            self.size,
            len(places),
            naming if only is None else lambda: _taken(naming(), places),
            Picked(rows.texts[label], places),
            () if statuses is None else Picked(statuses, places),
            owners,
            rows["pk"][places],
            stakes,
            () if begins is None else Picked(begins, places),
            () if ends is None else Picked(ends, places),
        )
        self._blocks[kind] = block
        idle = (
            np.zeros(len(places), np.bool_)
            if statuses is None
            else statuses.are_among(IDLE)[places]
        )
        self._is_idle = np.concatenate((self._is_idle, idle))
        numbers = np.full(len(rows), NOBODY, np.int32)
        numbers[places] = np.arange(block.start, block.start + block.size)
        return numbers

    def _owners(self, tenants: Column) -> Sequence[str]:
        return Picked(self.tables["tenants"].texts["slug"], self.places_of_tenants(tenants))

    def places_of_tenants(self, keys: Column) -> Column:
        """Where the tenants `keys` stand in their table."""
        table = self.tables["tenants"]
        return looked_up(table["pk"], np.arange(len(table)), keys)

    def of(self, kind: ThingKind, keys: Column) -> Numbers:
        """The things of a kind that stand for the record's rows `keys`."""
        return self._blocks[kind].of_rows(keys)

    def devices(self, keys: Column) -> Numbers:
        """The hosts, switches, routers and PDUs that stand for the record's devices `keys`."""
        return first_known(*(self.of(kind, keys) for kind in DEVICES))

    def place(self, rows: Columns) -> Numbers:
        """The narrowest place that is stated of each row."""
        room = self.of(ThingKind.LOCATION, rows["location_id"])
        return first_known(room, self.of(ThingKind.SITE, rows["site_id"]))

    def names(self, numbers: Numbers) -> list[str]:
        """What things are called."""
        return names_of(self._roster, numbers)

    @property
    def _roster(self) -> Roster:
        return Roster(tuple(self._blocks.values()), GroupBlock(self.size))

    def works(self, numbers: Numbers) -> Flags:
        """For each number whether it is somebody's who works now."""
        works: Flags = (numbers != NOBODY) & ~self._is_idle[numbers]
        return works

    def working(self, owners: Numbers, members: Numbers) -> tuple[Numbers, Numbers]:
        """The pairs whose member works now; of an owner with none that does, all as recorded."""
        known = (owners != NOBODY) & (members != NOBODY)
        owners, members = owners[known], members[known]
        works = ~self._is_idle[members]
        has_one = np.zeros(self.size, np.bool_)
        has_one[owners[works]] = True
        kept = works | ~has_one[owners]
        return owners[kept], members[kept]

    def build(self) -> tuple[Roster, Wiring]:
        """The nodes and their needs."""
        wiring = self.wiring.build(self.size)
        choices = self.wiring.choices
        nobody = np.zeros(0, np.int32)
        owners = np.concatenate([nobody, *(one.owners for one in choices)])
        needed = np.concatenate([nobody, *(one.needed for one in choices)])
        counts = [len(one.owners) for one in choices]
        labels = Picked([one.label for one in choices], np.repeat(np.arange(len(counts)), counts))
        things = tuple(self._blocks.values())
        groups = GroupBlock(
            self.size,
            len(owners),
            lambda: _group_names(roster, labels, owners),
            labels,
            needed,
            needed + wiring.spare[self.size :],
        )
        roster = Roster(things, groups)
        return roster, wiring


def _taken(names: Sequence[str], places: Column) -> list[str]:
    return [names[place] for place in places.tolist()]


def _group_names(roster: Roster, labels: Sequence[str], owners: Numbers) -> list[str]:
    """A group is called after what its members are, and what needs it."""
    owner_names = (f"{roster.kind(one)}:{roster.name(one)}" for one in owners.tolist())
    return [f"{labels[at]}/{name}" for at, name in enumerate(owner_names)]
