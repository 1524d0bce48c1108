"""What came of a run, as data: per target the counts, steps and capacity, what every app gets, what
is drawn on grants, and who rests on what goes.

It holds no resource state and no stack outputs, so it may be shown and stored. `text` and
`markdown` draw it; `report.schema.json` describes its JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Final, cast

from dcim.planning.document import (
    AppLine,
    CapacityLine,
    Network,
    PlanDocument,
    PlannedVM,
    Target,
    drawn_on,
)
from dcim.planning.rules import Violation
from dcim.planning.strict_json import JSONValue
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.errors import BadDocument
from dcim.vocabulary.hypervisors import is_rehearsal
from provisioning.engine.resting import Resting
from provisioning.program.kinds import NETWORK
from provisioning.provider.specs import Plain

FORMAT: Final = "lumbung.report/2"


class Action(StrEnum):
    """What the engine was asked to do; only `up` and `destroy` change a hypervisor."""

    PREVIEW = "preview"
    REFRESH = "refresh"
    UP = "up"
    DESTROY = "destroy"

    @property
    def changes_things(self) -> bool:
        """Whether a hypervisor is different afterwards."""
        return self in {Action.UP, Action.DESTROY}


class Result(StrEnum):
    """How a run ended."""

    NO_CHANGE = "no_change"
    DONE = "done"
    CHANGES = "changes"
    REFUSED = "refused"
    FAILED = "failed"


EXIT_CODES: Final = {
    Result.NO_CHANGE: 0,
    Result.DONE: 0,
    Result.CHANGES: 2,
    Result.REFUSED: 3,
    Result.FAILED: 1,
}
WORST_FIRST: Final = (
    Result.FAILED,
    Result.REFUSED,
    Result.CHANGES,
    Result.DONE,
    Result.NO_CHANGE,
)


class Op(StrEnum):
    """What happens to one resource."""

    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"


LOSING: Final = frozenset({Op.DELETE, Op.REPLACE})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after; `replaces` when its change makes a new resource."""

    field: str
    before: Plain
    after: Plain
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one resource; `app` is empty for a network or a machine without app.

    `grant` is the allocation that its machine draws on, where it does; `note` is the size of a
    machine that is new, why one goes, or where a network that is new leads.
    `outcome` is `done` or `failed` where something was really changed; empty: only shown, or not
    reached.
    `restarts` when a machine that runs can become so only by a restart. `leaves` are disks of a
    machine that goes which stay, since no plan ever spoke of them.
    """

    op: Op
    kind: str
    name: str
    app: str
    changes: tuple[FieldChange, ...] = ()
    grant: str = ""
    note: str = ""
    outcome: str = ""
    restarts: bool = False
    leaves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Resources by what happens to them."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    same: int = 0
    adopt: int = 0

    def __add__(self, other: Counts) -> Counts:
        mine, others = asdict(self), asdict(other)
        return Counts(**{op: mine[op] + others[op] for op in mine})

    @property
    def changed(self) -> int:
        """How many do not stay as they are."""
        return self.create + self.adopt + self.update + self.replace + self.delete


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReport:
    """What came of one target; `based_on_as_is` when how things stand was applied first."""

    name: str
    pool: str
    hypervisor: str
    rehearsal: bool
    result: Result
    message: str = ""
    based_on_as_is: bool = False
    counts: Counts = Counts()  # frozen
    steps: tuple[Step, ...] = ()
    capacity: tuple[CapacityLine, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class AppReport:
    """What one app gets: the plan's line and the counts of its resources over all targets."""

    line: AppLine
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLine:
    """One resource class of a grant, and what machines of all targets draw before and after.

    `ceiling` is what was granted without what is committed beside.
    """

    grant: str
    provider: str
    resource_class: ResourceClass
    ceiling: int
    drawn_before: int
    drawn_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What goes in one target under one name, and the active apps that rest on it.

    `op` is delete or replace, `kinds` are the resources of that name, `app` is what they say.
    """

    target: str
    name: str
    op: Op
    kinds: tuple[str, ...]
    app: str = ""
    rested_on_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a run over the targets of a plan; with `violations` none was run."""

    action: Action
    plan: str
    stance: str
    digest: str
    base_serial: int
    targets: tuple[TargetReport, ...]
    apps: tuple[AppReport, ...]
    asked_of: str
    asked: Amounts
    waiting_vms: tuple[str, ...]
    grants: tuple[GrantLine, ...] = ()
    losses: tuple[Loss, ...] = ()
    violations: tuple[Violation, ...] = ()

    @property
    def result(self) -> Result:
        """The worst of the targets."""
        if self.violations:
            return Result.REFUSED
        results = {target.result for target in self.targets}
        return next((one for one in WORST_FIRST if one in results), Result.NO_CHANGE)

    @property
    def exit_code(self) -> int:
        """What the command exits with."""
        return EXIT_CODES[self.result]

    @property
    def counts(self) -> Counts:
        """Resources of all targets."""
        return sum((target.counts for target in self.targets), Counts())

    @property
    def is_rehearsal(self) -> bool:
        """Whether any target was only rehearsed."""
        return any(target.rehearsal for target in self.targets)

    def steps(self, *ops: Op) -> list[Step]:
        """The steps of all targets that do one of `ops`."""
        return [step for target in self.targets for step in target.steps if step.op in ops]


def report_of(
    action: Action,
    document: PlanDocument,
    targets: Iterable[TargetReport],
    violations: Iterable[Violation] = (),
) -> Report:
    """The report over `targets` of `document`, or over the rules that it breaks."""
    of_targets = tuple(targets)
    return Report(
        action=action,
        plan=document.name,
        stance=document.stance,
        digest=document.digest,
        base_serial=document.base_serial,
        targets=of_targets,
        apps=_apps(document, of_targets),
        asked_of=document.ask.provider,
        asked=document.ask.amounts,
        waiting_vms=tuple(vm.name for vm in document.ask.vms),
        grants=tuple(_grant_lines(document)),
        losses=tuple(_losses(document, of_targets)),
        violations=tuple(violations),
    )


def target_report(target: Target, result: Result, **found: object) -> TargetReport:
    """What is known of `target` without a run, with what was `found` in it."""
    if isinstance(steps := found.get("steps"), tuple):
        found["steps"] = _with_plan(target, steps)
    return TargetReport(
        name=target.name,
        pool=target.pool,
        hypervisor=target.uri,
        rehearsal=is_rehearsal(target.uri),
        result=result,
        capacity=target.capacity,
        **found,  # type: ignore[arg-type]  # fields of the report
    )


def counts_of(steps: Iterable[Step]) -> Counts:
    """How many steps there are of each kind."""
    return Counts(**Counter(step.op.value for step in steps))


def as_json(report: Report) -> str:
    """The report as JSON text, described by `report.schema.json`."""
    members = cast("dict[str, JSONValue]", asdict(report))  # dataclasses of plain values
    members["format"] = FORMAT
    members["result"], members["exit_code"] = report.result, report.exit_code
    members["rehearsal"] = report.is_rehearsal
    members["counts"] = asdict(report.counts)
    members["asked"] = {name: report.asked[name] for name in ResourceClass}
    members["apps"] = [_app_as_json(app) for app in report.apps]
    return json.dumps(members, indent=1, ensure_ascii=False, sort_keys=True)


def may_lose(text: str) -> bool | None:
    """Whether something goes by a report as JSON text; None where that is not known.

    Nothing is known without a report, nor where not all of a plan could be looked at.

    Raises: BadDocument when it is no report.
    """
    if not text.strip():
        return None
    try:
        told = json.loads(text)
        loses, result = bool(told["losses"]), Result(told["result"])
    except (ValueError, LookupError, TypeError) as err:
        raise BadDocument("is no report.", field="report", hint="Name what --json wrote.") from err
    return True if loses else None if result in {Result.FAILED, Result.REFUSED} else False


def _app_as_json(app: AppReport) -> dict[str, JSONValue]:
    """What an app gets, with its reason in English alone: nobody translates a report."""
    line = asdict(app.line)
    del line["why"]
    return {**line, "counts": asdict(app.counts)}


def _with_plan(target: Target, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps with what the plan says of their machines, and of networks that are new."""
    machines = {vm.name: vm for vm in (*target.reclaim, *target.vms)}
    networks = {network.name: network for network in target.networks}

    def planned(step: Step) -> Step:
        if step.kind == NETWORK:
            is_new = step.op is Op.CREATE and step.name in networks
            return replace(step, note=_note_of_network(networks[step.name])) if is_new else step
        vm = machines.get(step.name)
        return (
            step if vm is None else replace(step, grant=vm.allocation or "", note=_note(step, vm))
        )

    return tuple(planned(step) for step in steps)


def _note_of_network(network: Network) -> str:
    """Its range and where it leads: one without a stated mode is made isolated."""
    return ", ".join(one for one in (network.cidr, network.mode or "isolated") if one)


def _note(step: Step, vm: PlannedVM) -> str:
    if step.op is Op.CREATE:
        return f"{vm.vcpus} vCPU, {vm.memory_mib} MiB, {vm.storage_gib} GiB"
    return vm.reason if step.op is Op.DELETE else ""


def _grant_lines(document: PlanDocument) -> Iterator[GrantLine]:
    for grant in document.grants:
        before, after = drawn_on(document, grant.name)
        for one in ResourceClass:
            yield GrantLine(
                grant=grant.name,
                provider=grant.provider,
                resource_class=one,
                ceiling=grant.ceiling[one],
                drawn_before=before[one],
                drawn_after=after[one],
            )


def _losses(document: PlanDocument, targets: Iterable[TargetReport]) -> Iterator[Loss]:
    """Everything that goes, in the order of targets and names."""
    resting = Resting(document)
    found: dict[tuple[str, str, Op], list[Step]] = {}
    for target in targets:
        for step in target.steps:
            if step.op in LOSING:
                found.setdefault((target.name, step.name, step.op), []).append(step)
    for (where, name, op), steps in sorted(found.items()):
        hit = set().union(*(resting.on(where, one.kind, name, one.app) for one in steps))
        yield Loss(
            target=where,
            name=name,
            op=op,
            kinds=tuple(sorted(step.kind for step in steps)),
            app=steps[0].app,
            rested_on_by=tuple(sorted(hit)),
        )


def _apps(document: PlanDocument, targets: tuple[TargetReport, ...]) -> tuple[AppReport, ...]:
    steps: dict[str, list[Step]] = {}
    for target in targets:
        for step in target.steps:
            steps.setdefault(step.app, []).append(step)
    return tuple(AppReport(app, counts_of(steps.get(app.code, ()))) for app in document.apps)
