"""A report as plain text for a terminal: counts first, then a row per app that changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dcim.planning.document import Outcome
from provisioning.engine.report import (
    Action,
    AppReport,
    Counts,
    FieldChange,
    GrantLine,
    Op,
    Report,
    Result,
    Step,
    TargetReport,
)
from provisioning.program.kinds import MACHINE

REHEARSAL = "REHEARSAL: no hypervisor stands behind it; nothing real was read or changed."
LOSSES = {Op.DELETE: "deleted", Op.REPLACE: "replaced, losing what is on them"}
AS_IS = "The stack was empty or of an earlier record, so how things stand was applied to it first."


def as_text(report: Report) -> str:
    """The whole report, one fact per line."""
    lines = [headline(report), *warnings(report), *map(str, report.violations)]
    for target in report.targets:
        lines += ["", *_target(target)]
    lines += ["", *_apps(report)]
    if report.losses:
        lines += ["", *table(LOSS_HEAD, loss_rows(report))]
    if report.grants:
        lines += ["", *table(GRANT_HEAD, grant_rows(report.grants))]
    if report.waiting_vms:
        lines += ["", waiting(report)]
    return "\n".join(lines)


def headline(report: Report) -> str:
    """What was run on which plan, and the counts over all targets."""
    return f"{report.action} of {report.plan} ({report.stance}): {outcome(report)}"


def warnings(report: Report) -> list[str]:
    """What a reader must not miss: a rehearsal, and in one line what goes and who rests on it."""
    found = [REHEARSAL] if report.is_rehearsal else []
    restarted = [step.name for step in report.steps(Op.UPDATE) if step.restarts]
    found += [loss_line(report)] if report.losses else []
    told = f"WARNING: {_things(restarted, 0)} {_verb(report, len(restarted))} restarted."
    return [*found, *([told] if restarted else [])]


def loss_line(report: Report) -> str:
    """What is deleted and replaced, and the active apps that rest on it."""
    parts = []
    for op, words in LOSSES.items():
        steps = report.steps(op)
        machines = [step.name for step in steps if step.kind == MACHINE]
        if steps:
            what = _things(machines, len(steps) - len(machines))
            parts.append(f"{what} {_verb(report, len(steps))} {words}")
    hit = sorted({app for loss in report.losses for app in loss.rested_on_by})
    resting = f"Active apps rest on that: {_named(hit)}." if hit else "No active app rests on that."
    return f"WARNING: {'; '.join(parts)}. {resting}"


def outcome(report: Report) -> str:
    """The counts, and which targets they leave out; where all, no counts, for none is known."""
    if report.violations:
        rules = len(report.violations)
        return f"refused, {rules} rule{'s' * (rules > 1)} broken; no engine was started"
    unknown = [f"{one.name} {one.result}" for one in report.targets if _is_unknown(one)]
    if unknown and len(unknown) == len(report.targets):
        return f"nothing was done or seen: {_named(unknown)}"
    beside = f"; without {_named(unknown)}" if unknown else ""
    return f"{counted(report.counts, report.action)}{beside}"


def _is_unknown(target: TargetReport) -> bool:
    return target.result in {Result.FAILED, Result.REFUSED} and not target.steps


def counted(counts: Counts, action: Action) -> str:
    """The counts as a sentence; `to` where it is still to happen."""
    to = "" if action.changes_things else "to "
    parts = [
        f"{counts.create} {to}create",
        *([f"{counts.adopt} {to}adopt"] if counts.adopt else []),
        f"{counts.update} {to}update",
        f"{counts.replace} {to}replace",
        f"{counts.delete} {to}delete",
        f"{counts.same} same",
    ]
    return ", ".join(parts)


def waiting(report: Report) -> str:
    """What waits for a grant."""
    asked, count = report.asked, len(report.waiting_vms)
    machines = "1 machine" if count == 1 else f"{count} machines"
    return (
        f"Waiting for a grant of {report.asked_of}: {machines} with {asked.vcpus} vCPU,"
        f" {asked.memory_mib} MiB memory, {asked.storage_gib} GiB storage."
    )


def app_rows(report: Report) -> list[tuple[str, ...]]:
    """A row per app that changes or does not simply stay: code, outcome, where, counts, why."""
    return [_app_row(app) for app in report.apps if _is_told(app)]


def staying(report: Report) -> str:
    """How many apps stay as they are; empty for none."""
    count = sum(not _is_told(app) for app in report.apps)
    if not count:
        return ""
    return "1 app stays as it is." if count == 1 else f"{count} apps stay as they are."


def capacity_rows(target: TargetReport) -> list[tuple[str, ...]]:
    """Class, capacity, used before, used after and free after, per resource class."""
    return [
        _row(line.resource_class, line.capacity, line.used_before, line.used_after)
        for line in target.capacity
    ]


def grant_rows(lines: Iterable[GrantLine]) -> list[tuple[str, ...]]:
    """The same of grants: grant and class, ceiling, drawn before, drawn after and free after."""
    return [
        (line.grant, *_row(line.resource_class, line.ceiling, line.drawn_before, line.drawn_after))
        for line in lines
    ]


def _row(resource_class: str, most: int, before: int, after: int) -> tuple[str, ...]:
    return (str(resource_class), *map(str, (most, before, after, most - after)))


def step_line(step: Step) -> str:
    """One step: what happens to which resource, and the fields that change."""
    changes = change_text(step)
    app = f" of {step.app}" if step.app else ""
    return f"{step.op} {step.kind} {step.name}{app}{f': {changes}' if changes else ''}"


def change_text(step: Step) -> str:
    """The fields that change, whether that takes a restart, and what is left where it is."""
    changes = "; ".join(_change(change) for change in step.changes)
    restarts = " (restarts)" if step.restarts else ""
    leaves = f"leaves {', '.join(step.leaves)}" if step.leaves else ""
    return "; ".join(text for text in (f"{changes}{restarts}", leaves) if text)


def loss_rows(report: Report) -> list[tuple[str, ...]]:
    """What goes, as what, of which app, and the active apps that rest on it."""
    return [
        (
            f"{loss.target}/{loss.name}",
            f"{loss.op} {', '.join(loss.kinds)}",
            loss.app,
            ", ".join(loss.rested_on_by) or "none",
        )
        for loss in report.losses
    ]


def changing(steps: Iterable[Step]) -> list[Step]:
    """The steps that are not “same”."""
    return [step for step in steps if step.op is not Op.SAME]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows in columns as wide as their widest cell."""
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]


def _target(target: TargetReport) -> list[str]:
    label = " [rehearsal]" if target.rehearsal else ""
    lines = [f"{target.name}{label} on {target.hypervisor} ({target.pool}): {target.result}"]
    if target.message:
        lines.append(f"  {target.message}")
    if target.based_on_as_is:
        lines.append(f"  {AS_IS}")
    lines += [f"  {step_line(step)}" for step in changing(target.steps)]
    head = ("class", "capacity", "used before", "after", "free")
    return [*lines, *(f"  {line}" for line in table(head, capacity_rows(target)))]


def _apps(report: Report) -> list[str]:
    rows = app_rows(report)
    told = table(APP_HEAD, rows) if rows else []
    return [*told, staying(report)]


LOSS_HEAD = ("goes", "as", "app", "active apps that rest on it")
GRANT_HEAD = ("grant", "class", "ceiling", "drawn before", "after", "free")
APP_HEAD = ("app", "outcome", "pool", "create", "update", "replace", "delete", "why")


def _app_row(app: AppReport) -> tuple[str, ...]:
    line, counts = app.line, app.counts
    numbers = (counts.create, counts.update, counts.replace, counts.delete)
    return (line.code, line.outcome, line.pool, *map(str, numbers), line.reason)


def _is_told(app: AppReport) -> bool:
    return app.line.outcome is not Outcome.STAYS or app.counts.changed > 0


def _change(change: FieldChange) -> str:
    mark = " (replaces)" if change.replaces else ""
    return f"{change.field} {change.before} → {change.after}{mark}"


def _verb(report: Report, count: int) -> str:
    if not report.action.changes_things:
        return "would be"
    return "was" if count == 1 else "were"


def _things(machines: Sequence[str], others: int) -> str:
    """Machines by name, five at most, and how many volumes and other resources besides."""
    many = f"{len(machines)} machines ({_named(machines)})"
    parts = [many if len(machines) > 1 else f"machine {machines[0]}"] if machines else []
    besides = f"{others} {'other ' if machines else ''}resource{'s' * (others > 1)}"
    return " and ".join([*parts, *([besides] if others else [])])


def _named(names: Sequence[str]) -> str:
    """Five at most."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"
