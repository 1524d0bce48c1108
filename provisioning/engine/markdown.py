"""A report as Markdown for a pull request: counts first, details folded, never too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from provisioning.engine.report import Report, TargetReport
from provisioning.engine.text import (
    APP_HEAD,
    AS_IS,
    app_rows,
    capacity_rows,
    changing,
    counted,
    staying,
    step_line,
    waiting,
    warnings,
)

MOST_CHARACTERS: Final = 65_536
"""What a comment on a forge may hold."""

_CUT: Final = "\n_Cut here: the report is longer than a comment may be. The JSON has all of it._\n"


def as_markdown(report: Report) -> str:
    """The report in fewer than `MOST_CHARACTERS`: what does not fit is cut off, with a note."""
    blocks = [
        _head(report),
        *(_target(target) for target in report.targets),
        _apps(report),
        *(_steps(target) for target in report.targets if changing(target.steps)),
    ]
    return _fitting(blocks)


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


def _head(report: Report) -> str:
    lines = [
        f"## Lumbung {report.action}: {_escaped(report.plan)} ({_escaped(report.stance)})",
        "",
        f"**{counted(report.counts, report.action)}**",
        *(f"\n> {_escaped(warning)}" for warning in warnings(report)),
    ]
    if report.waiting_vms:
        lines += ["", _escaped(waiting(report))]
    plan = f"Plan `{report.digest[:19]}…`, made from record serial {report.base_serial}."
    return "\n".join([*lines, "", plan, ""])


def _target(target: TargetReport) -> str:
    label = " (rehearsal)" if target.rehearsal else ""
    title = f"### {target.name}{label}: {target.result}"
    lines = [title, "", f"`{target.pool}` on `{target.hypervisor}`"]
    if target.message:
        lines += ["", f"> {_escaped(target.message)}"]
    if target.based_on_as_is:
        lines += ["", AS_IS]
    head = ("class", "capacity", "used before", "used after", "free after")
    return "\n".join([*lines, "", *_table(head, capacity_rows(target)), ""])


def _apps(report: Report) -> str:
    rows = app_rows(report)
    told = ["### Apps", "", *_table(APP_HEAD, rows), ""] if rows else []
    return "\n".join([*told, staying(report), ""])


def _steps(target: TargetReport) -> str:
    steps = changing(target.steps)
    lines = [f"- {_escaped(step_line(step))}" for step in steps]
    title = f"<details><summary>{target.name}: {len(steps)} steps</summary>"
    return "\n".join([title, "", *lines, "", "</details>", ""])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines]


def _escaped(text: str) -> str:
    """Text that can break neither a table nor the page, nor call on anybody."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return flat.replace("|", "\\|").replace("@", "&#64;")
