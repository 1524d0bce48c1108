"""The engine's stream of events, turned into steps and into the reason why it failed.

Only networks, volumes and machines count as steps: components, the stack, the provider and what a
cloud needs beside them are bookkeeping. Of a cloud's resource the engine says which fields change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import StepEventMetadata, StepEventStateMetadata

from dcim.planning.sentences import tell
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.choices import _
from provisioning.engine.report import LOSING, Action, FieldChange, Op, Step
from provisioning.program.kinds import WORDS
from provisioning.provider.provider import REPLACING, changed_fields, drifted_fields
from provisioning.provider.resizing import needs_restart
from provisioning.provider.specs import Kind, Plain, Properties

OPS: Final[Mapping[str, Op]] = {
    OpType.SAME: Op.SAME,
    OpType.CREATE: Op.CREATE,
    OpType.IMPORT: Op.ADOPT,
    OpType.UPDATE: Op.UPDATE,
    OpType.DELETE: Op.DELETE,
    OpType.REPLACE: Op.REPLACE,
    OpType.CREATE_REPLACEMENT: Op.REPLACE,
    OpType.DELETE_REPLACED: Op.REPLACE,
}
_COLOUR: Final = re.compile(r"<\{%.*?%\}>")
_OURS: Final = set(Kind)
_UNTOLD: Final = "…"
"""Stands for what is no plain value, and for secrets, which the engine itself blanks out."""


DONE: Final = "done"
FAILED: Final = "failed"
_PARTS: Final = {OpType.REPLACE, OpType.DELETE_REPLACED}
"""Steps of a replacement that don't make the new resource yet."""

_DONE_LINES: Final[Mapping[Op, str]] = {
    Op.CREATE: _("%(kind)s %(name)s: made"),
    Op.ADOPT: _("%(kind)s %(name)s: taken over"),
    Op.UPDATE: _("%(kind)s %(name)s: changed"),
    Op.REPLACE: _("%(kind)s %(name)s: made anew"),
    Op.DELETE: _("%(kind)s %(name)s: removed"),
}
_FAILED_LINE: Final = _("%(kind)s %(name)s: failed")


@dataclass(slots=True)
class Listener:
    """Listens to one run.

    A refresh knows what a step is only when it is over. Of what changes things, each step that is
    done or fails is told to `say`, and all of them, with the `total` there are to be, to `watch`.
    """

    action: Action = Action.PREVIEW
    total: int = 0
    watch: Watch = UNWATCHED
    say: Callable[[str], None] = lambda _text: None
    _ended: int = 0
    _steps: dict[str, Step] = field(default_factory=dict)
    _errors: list[str] = field(default_factory=list)

    def __call__(self, event: EngineEvent) -> None:
        """Takes in one event."""
        if event.diagnostic_event and event.diagnostic_event.severity == "error":
            self._errors.append(_COLOUR.sub("", event.diagnostic_event.message).strip())
        took = event.res_outputs_event if self._of_refresh else event.resource_pre_event
        if took and took.metadata.op in OPS and took.metadata.type in WORDS:
            self._take(took.metadata)
        if event.res_outputs_event:
            self._end(event.res_outputs_event.metadata, DONE)
        if event.res_op_failed_event:
            self._end(event.res_op_failed_event.metadata, FAILED)

    @property
    def _of_refresh(self) -> bool:
        return self.action is Action.REFRESH

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every resource with what happens to it, in the order of app, name and kind."""
        return tuple(sorted(self._steps.values(), key=lambda s: (s.app, s.name, s.kind)))

    @property
    def error(self) -> str:
        """The first thing that went wrong, on one line; empty when nothing did."""
        said = [" ".join(error.split()) for error in self._errors]
        telling = [
            error for error in said if not error.endswith(("update failed", "preview failed"))
        ]
        return next(iter([*telling, *said]), "")

    def _end(self, metadata: StepEventMetadata, outcome: str) -> None:
        """Notes how a step came out; a refresh before the steps has no part in it."""
        step = self._steps.get(metadata.urn)
        if step is None or step.outcome or metadata.op not in OPS:
            return
        if outcome == DONE and metadata.op in _PARTS:
            return
        self._ended += 1
        if self.action.changes_things:
            self._steps[metadata.urn] = replace(step, outcome=outcome)
            if step.op is not Op.SAME:
                line = _DONE_LINES[step.op] if outcome == DONE else _FAILED_LINE
                self.say(tell(line, kind=step.kind, name=step.name))
        total = max(self.total, len(self._steps))
        self.watch.report(min(self._ended, total), total, f"{step.kind} {step.name}")

    def _take(self, metadata: StepEventMetadata) -> None:
        """Remembers the step; of the three of a replacement, one that has both sides."""
        before = self._steps.get(metadata.urn)
        if before is None or before.op is not Op.REPLACE or not before.changes:
            self._steps[metadata.urn] = _step_of(metadata, of_refresh=self._of_refresh)


def _step_of(metadata: StepEventMetadata, *, of_refresh: bool) -> Step:
    op = OPS[metadata.op]
    there = metadata.old if op is Op.DELETE else metadata.new or metadata.old
    has_changes = op in {Op.UPDATE, Op.REPLACE}
    return Step(
        op=op,
        kind=WORDS[metadata.type],
        name=metadata.urn.rpartition("::")[2],
        app=_app_of(there),
        changes=_changes(metadata, of_refresh=of_refresh) if has_changes else (),
        restarts=op is Op.UPDATE and not of_refresh and _restarts(metadata),
        leaves=_leaves(metadata) if op in LOSING else (),
    )


def _leaves(metadata: StepEventMetadata) -> tuple[str, ...]:
    """The disks of a machine that goes which are no part of any plan."""
    old: Properties = (metadata.old.outputs if metadata.old else None) or {}
    disks = old.get("disks") if metadata.type == Kind.DOMAIN else None
    among = disks if isinstance(disks, list) else []
    return tuple(str(one) for one in among if one and one != old.get("volume"))


def _restarts(metadata: StepEventMetadata) -> bool:
    """Whether a machine that runs, and is to run, takes its new form only by a restart."""
    old: Properties = (metadata.old.outputs if metadata.old else None) or {}
    new: Properties = (metadata.new.inputs if metadata.new else None) or {}
    if metadata.type != Kind.DOMAIN:
        return False
    return bool(old.get("running") and new.get("running")) and needs_restart(old, new)


def _app_of(resource: StepEventStateMetadata | None) -> str:
    """The app is the parent, where the parent is an app."""
    *_, types, name = ("", "", *(resource.parent if resource else "").split("::"))
    return name if types.endswith("lumbung:index:App") else ""


def _changes(metadata: StepEventMetadata, *, of_refresh: bool) -> tuple[FieldChange, ...]:
    if metadata.old is None or metadata.new is None:
        return ()
    old: Mapping[str, Plain] = metadata.old.outputs or {}
    new: Mapping[str, Plain] = (metadata.new.outputs if of_refresh else metadata.new.inputs) or {}
    if metadata.type in _OURS:
        kind = Kind(metadata.type)
        compared = drifted_fields if of_refresh else changed_fields
        fields, replacing = compared(kind, old, new), REPLACING[kind]
    else:
        told = metadata.detailed_diff or {}
        fields, replacing = (
            sorted(told),
            {name for name in told if "replace" in told[name].diff_kind},
        )
    return tuple(
        FieldChange(name, _at(old, name), _at(new, name), replaces=name in replacing)
        for name in fields
    )


def _at(properties: Mapping[str, Plain], path: str) -> Plain:
    """The plain value at a path such as `cpu.cores` or `disks[0].size`."""
    value: Plain = {**properties}
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return _UNTOLD if isinstance(value, dict) else value
