"""Engine plans that previews leave behind, and what an approval can name of each.

A saved engine plan may hold secrets, encrypted as in the state: it lies in LUMBUNG_DATA/pulumi for
its owner only, and only its digest goes elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from dcim.vocabulary.data_folder import data_folder
from provisioning.engine.report import Op, Step

KEPT_DAYS: Final = 30
"""Longer than a preview can be approved and applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a preview of one target rests on and showed.

    Attributes:
        target: Its name.
        engine_plan: SHA-256 of the saved engine plan.
        state: SHA-256 of what the stack held.
        steps: SHA-256 of the steps that change something.
    """

    target: str
    engine_plan: str
    state: str
    steps: str


@dataclass(slots=True)
class Shelf:
    """Where the engine plans of one preview lie, and the basis of each."""

    folder: Path
    bases: dict[str, Basis] = field(default_factory=dict)

    def path(self, target: str) -> Path:
        """The file of the target's engine plan."""
        return self.folder / f"{target}.plan.json"

    def fresh(self, target: str) -> Path:
        """The same file, empty and its owner's only, for the engine to write."""
        path = self.path(target)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        return path

    def keep(self, target: str, *, state: str, steps: Iterable[Step]) -> None:
        """Notes the basis of what the engine has written."""
        plan = digest_of_file(self.path(target))
        basis = Basis(target=target, engine_plan=plan, state=state, steps=digest_of_steps(steps))
        self.bases[target] = basis

    def clear(self) -> None:
        """Removes what has been applied: the stacks are no longer what it was made for."""
        shutil.rmtree(self.folder, ignore_errors=True)


def shelf(run: int) -> Shelf:
    """The place of the engine plans that the run with this number saves."""
    return Shelf(data_folder("pulumi", "plans", str(run)))


def clear_old() -> None:
    """Removes what previews left that nobody approved and applied within `KEPT_DAYS`."""
    oldest = time.time() - KEPT_DAYS * 86_400
    for folder in data_folder("pulumi", "plans").iterdir():
        with suppress(FileNotFoundError):  # another run may be at the same
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def digest_of_file(path: Path) -> str:
    """SHA-256 of the file; empty where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def digest_of_state(deployment: Mapping[str, object]) -> str:
    """SHA-256 of the resources of an exported stack, whenever it was exported."""
    return _digest(deployment.get("resources") or [])


def digest_of_steps(steps: Iterable[Step]) -> str:
    """SHA-256 of the steps that change something, in whichever order they were heard."""
    changing = [asdict(step) for step in steps if step.op is not Op.SAME]
    for step in changing:
        del step["outcome"]
    return _digest(sorted(json.dumps(step, sort_keys=True) for step in changing))


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
