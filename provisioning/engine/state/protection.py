"""The second lock: the engine holds machines and disks protected, and deletes none of these.

The first is the guard, which asks whom a loss would hit. Should it be passed by, or somebody run
the engine by hand, this one still holds: it opens only to what a plan reclaims, and only while that
is carried out. `pulumi state unprotect` opens it too; it is no control of access.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pulumi.automation import CommandError, Stack

from dcim.planning.document import Target
from dcim.vocabulary.data_folder import data_folder
from provisioning.engine.state.checkpoint import STATE_VERSION
from provisioning.engine.state.holding import BACKEND
from provisioning.engine.state.stacks import read, write
from provisioning.engine.state.workspace import PROJECT
from provisioning.program.kinds import MACHINE, VOLUME, WORDS
from provisioning.program.standing import Resource, State, name_of

_LOCKABLE: Final = {kind for kind, word in WORDS.items() if word in {MACHINE, VOLUME}}
_META: Final = "version: 1\n"


def lock(stack: Stack, state: State) -> State:
    """The state of the stack with all that stands protected: a killed run may leave it undone.

    Raises: CommandError with the engine's words.
    """
    safe = locked(state)
    return state if safe == state else write(stack, safe)


@contextmanager
def open_to_look(stack: Stack, state: State, target: Target) -> Iterator[None]:
    """Within, a preview sees all that `target` no longer names go: in a copy, so no lock opens.

    Secrets are ciphers in the copy too, which is its owner's only and gone in the end.
    """
    going = _going(state, target)
    if not going:
        yield
        return
    place = data_folder("pulumi", "looks", stack.name)
    _copy(stack.name, unlocked(state, going), place)
    settings = stack.workspace.env_vars
    stack.workspace.env_vars = {**settings, BACKEND: place.as_uri()}
    try:
        yield
    finally:
        stack.workspace.env_vars = settings
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def open_to_reclaim(stack: Stack, state: State, target: Target) -> Iterator[None]:
    """Within, what `target` reclaims may be deleted, and nothing else.

    What a run that failed leaves standing is protected again at once; where it was killed, by the
    target's next run.

    Raises: CommandError with the engine's words, before anything else is done.
    """
    named = _going(state, target) & {vm.name for vm in target.reclaim}
    if not named:
        yield
        return
    write(stack, unlocked(state, named))
    try:
        yield
    finally:
        with suppress(CommandError):
            lock(stack, read(stack))


def locked(state: State) -> State:
    """`state` with every machine and disk in it protected."""
    return _with(state, lambda one: {**one, "protect": True})


def unlocked(state: State, names: Collection[str]) -> State:
    """`state` with the machines of these names, and their disks, open to be deleted."""
    return _with(state, lambda one: {**one, "protect": name_of(one["urn"]) not in names})


def _with(state: State, changed: Callable[[Resource], Resource]) -> State:
    held = state.get("resources") or []
    if not held:
        return state
    resources = [changed(one) if one["type"] in _LOCKABLE else one for one in held]
    return {**state, "resources": resources}


def _going(state: State, target: Target) -> set[str]:
    """Names of what is protected and has no place in `target`."""
    held = state.get("resources") or []
    return {name_of(one["urn"]) for one in held if one.get("protect")} - {
        vm.name for vm in target.vms
    }


def _copy(name: str, state: State, place: Path) -> None:
    """A folder of states at `place` in which the stack called `name` holds `state`."""
    shutil.rmtree(place / ".pulumi", ignore_errors=True)
    stacks = place / ".pulumi" / "stacks" / PROJECT
    stacks.mkdir(parents=True)
    (place / ".pulumi" / "meta.yaml").write_text(_META, "utf-8")
    checkpoint = {"stack": f"organization/{PROJECT}/{name}", "latest": state}
    whole = {"version": STATE_VERSION, "checkpoint": checkpoint}
    (stacks / f"{name}.json").write_text(json.dumps(whole), "utf-8")
