"""What a run that was killed leaves in the folder of states: locks, torn and half-written files.

A full disk tears more: the engine puts what it could write of a state in the place of the whole.
Called by who holds a target alone, so whatever lies there was left by the dead, with one exception:
an engine that somebody started past us may be at work. Ours are killed when we are.
"""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import LumbungError, Refused

ENGINE: Final = "pulumi"
ENGINE_SECONDS: Final = 60.0
"""How long an engine may take to end: without us it has neither program nor provider."""

ROOM_MIB: Final = 32
"""A state of 94 apps is written whole at each step, a fifth of a MiB; two copies are kept."""


class StateFailed(LumbungError):
    """The engine's state can't be kept or read."""

    code = "engine.state_failed"


def check_room(states: Path) -> None:
    """Raises: StateFailed while there is little room: a run that meets its end half-way would
    know of machines that it can't note.
    """
    free_mib = shutil.disk_usage(states).free // 2**20
    if free_mib < ROOM_MIB:
        raise StateFailed(
            tell(
                _(
                    "the disk of %(folder)s has %(free_mib)s MiB left, and a run needs"
                    " %(room_mib)s."
                ),
                folder=states,
                free_mib=free_mib,
                room_mib=ROOM_MIB,
            ),
            field="LUMBUNG_DATA",
            hint=_("Free some, or name a folder elsewhere."),
        )


def clear_leftovers(states: Path, project: str, target: str, say: Callable[[str], None]) -> None:
    """Removes what killed runs left of `target` in the folder `states`.

    Raises: Refused, naming its process, while an engine still works on the target; StateFailed when
    its state is torn and so are all copies.
    """
    locks = states / "locks" / "organization" / project / target
    for lock in sorted(locks.glob("*.json")):
        _await_end_of(lock, target, say)
    for left in locks.glob("*"):
        left.unlink(missing_ok=True)
    for torn in _torn(states, project, target):
        torn.unlink(missing_ok=True)
    _restore(states, project, target, say)


def _restore(states: Path, project: str, target: str, say: Callable[[str], None]) -> None:
    """Puts the newest whole copy in the place of a torn state.

    It may be some steps old. What was made in these is taken over by name when it is made again.
    """
    state = states / "stacks" / project / f"{target}.json"
    if not state.exists() or _is_whole(state):
        return
    backups = (states / "backups" / project / target).glob(f"{target}.*.json")
    copies = [state.with_name(f"{state.name}.bak"), *sorted(backups, reverse=True)]
    whole = next((copy for copy in copies if copy.exists() and _is_whole(copy)), None)
    if whole is None:
        raise StateFailed(
            tell(
                _("the state of %(target)s is torn, and there is no whole copy of it: %(state)s."),
                target=target,
                state=state,
            ),
            field="LUMBUNG_DATA",
            hint=_("Put one from your backups there."),
        )
    say(
        tell(
            _("%(target)s: the state is torn, as by a full disk; going on from its copy %(copy)s."),
            target=target,
            copy=whole.name,
        )
    )
    new = state.with_name(f".{target}.new")
    shutil.copyfile(whole, new)
    new.replace(state)
    state.with_name(f"{state.name}.attrs").unlink(missing_ok=True)


def _is_whole(state: Path) -> bool:
    try:
        return isinstance(json.loads(state.read_bytes()), dict)
    except ValueError:
        return False


def _torn(states: Path, project: str, target: str) -> Iterator[Path]:
    """Files of attributes without content: the engine takes one for a broken state.

    They stand beside the file that they are about, which is whole, and are written after it.
    """
    history = states / "history" / project / target
    found = (
        states.glob("*.attrs"),
        (states / "stacks" / project).glob(f"{target}.json*.attrs"),
        history.glob("*.attrs"),
    )
    return (path for paths in found for path in paths if not path.stat().st_size)


def _await_end_of(lock: Path, target: str, say: Callable[[str], None]) -> None:
    until = time.monotonic() + ENGINE_SECONDS
    pid = _holder(lock)
    if pid and engine_lives(pid):
        say(
            tell(
                _("%(target)s: waiting for an engine that is at work to end (process %(pid)s) …"),
                target=target,
                pid=pid,
            )
        )
    while pid and engine_lives(pid):
        if time.monotonic() > until:
            raise Refused(
                tell(
                    _("an engine still works on the stack %(target)s (process %(pid)s)."),
                    target=target,
                    pid=pid,
                ),
                field="engine",
                hint=tell(_("Wait until it ends, or end it: kill %(pid)s."), pid=pid),
            )
        time.sleep(0.1)


def _holder(lock: Path) -> int | None:
    """The process of this machine that the lock names, if any does."""
    try:
        said = json.loads(lock.read_text("utf-8"))
    except (OSError, ValueError):
        return None  # torn, or just taken away
    is_here = isinstance(said, dict) and said.get("hostname") == socket.gethostname()
    return int(said["pid"]) if is_here and isinstance(said.get("pid"), int) else None


def engine_lives(pid: int) -> bool:
    """Whether the process lives and is an engine, not another that has got its number."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name.startswith(ENGINE)
    except OSError:
        return False
