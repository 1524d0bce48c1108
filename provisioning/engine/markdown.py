"""A report as Markdown for a pull request: one screen, the rest folded, never too long.

Counts come first, then one line of warning where something goes, what failed, the capacity that
moves, and a row per resource that changes, with who rests on what goes. Where nothing changes it is
one line. It holds no state, no outputs and no secrets, since a report has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from dcim.vocabulary.amounts import ResourceClass
from provisioning.engine.report import LOSING, Op, Report, Result, Step
from provisioning.engine.text import (
    APP_HEAD,
    AS_IS,
    REHEARSAL,
    app_rows,
    change_text,
    loss_line,
    outcome,
    staying,
    waiting,
)
from provisioning.program.kinds import MACHINE

MOST_CHARACTERS: Final = 65_000
"""What a comment on a forge may hold is 65,536; the rest is left for a mark to find it by."""

OPEN_ROWS: Final = 12
"""As many resources as are shown without unfolding."""

_CUT: Final = "\n_Cut here: the report is longer than a comment may be. The JSON has all of it._\n"
_ENTITIES: Final = str.maketrans({mark: f"&#{ord(mark)};" for mark in "&<|@[`*"})
_FIRST: Final = (Op.DELETE, Op.REPLACE, Op.UPDATE, Op.CREATE, Op.ADOPT)
_CHANGE_HEAD: Final = ("", "resource", "app", "what changes", "active apps that rest on it")
_CAPACITY_HEAD: Final = ("pool or grant", *ResourceClass)
_VIOLATION_HEAD: Final = ("rule", "where", "why", "way out")


def as_markdown(report: Report) -> str:
    """The report in at most `MOST_CHARACTERS`: what does not fit is cut off, with a note."""
    if report.result is Result.NO_CHANGE:
        return _unchanged(report)
    changes = _change_rows(report)
    blocks = [
        _head(report),
        "\n".join(_table(_CAPACITY_HEAD, list(_capacity_rows(report)))),
        "\n".join(_table(_CHANGE_HEAD, changes[:OPEN_ROWS])),
        _foot(report),
        _folded("more resources", _CHANGE_HEAD, changes[OPEN_ROWS:]),
        _folded("apps", APP_HEAD, app_rows(report)),
    ]
    return _fitting(block for block in blocks if block)


def failure(action: str, reasons: Sequence[str], *, refused: bool) -> str:
    """What is said where there is no report: why nothing could be looked at."""
    word = "refused" if refused else "failed"
    told = "\n".join(f"> {_escaped(reason)}" for reason in reasons)
    return f"## Lumbung {action}: {word}\n\n{told}\n"


def _unchanged(report: Report) -> str:
    rehearsed = " on a rehearsal" if report.is_rehearsal else ""
    where = f"{_escaped(report.plan)} ({_escaped(report.stance)})"
    return (
        f"Lumbung {report.action} of {where}{rehearsed}: no change, {report.counts.same} same."
        f" Plan `{report.digest[:19]}…`.\n"
    )


def _head(report: Report) -> str:
    lines = [
        f"## Lumbung {report.action}: {_escaped(report.plan)} ({_escaped(report.stance)})",
        "",
        f"**{outcome(report)}**",
        "",
    ]
    if report.losses:
        lines += [f"> **{_escaped(loss_line(report))}**", ""]
    for target in report.targets:
        if target.message:
            lines += [f"> **{target.name} {target.result}:** {_escaped(target.message)}", ""]
    if report.is_rehearsal:
        lines += [f"_{REHEARSAL}_", ""]
    if report.waiting_vms:
        lines += [_escaped(waiting(report)), ""]
    broken = [
        (one.rule, f"{one.target}, {one.subject}", one.reason, one.hint)
        for one in report.violations
    ]
    return "\n".join([*lines, *_table(_VIOLATION_HEAD, broken)])


def _foot(report: Report) -> str:
    """Which plan on which hypervisors, and how the apps fare that do not stand above."""
    where = [
        f"- {target.name}: {target.result.replace('_', ' ')},"
        f" {_code(target.pool)} on {_code(target.hypervisor)}"
        for target in report.targets
    ]
    if any(target.based_on_as_is for target in report.targets):
        where += ["", AS_IS]
    plan = f"Plan `{report.digest[:19]}…`, made from record serial {report.base_serial}."
    return "\n".join([*where, "", f"{plan} {staying(report)}".rstrip(), ""])


def _change_rows(report: Report) -> list[tuple[str, ...]]:
    """A row per machine, with its disk where that fares alike, or other thing; what goes first."""
    resting = {(loss.target, loss.name): ", ".join(loss.rested_on_by) for loss in report.losses}
    rows: dict[tuple[str, ...], list[str]] = {}
    for op in _FIRST:
        for target in report.targets:
            where = f"{target.name}/" if len(report.targets) > 1 else ""
            for step in (one for one in target.steps if one.op is op):
                hit = resting.get((target.name, step.name)) or "none" if op in LOSING else ""
                key = (op, f"{where}{step.name}", step.app, _what_changes(step), hit)
                rows.setdefault(key, []).append(step.kind)
    return [
        (op, name if MACHINE in kinds else f"{name} ({', '.join(sorted(kinds))})", *rest)
        for (op, name, *rest), kinds in rows.items()
    ]


def _what_changes(step: Step) -> str:
    draws = f"draws on {step.grant}" if step.grant and step.op is Op.CREATE else ""
    return "; ".join(text for text in (step.note, change_text(step), draws) if text)


def _capacity_rows(report: Report) -> Iterator[tuple[str, ...]]:
    """Pools and grants of which the plan leaves more or less than before, a cell per class."""
    for target in report.targets:
        cells = {
            line.resource_class: (line.used_before, line.used_after, line.capacity)
            for line in target.capacity
        }
        yield from _moving(target.pool, cells)
    pools = {target.pool for target in report.targets}
    for grant in dict.fromkeys(line.grant for line in report.grants):
        cells = {
            line.resource_class: (line.drawn_before, line.drawn_after, line.ceiling)
            for line in report.grants
            if line.grant == grant
        }
        if f"allocation:{grant}" not in pools:
            yield from _moving(f"allocation:{grant}", cells)


def _moving(
    pool: str, cells: Mapping[ResourceClass, tuple[int, int, int]]
) -> Iterator[tuple[str, ...]]:
    if any(before != after for before, after, _most in cells.values()):
        known = (cells.get(one) for one in ResourceClass)
        yield pool, *(_moves(*cell) if cell else "" for cell in known)


def _moves(before: int, after: int, most: int) -> str:
    return f"{before} → {after} of {most} ({most - after} free)"


def _fitting(blocks: Iterable[str]) -> str:
    text = ""
    for block in blocks:
        room = MOST_CHARACTERS - len(text) - len(_CUT) - 1
        if len(block) > room:
            return f"{text}{_whole_lines(block, room)}{_CUT}"
        text += f"{block}\n"
    return text


def _whole_lines(block: str, room: int) -> str:
    """As many lines of `block` as fit, with an opened fold closed again."""
    closing = "\n</details>\n" if block.startswith("<details>") else ""
    kept = block[: max(0, room - len(closing))].rpartition("\n")[0]
    return f"{kept}{closing}" if kept else ""


def _folded(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    opening = f"<details><summary>{len(rows)} {title}</summary>"
    return "\n".join([opening, "", *_table(head, rows), "</details>", ""])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines), ""]


def _code(text: str) -> str:
    """Text of one line between backticks, where nothing but a backtick means anything."""
    return f"`{' '.join(text.replace('`', chr(39)).split())}`"


def _escaped(text: str) -> str:
    """Text that can break neither a table nor the page, nor call on anybody."""
    return " ".join(text.split()).translate(_ENTITIES)
