"""What a dependency graph is built from: things, groups, and what each needs.

Plain frozen data without a database, so that a graph can be drawn by hand in a test, loaded from a
file, or read from the record (`load`). The rules of failure are not here but in `propagation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from dcim.vocabulary.choices import AppStatus, DeviceStatus
from dcim.vocabulary.things import Ref, ThingKind

# What is recorded with such a status does not work now, so it is no redundancy.
IDLE: Final = frozenset({"planned", "staged", "offline", "failed", DeviceStatus.INVENTORY.value})


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands only while ALL that it needs stands.

    `label` is for people (an app's full name), `status` the record's own word, `owner` the slug of
    the tenant that answers for it, `pk` the key of its row in the record, if it came from there.
    Apps alone have a system `category`, empty where none is stated, and users; `is_external` are
    those that somebody else runs, on nothing that is recorded here. Grants alone have the days from
    and until which they are valid.
    """

    id: Ref
    label: str = ""
    status: str = ""
    owner: str = ""
    pk: int | None = None
    category: str = ""
    users_per_month: int = 0
    valid_from: date | None = None
    valid_until: date | None = None
    is_external: bool = False

    @property
    def kind(self) -> ThingKind:
        """What sort of thing it is."""
        return self.id.kind

    @property
    def name(self) -> str:
        """Its public name, unique among things of its kind."""
        return self.id.name

    @property
    def is_running_app(self) -> bool:
        """Whether it is an app that people use now: only such an app can be hit.

        >>> Thing(Ref.parse("app:SIMPEG"), status="inactive").is_running_app
        False
        """
        return self.kind is ThingKind.APP and self.status == AppStatus.ACTIVE

    @property
    def is_idle(self) -> bool:
        """Whether it does not run now, as far as its status tells."""
        if self.kind is ThingKind.APP:
            return not self.is_running_app
        return self.status in IDLE


@dataclass(frozen=True, slots=True)
class Group:
    """Something that stands while `needed` of its members do: instances, PSUs, hosts, uplinks.

    `label` says in a word what the members are. `size` is their number; a graph counts it when it
    is built, so facts need not state it.
    """

    id: Ref
    label: str
    needed: int
    size: int = 0

    @property
    def kind(self) -> ThingKind:
        """Always a group."""
        return self.id.kind

    @property
    def name(self) -> str:
        """Its name, unique among groups."""
        return self.id.name


Node: TypeAlias = Thing | Group


@dataclass(frozen=True, slots=True)
class Need:
    """`source` rests on `target`: stops without it when hard, only suffers when soft.

    The needs of a group are its members; they are always hard.
    """

    source: Ref
    target: Ref
    hard: bool = True


@dataclass(frozen=True, slots=True)
class Demand:
    """What an instance of a tier takes, how many should run and how many must.

    Instances of tiers that are `co_hosted` share the machines of their app.
    """

    tier: Ref
    vcpus: Decimal = Decimal(0)
    memory_mib: int = 0
    storage_gib: int = 0
    wanted: int = 1
    needed: int = 1
    co_hosted: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup copy, which is a thing of its own: of which tier, where, and how good it is.

    `site` and `provider` are the places that are stated of it; what it stands on is said by needs.
    """

    id: Ref
    tier: Ref
    site: Ref | None = None
    provider: Ref | None = None
    kind: str = ""
    frequency_hours: int | None = None
    retention_days: int | None = None
    size_gib: int | None = None
    last_success: datetime | None = None
    last_restore_test: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a graph is built from; `serial` says which state of the record it is."""

    serial: int = 0
    things: tuple[Thing, ...] = ()
    groups: tuple[Group, ...] = ()
    needs: tuple[Need, ...] = ()
    demands: tuple[Demand, ...] = ()
    copies: tuple[Copy, ...] = ()
