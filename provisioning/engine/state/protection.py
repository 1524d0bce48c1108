"""The second lock: the engine holds machines and disks protected, and deletes none of these.

The first is the guard, which asks whom a loss would hit. Should it be passed by, or somebody run
the engine by hand, this one still holds: it opens only to what a plan reclaims, and only while that
is carried out. `pulumi state unprotect` opens it too; it is no control of access.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pulumi.automation import CommandError, Stack

from dcim.planning.document import Target
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.data_folder import data_folder
from dcim.vocabulary.errors import LumbungError
from provisioning.engine.command import Say
from provisioning.engine.state.checkpoint import STATE_VERSION
from provisioning.engine.state.holding import BACKEND
from provisioning.engine.state.leftovers import StateFailed
from provisioning.engine.state.stacks import mark, read
from provisioning.engine.state.workspace import PROJECT
from provisioning.program.kinds import MACHINE, VOLUME, WORDS
from provisioning.program.standing import Resource, State
from provisioning.provider.wire import name_of

_LOCKABLE: Final = {kind for kind, word in WORDS.items() if word in {MACHINE, VOLUME}}
PROTECT: Final = "protect"
UNPROTECT: Final = "unprotect"
_META: Final = "version: 1\n"


def lock(stack: Stack, state: State) -> State:
    """What the stack holds once all of it is protected that stands.

    Only what a killed run had opened, or had made and not noted, is found unprotected.

    Raises: CommandError with the engine's words; as `insist`.
    """
    bare = unprotected(state)
    if not bare:
        return state
    mark(stack, PROTECT, bare)
    return read(stack)


@contextmanager
def shown_all_that_goes(stack: Stack, state: State, target: Target) -> Iterator[None]:
    """Within, a preview works on a copy in which nothing that `target` lacks is protected.

    Secrets are ciphers in the copy too, which is its owner's only and gone in the end.

    Raises: StateFailed when the copy can't be written.
    """
    going = _going(state, target)
    if not going:
        yield
        return
    place = data_folder("pulumi", "looks", stack.name)
    settings = stack.workspace.env_vars
    try:
        _copy(stack.name, _without_protection(state, going), place)
        stack.workspace.env_vars = {**settings, BACKEND: place.as_uri()}
        yield
    finally:
        stack.workspace.env_vars = settings
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def free_to_reclaim(stack: Stack, state: State, target: Target, say: Say) -> Iterator[None]:
    """Within, the engine may delete what `target` reclaims, and nothing else.

    What a run that failed leaves standing is protected again at once; where that can't be done, or
    this run is killed, by the target's next run.

    Raises: CommandError with the engine's words, as `insist`: before anything else is done.
    """
    named = {vm.name for vm in target.reclaim}
    urns = [urn for urn in _going(state, target) if name_of(urn) in named]
    if not urns:
        yield
        return
    mark(stack, UNPROTECT, urns)
    try:
        yield
    finally:
        try:
            lock(stack, read(stack))
        except (CommandError, LumbungError):
            say(
                tell(
                    _(
                        "%(target)s: what stands of the reclaimed is unprotected until the next"
                        " run."
                    ),
                    target=target.name,
                )
            )


def unprotected(state: State) -> list[str]:
    """URNs of the machines and disks that stand and are not protected."""
    return [one["urn"] for one in _lockable(state) if not one.get("protect")]


def _going(state: State, target: Target) -> list[str]:
    """URNs of what is protected and has no place in `target`."""
    staying = {vm.name for vm in target.vms}
    held = (one for one in _lockable(state) if one.get("protect"))
    return [one["urn"] for one in held if name_of(one["urn"]) not in staying]


def _lockable(state: State) -> Iterator[Resource]:
    """Machines and disks; what only waits to be deleted, once replaced, is none."""
    for one in state.get("resources") or []:
        if one["type"] in _LOCKABLE and not one.get("delete"):
            yield one


def _without_protection(state: State, urns: Collection[str]) -> State:
    resources: list[Resource] = [
        {**one, "protect": False} if one["urn"] in urns else one
        for one in state.get("resources") or []
    ]
    return {**state, "resources": resources}


def _copy(name: str, state: State, place: Path) -> None:
    """A folder of states at `place` in which the stack called `name` holds `state`."""
    checkpoint = {"stack": f"organization/{PROJECT}/{name}", "latest": state}
    whole = {"version": STATE_VERSION, "checkpoint": checkpoint}
    stacks = place / ".pulumi" / "stacks" / PROJECT
    shutil.rmtree(place / ".pulumi", ignore_errors=True)
    try:
        stacks.mkdir(parents=True)
        (place / ".pulumi" / "meta.yaml").write_text(_META, "utf-8")
        (stacks / f"{name}.json").write_text(json.dumps(whole), "utf-8")
    except OSError as err:
        raise StateFailed(
            tell(
                _("a copy of the state can't be written to %(place)s: %(words)s."),
                place=place,
                words=err.strerror,
            ),
            field="LUMBUNG_DATA",
            hint=_("Free some room, or name a folder elsewhere."),
        ) from err
