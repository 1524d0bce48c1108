"""The plan document: how the virtual machines of every pool should be, as frozen data and as bytes.

The planner writes it, the Pulumi program and the reports read it, and it carries no clock time, so
the same record gives the same bytes. `document.schema.json` says what may stand in the file; what
must hold between its parts (names, capacity, networks) is left to `rules`. Its digest tells damage,
not tampering: authority is the approval that the record stores. Runs where Django is not installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Final, cast

from dcim.planning.document_grounds import NOT_STATED, Grant, MayHold
from dcim.planning.document_schema import check_schema
from dcim.planning.document_structure import hints, structured
from dcim.planning.document_work import Loss, NPlusOne, WorkStep
from dcim.planning.sentences import Sentence
from dcim.planning.strict_json import JSONValue, canonical_bytes, read_object
from dcim.planning.structure import IN_THEIR_ORDER
from dcim.vocabulary.amounts import Amounts, ResourceClass, capacity, total
from dcim.vocabulary.errors import BadDocument

FORMAT: Final = "lumbung.plan/3"
NOTHING: Final = Amounts()
REMAKE: Final = "Make the plan again with ./manage.py plan --output FILE."


class DocumentKind(StrEnum):
    """Whether a document says how things stand or how they should be."""

    AS_IS = "as-is"
    PLAN = "plan"


class Change(StrEnum):
    """What a plan does with a virtual machine."""

    KEEP = "keep"
    CREATE = "create"
    RECLAIM = "reclaim"


class Outcome(StrEnum):
    """What a plan decides for an app."""

    STAYS = "stays"
    REVIVE = "revive"
    REVIVE_AFTER_RECLAIM = "revive_after_reclaim"
    REVIVE_ON_GRANT = "revive_on_grant"
    REPAIR = "repair"
    MIGRATE = "migrate"
    RETIRE = "retire"
    LEFT_OUT = "left_out"


AT_HAND: Final = frozenset({Outcome.REVIVE, Outcome.REVIVE_AFTER_RECLAIM})


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityLine:
    """Inventory of one resource class of a pool, and its use before and after the plan."""

    resource_class: ResourceClass
    total: int
    reserved: int = 0
    allocation_ratio: float = 1.0
    used_before: int = 0
    used_after: int = 0

    @property
    def capacity(self) -> int:
        """(total - reserved) x allocation_ratio, whole units, as Placement counts it."""
        return capacity(self.total, self.reserved, self.allocation_ratio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network of a target; `mode` is isolated, nat or bridge.

    Empty, the plan does not state it: one that is made is isolated, one that stands keeps its own.
    """

    name: str
    mode: str = "isolated"
    cidr: str | None = None
    vlan: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVM:
    """One virtual machine; `reason` says why it goes and stands only where it is reclaimed.

    `id` is what the snapshot knows it by, for machines that it has; their `name` is the recorded
    one unless hypervisors would refuse that or another machine there has it.
    `running` is whether it should run (of a machine that goes: whether it does). `runs_now` is
    whether it does now, and `stands` what it takes now: stated only where the plan changes that.
    `shared_with` are the apps that it carries beside `app`.
    """

    id: str | None = None
    name: str
    vcpus: int
    memory_mib: int
    storage_gib: int
    image: str = "debian-12"
    network: str | None = None
    addresses: tuple[str, ...] = ()
    app: str = ""
    shared_with: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    allocation: str | None = None
    host: str | None = None
    change: Change = Change.KEEP
    running: bool = True
    runs_now: bool | None = None
    stands: Amounts | None = None
    reason: str = ""

    @property
    def as_it_stands(self) -> PlannedVM:
        """The machine as the plan finds it: kept, of the size it has, running if it runs now."""
        now = self.stands or self.amounts
        return replace(
            self,
            vcpus=now.vcpus,
            memory_mib=now.memory_mib,
            storage_gib=now.storage_gib,
            change=Change.KEEP,
            running=self.running if self.runs_now is None else self.runs_now,
            runs_now=None,
            stands=None,
            reason="",
        )

    @property
    def apps(self) -> tuple[str, ...]:
        """Codes of the apps it carries."""
        return (self.app, *self.shared_with) if self.app else self.shared_with

    @property
    def amounts(self) -> Amounts:
        """What the machine takes of its pool."""
        return Amounts(self.vcpus, self.memory_mib, self.storage_gib)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One pool that can hold virtual machines: one Pulumi stack.

    `name_servers` and the public `ssh_keys` are what new machines are told at their first start.
    """

    name: str
    pool: str
    provider: str
    driver: str = "libvirt"
    hypervisor: str = ""
    may_hold: MayHold = NOT_STATED
    name_servers: tuple[str, ...] = ()
    ssh_keys: tuple[str, ...] = ()
    capacity: tuple[CapacityLine, ...] = ()
    networks: tuple[Network, ...] = ()
    vms: tuple[PlannedVM, ...] = ()
    reclaim: tuple[PlannedVM, ...] = ()
    n_plus_one: NPlusOne | None = None

    @property
    def uri(self) -> str:
        """The hypervisor's URI; where none is named, the rehearsal that stands for it."""
        return self.hypervisor or f"rehearsal:{self.name}"

    @property
    def standing(self) -> tuple[PlannedVM, ...]:
        """What stands now, running or not: what is kept and what is to go, all as kept."""
        kept = (vm for vm in self.vms if vm.change is Change.KEEP)
        standing = (vm.as_it_stands for vm in (*kept, *self.reclaim))
        return tuple(sorted(standing, key=lambda vm: vm.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What waits for a grant of `provider`: reported, never provisioned."""

    provider: str = ""
    amounts: Amounts = NOTHING
    vms: tuple[PlannedVM, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLine:
    """What the plan decides for one app and why; `order` is its step in the revival, 0 for none.

    `after_reclaim` are the machines that go first, as TARGET/MACHINE, since it takes their room.
    `needed_by` are the active apps that rest on it, through others too. What is not stated of
    `category` and `data_class` is empty; `backup_copies` are those on record. `why` are the
    sentences of `reason`, for whoever tells them in another language than English.
    """

    code: str
    name: str = ""
    owner: str = ""
    status: str = ""
    category: str = ""
    data_class: str = ""
    backup_copies: int = 0
    outcome: Outcome = Outcome.STAYS
    pool: str = ""
    reason: str = ""
    why: tuple[Sentence, ...] = ()
    order: int = 0
    after_reclaim: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What the plan reaches, and how near that is to the best that can be (`bound`, `gap`).

    Where that is not proved the best, `limit_s` is how long each stage could search, in
    deterministic seconds, and `stopped` whether somebody ended it before.
    """

    revived_weight: int = 0
    revived: int = 0
    asked: Amounts = NOTHING
    reclaimed: Amounts = NOTHING
    bound: int = 0
    gap: float = 0.0
    proved: bool = False
    limit_s: float | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """A complete plan. `digest` is what a file said; `encode` always writes the right one.

    `pools` are those that new machines may go to, where not all were open to them.
    """

    kind: DocumentKind
    name: str
    stance: str
    base_serial: int
    pools: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    targets: tuple[Target, ...] = ()
    ask: Ask = Ask()
    apps: tuple[AppLine, ...] = ()
    work: tuple[WorkStep, ...] = ()
    objective: Objective = Objective()
    digest: str = ""

    def target(self, name: str) -> Target | None:
        """The target called `name`, if the plan has it."""
        return next((target for target in self.targets if target.name == name), None)


def parse(data: bytes) -> PlanDocument:
    """The plan document in `data`.

    Raises: BadDocument, whose `field` is the path of the damage, when the bytes are not JSON, of
    another version, against the schema, or not what their digest says.
    """
    raw = read_object(data, REMAKE)
    _check_format(raw)
    check_schema(raw, REMAKE)
    document = cast("PlanDocument", structured(PlanDocument, raw))  # proved by the schema
    if document.digest != (right := digest_of(document)):
        raise BadDocument(
            f"says {document.digest[:19]}…, but the content has {right[:19]}…: it was changed.",
            field="digest",
            hint=REMAKE,
        )
    return document


def encode(document: PlanDocument) -> bytes:
    """The canonical bytes of `document`, with its digest: sorted keys, no spaces, lists by name."""
    content = _content(document)
    return canonical_bytes({**content, "digest": _digest(content)})


def digest_of(document: PlanDocument) -> str:
    """“sha256:” and the hash over the canonical bytes of `document` without its digest."""
    return _digest(_content(document))


def as_is(document: PlanDocument) -> PlanDocument:
    """How things stand before `document`: what it keeps and reclaims, all kept; nothing asked."""
    standing = replace(
        document,
        kind=DocumentKind.AS_IS,
        targets=tuple(_target_as_is(target) for target in document.targets),
        ask=Ask(provider=document.ask.provider),
        work=(),
    )
    return replace(standing, digest=digest_of(standing))


def amounts_of(vms: Iterable[PlannedVM]) -> Amounts:
    """What `vms` take together."""
    return total(vm.amounts for vm in vms)


def drawn_on(document: PlanDocument, grant: str) -> tuple[Amounts, Amounts]:
    """What machines of all targets draw on the grant: before the plan, and after."""
    standing = [vm for one in document.targets for vm in one.standing if vm.allocation == grant]
    planned = [vm for one in document.targets for vm in one.vms if vm.allocation == grant]
    return amounts_of(standing), amounts_of(planned)


def _target_as_is(target: Target) -> Target:
    capacity = tuple(replace(line, used_after=line.used_before) for line in target.capacity)
    return replace(target, vms=target.standing, reclaim=(), capacity=capacity, n_plus_one=None)


# Reading


def _check_format(raw: Mapping[str, JSONValue]) -> None:
    if raw.get("format") != FORMAT:
        raise BadDocument(
            f"is “{raw.get('format', '')}”; this program reads {FORMAT}.",
            field="format",
            hint=REMAKE,
        )


# Writing

_ONLY_WHERE_STATED: Final[dict[type, tuple[str, ...]]] = {
    PlannedVM: ("runs_now", "stands", "shared_with"),
    AppLine: ("why",),
}


def _content(document: PlanDocument) -> dict[str, JSONValue]:
    members = cast("dict[str, JSONValue]", _plain(document))  # a dataclass becomes a dict
    del members["digest"]
    return {"format": FORMAT, **members}


def _digest(content: Mapping[str, JSONValue]) -> str:
    return f"sha256:{sha256(canonical_bytes(content)).hexdigest()}"


def _plain(value: object) -> JSONValue:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Amounts):
        return {str(name): amount for name, amount in value.as_mapping().items()}
    if isinstance(value, Sentence):
        return value.plain()
    if is_dataclass(value):
        return _plain_dataclass(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in sorted(value, key=_name_of)]
    return cast("JSONValue", value)  # strings (enums are strings), numbers, booleans, None


def _plain_dataclass(value: object) -> dict[str, JSONValue]:
    kind: type = type(value)
    members = {name: _plain(getattr(value, name)) for name in hints(kind)}
    for name in IN_THEIR_ORDER & members.keys():
        members[name] = [*getattr(value, name)]
    if isinstance(value, PlannedVM) and value.change is not Change.RECLAIM:
        del members["reason"]
    for name in _ONLY_WHERE_STATED.get(kind, ()):
        if not getattr(value, name) and getattr(value, name) is not False:
            del members[name]
    return members


def _name_of(item: object) -> str:
    """What lists are ordered by: the item itself, its name, code, number; classes as Placement.

    Sentences have no name: they stay as they follow one another.
    """
    if isinstance(item, AppLine):
        return item.code
    if isinstance(item, WorkStep):
        return f"{item.number:06}"
    if isinstance(item, Loss):
        return " ".join(item.hosts)
    if isinstance(item, CapacityLine):
        return str(list(ResourceClass).index(item.resource_class))
    return item if isinstance(item, str) else str(getattr(item, "name", ""))
