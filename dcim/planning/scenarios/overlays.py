"""A scenario: a base date, and overlays that change the estate from a day on. Data, and its form.

Read strictly: every complaint names the entry. What an overlay does is for `apply`; what must hold
between it and the estate (names, what is there twice) is found there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Final, TypeAlias, cast

from dcim.planning.estate import NOTHING, Workload
from dcim.planning.scenarios.days import day_fault, require_base
from dcim.planning.snapshot import MOST_INSTANCES
from dcim.planning.strict_json import canonical_bytes, read_object
from dcim.planning.structure import plain, structure
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import AppKind, DataClass, SystemCategory
from dcim.vocabulary.errors import BadDocument
from dcim.vocabulary.things import Ref, ThingKind

FORMAT: Final = "lumbung.scenario/1"
REMAKE: Final = "Write it as docs/what-if.md says."
MOST_OVERLAYS: Final = 500
MOST_HOSTS: Final = 1000
LARGEST_GROWTH_PERCENT: Final = 1000.0
LOSABLE: Final = (ThingKind.HOST, ThingKind.RACK, ThingKind.SITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddHosts:
    """`count` hosts more in a cluster, each like the host named, or of these amounts."""

    on: date
    cluster: str
    count: int = 1
    like: str | None = None
    amounts: Amounts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireHosts:
    """Hosts leave their cluster for good; their machines go to the others first."""

    on: date
    cluster: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lose:
    """Hosts fail, by themselves or with their rack or site: `host:`, `rack:`, `site:` and a name.

    `until` is the day on which they are back; without it they stay out.
    """

    on: date
    things: tuple[str, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """A grant that is not recorded; `until` is its last day."""

    on: date
    reference: str
    provider: str
    amounts: Amounts
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGrant:
    """A recorded grant gets other amounts, or another last day."""

    on: date
    allocation: str
    amounts: Amounts | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseGrant:
    """A recorded grant is no longer in force from the day on."""

    on: date
    allocation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grow:
    """What machines that stand take grows from the day on, by so much a year, compounded.

    Of one pool (`cluster:NAME`, `allocation:NAME`), one class, one kind of app; of all unless said.
    """

    on: date
    percent_per_year: float
    pool: str | None = None
    resource_class: ResourceClass | None = None
    app_kind: AppKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCluster:
    """Other ratios, reserve, or number of host failures to survive; what is not said stays."""

    on: date
    cluster: str
    vcpu_allocation_ratio: float | None = None
    memory_allocation_ratio: float | None = None
    storage_allocation_ratio: float | None = None
    reserved: Amounts | None = None
    host_failures_to_survive: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """What held inactive apps back is cured: they lack only room then."""

    on: date
    apps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddApp:
    """An app that is not recorded; it wants the machines of its tiers and has none."""

    on: date
    code: str
    tiers: tuple[Workload, ...]
    name: str = ""
    app_kind: AppKind = AppKind.WEB_APP
    category: SystemCategory | None = None
    data_class: DataClass | None = None
    users_per_month: int = 0
    needs: tuple[str, ...] = ()


Overlay: TypeAlias = (
    AddHosts
    | RetireHosts
    | Lose
    | NewGrant
    | ChangeGrant
    | LapseGrant
    | Grow
    | ChangeCluster
    | Cure
    | AddApp
)
# Field, reason, way out.
Fault: TypeAlias = tuple[str, str, str]
# The word of each kind in files and in the record; words never change and are never used again.
KINDS: Final[dict[str, type[Overlay]]] = {
    "add_hosts": AddHosts,
    "retire_hosts": RetireHosts,
    "lose": Lose,
    "new_grant": NewGrant,
    "change_grant": ChangeGrant,
    "lapse_grant": LapseGrant,
    "grow": Grow,
    "change_cluster": ChangeCluster,
    "cure": Cure,
    "add_app": AddApp,
}
WORDS: Final = {kind: word for word, kind in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What if: overlays on the estate, none of them before `base_date`."""

    name: str
    base_date: date
    description: str = ""
    overlays: tuple[Overlay, ...] = ()


def parse(data: bytes) -> Scenario:
    """The scenario in a file.

    Raises: BadDocument, whose `field` is the path of the first fault.
    """
    raw = read_object(data, REMAKE)
    if raw.pop("format", None) != FORMAT:
        raise BadDocument(f"is not “{FORMAT}”.", field="format", hint=REMAKE)
    overlays = raw.pop("overlays", [])
    head = cast("_Head", structure(_Head, raw))
    if not head.name.strip():
        raise BadDocument("is empty.", field="name", hint="Give it a name.")
    return Scenario(
        name=head.name,
        base_date=head.base_date,
        description=head.description,
        overlays=overlays_of(overlays, head.base_date),
    )


def encode(scenario: Scenario) -> bytes:
    """The bytes of a scenario file; the overlays keep their order."""
    return canonical_bytes(
        {
            "format": FORMAT,
            "name": scenario.name,
            "description": scenario.description,
            "base_date": scenario.base_date.isoformat(),
            "overlays": plain_overlays(scenario.overlays),
        }
    )


def overlays_of(value: object, base_date: date, path: str = "overlays") -> tuple[Overlay, ...]:
    """The overlays that `value` (as `json.loads` gives it) lists.

    Args:
        value: a list of objects, each with its `kind` (see `KINDS`) and that kind's fields.
        base_date: none begins before it.
        path: where the list stands, for complaints.

    Raises:
        InvalidInput: no scenario has such a base date.
        BadDocument: one is not right; the `field` names the entry: `overlays[2].hosts`.
    """
    require_base(base_date)
    if not isinstance(value, list):
        raise BadDocument("is not a list.", field=path, hint="Write it in square brackets.")
    if len(value) > MOST_OVERLAYS:
        raise BadDocument(
            f"{len(value)} entries are more than a scenario takes.",
            field=path,
            hint=f"Write at most {MOST_OVERLAYS}.",
        )
    return tuple(_overlay(one, base_date, f"{path}[{at}]") for at, one in enumerate(value))


def plain_overlays(overlays: tuple[Overlay, ...]) -> list[dict[str, object]]:
    """The overlays as JSON knows them, without what is not said."""
    return [{"kind": WORDS[type(one)], **_said(one)} for one in overlays]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    name: str
    base_date: date
    description: str = ""


def _said(overlay: Overlay) -> dict[str, object]:
    written = cast("dict[str, object]", plain(overlay))  # of a dataclass
    bare = {field.name: field.default for field in fields(overlay)}
    return {name: value for name, value in written.items() if value not in (bare[name], [], None)}


def _overlay(value: object, base_date: date, path: str) -> Overlay:
    if not isinstance(value, dict):
        raise BadDocument("is not an object.", field=path, hint="Write its fields in {}.")
    members = dict(value)
    word = members.pop("kind", None)
    if not isinstance(word, str) or word not in KINDS:
        shown = "is missing" if word is None else f"{json.dumps(word)} is not known here"
        raise BadDocument(f"{shown}.", field=f"{path}.kind", hint=f"Known: {', '.join(KINDS)}.")
    overlay = cast("Overlay", structure(KINDS[word], members, path))
    for name, reason, hint in _faults(overlay, base_date):
        raise BadDocument(reason, field=f"{path}.{name}", hint=hint)
    return overlay


def _faults(overlay: Overlay, base_date: date) -> Iterator[Fault]:
    """What is wrong with an entry by itself: field, reason and way out."""
    if fault := day_fault(overlay.on, base_date):
        yield "on", *fault
    until = getattr(overlay, "until", None)
    if until is not None and until < overlay.on:
        yield "until", f"{until} lies before {overlay.on}, when it begins.", "Write a later day."
    amounts = getattr(overlay, "amounts", None)
    if amounts == NOTHING:
        yield "amounts", "is nothing of any class.", "Write at least one above 0."
    for name in ("hosts", "things", "apps", "tiers"):
        if (names := getattr(overlay, name, None)) is not None:
            yield from _list_faults(name, names)
    yield from _own_faults(overlay)


def _list_faults(name: str, names: tuple[object, ...]) -> Iterator[Fault]:
    if not names:
        yield name, "is empty.", "Name at least one."
    keys = [one.name if isinstance(one, Workload) else str(one) for one in names]
    for at, key in enumerate(keys):
        if key in keys[:at]:
            yield f"{name}[{at}]", f"“{key}” stands twice.", "Delete one."


def _own_faults(overlay: Overlay) -> Iterator[Fault]:
    """What only this kind can have wrong."""
    if isinstance(overlay, AddHosts):
        yield from _hosts_faults(overlay)
    elif isinstance(overlay, Lose):
        yield from _loss_faults(overlay)
    elif isinstance(overlay, Grow) and overlay.percent_per_year > LARGEST_GROWTH_PERCENT:
        yield "percent_per_year", "is out of range.", f"At most {LARGEST_GROWTH_PERCENT:g}."
    elif isinstance(overlay, ChangeGrant) and overlay.amounts is None and overlay.until is None:
        yield "amounts", "changes nothing.", "Write amounts, or until."
    elif isinstance(overlay, ChangeCluster) and len(_said(overlay)) == 2:  # the day and its name
        yield "cluster", "is not changed.", "Write a ratio, reserved, or host_failures_to_survive."
    elif isinstance(overlay, NewGrant) and not overlay.reference.strip():
        yield "reference", "is empty.", "Write one."
    elif isinstance(overlay, AddApp):
        yield from _tier_faults(overlay.tiers)


def _hosts_faults(overlay: AddHosts) -> Iterator[Fault]:
    if not 1 <= overlay.count <= MOST_HOSTS:
        yield "count", f"{overlay.count} hosts can't be added.", f"Write 1 to {MOST_HOSTS}."
    if (overlay.like is None) == (overlay.amounts is None):
        yield "like", "says not once what the hosts are.", "Write like, or amounts, not both."


def _loss_faults(overlay: Lose) -> Iterator[Fault]:
    if overlay.until == overlay.on:
        yield "until", "is the day on which it is lost.", "Write the day on which it is back."
    for at, text in enumerate(overlay.things):
        kind, _, name = text.partition(":")
        if not name.strip() or kind not in {one.value for one in LOSABLE}:
            known = ", ".join(f"{one}:NAME" for one in LOSABLE)
            yield f"things[{at}]", f"“{text}” can't be lost.", f"Write one of: {known}."


def _tier_faults(tiers: tuple[Workload, ...]) -> Iterator[Fault]:
    for at, tier in enumerate(tiers):
        if not 1 <= tier.instances_needed <= tier.instances_wanted <= MOST_INSTANCES:
            yield (
                f"tiers[{at}].instances_wanted",
                f"{tier.name} needs {tier.instances_needed} instances and wants "
                f"{tier.instances_wanted}.",
                f"Need at least 1, want as many or more, up to {MOST_INSTANCES}.",
            )


def lost_ref(text: str) -> Ref:
    """What an entry of `Lose.things` names."""
    kind, _, name = text.partition(":")
    return Ref(ThingKind(kind), name)
