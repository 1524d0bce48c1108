"""The engine's stream of events, turned into steps and into the reason why it failed.

Only networks, volumes and domains count as steps: components, the stack and the provider are
bookkeeping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import StepEventMetadata, StepEventStateMetadata

from provisioning.engine.report import FieldChange, Op, Step
from provisioning.provider.provider import REPLACING, changed_fields
from provisioning.provider.specs import Kind, Plain

OPS: Final[Mapping[str, Op]] = {
    OpType.SAME: Op.SAME,
    OpType.CREATE: Op.CREATE,
    OpType.IMPORT: Op.CREATE,
    OpType.UPDATE: Op.UPDATE,
    OpType.DELETE: Op.DELETE,
    OpType.REPLACE: Op.REPLACE,
    OpType.CREATE_REPLACEMENT: Op.REPLACE,
    OpType.DELETE_REPLACED: Op.REPLACE,
}
_COLOUR: Final = re.compile(r"<\{%.*?%\}>")
_KINDS: Final = set(Kind)


@dataclass(slots=True)
class Listener:
    """Listens to one run. `of_refresh`: a refresh knows what a step is only when it is over."""

    of_refresh: bool = False
    _steps: dict[str, Step] = field(default_factory=dict)
    _errors: list[str] = field(default_factory=list)

    def __call__(self, event: EngineEvent) -> None:
        """Takes in one event."""
        if event.diagnostic_event and event.diagnostic_event.severity == "error":
            self._errors.append(_COLOUR.sub("", event.diagnostic_event.message).strip())
        took = event.res_outputs_event if self.of_refresh else event.resource_pre_event
        if took and took.metadata.op in OPS and took.metadata.type in _KINDS:
            self._take(took.metadata)

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

    def _take(self, metadata: StepEventMetadata) -> None:
        """Remembers the step; of the three of a replacement, one that has both sides."""
        before = self._steps.get(metadata.urn)
        if before is None or before.op is not Op.REPLACE or not before.changes:
            self._steps[metadata.urn] = _step_of(metadata, of_refresh=self.of_refresh)


def _step_of(metadata: StepEventMetadata, *, of_refresh: bool) -> Step:
    kind, op = Kind(metadata.type), OPS[metadata.op]
    there = metadata.old if op is Op.DELETE else metadata.new or metadata.old
    has_changes = op in {Op.UPDATE, Op.REPLACE}
    return Step(
        op=op,
        kind=kind.rpartition(":")[2],
        name=metadata.urn.rpartition("::")[2],
        app=_app_of(there),
        changes=_changes(kind, metadata, of_refresh=of_refresh) if has_changes else (),
    )


def _app_of(resource: StepEventStateMetadata | None) -> str:
    """The app is the parent, where the parent is an app."""
    *_, types, name = ("", "", *(resource.parent if resource else "").split("::"))
    return name if types.endswith("lumbung:index:App") else ""


def _changes(
    kind: Kind, metadata: StepEventMetadata, *, of_refresh: bool
) -> tuple[FieldChange, ...]:
    if metadata.old is None or metadata.new is None:
        return ()
    old: Mapping[str, Plain] = metadata.old.outputs or {}
    new: Mapping[str, Plain] = (metadata.new.outputs if of_refresh else metadata.new.inputs) or {}
    return tuple(
        FieldChange(name, old.get(name), new.get(name), replaces=name in REPLACING[kind])
        for name in changed_fields(kind, old, new)
    )
