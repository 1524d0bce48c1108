"""What came of a run, as data: per target the counts, steps and capacity, and what every app gets.

It holds no resource state and no stack outputs, so it may be shown and stored. `text` and
`markdown` draw it; `report.schema.json` describes its JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final, cast

from dcim.planning.document import (
    AppLine,
    CapacityLine,
    PlanDocument,
    Target,
)
from dcim.planning.strict_json import JSONValue
from dcim.vocabulary.amounts import Amounts, ResourceClass
from provisioning.provider.driver import is_rehearsal
from provisioning.provider.specs import Plain

FORMAT: Final = "lumbung.report/1"


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
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after; `replaces` when its change makes a new resource."""

    field: str
    before: Plain
    after: Plain
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one resource; `app` is empty for a network or a machine without app."""

    op: Op
    kind: str
    name: str
    app: str
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Resources by what happens to them."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    same: int = 0

    def __add__(self, other: Counts) -> Counts:
        mine, others = asdict(self), asdict(other)
        return Counts(**{op: mine[op] + others[op] for op in mine})

    @property
    def changed(self) -> int:
        """How many do not stay as they are."""
        return self.create + self.update + self.replace + self.delete


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
class Report:
    """What came of a run over the targets of a plan."""

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

    @property
    def result(self) -> Result:
        """The worst of the targets."""
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


def report_of(action: Action, document: PlanDocument, targets: Iterable[TargetReport]) -> Report:
    """The report over `targets` of `document`."""
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
    )


def target_report(target: Target, result: Result, **found: object) -> TargetReport:
    """What is known of `target` without a run, with what was `found` in it."""
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
    members["apps"] = [{**asdict(app.line), "counts": asdict(app.counts)} for app in report.apps]
    return json.dumps(members, indent=1, ensure_ascii=False, sort_keys=True)


def _apps(document: PlanDocument, targets: tuple[TargetReport, ...]) -> tuple[AppReport, ...]:
    steps: dict[str, list[Step]] = {}
    for target in targets:
        for step in target.steps:
            steps.setdefault(step.app, []).append(step)
    return tuple(AppReport(app, counts_of(steps.get(app.code, ()))) for app in document.apps)
