"""Reads and writes what a stack holds, past the lock of an engine that was killed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from pulumi.automation import ConcurrentUpdateError, Deployment, Stack

from dcim.planning.sentences import say, sentence_of, tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import Refused
from provisioning.engine.state.checkpoint import STATE_VERSION, stored_state
from provisioning.engine.state.holding import BACKEND, engines_named
from provisioning.engine.state.pending import has_pending, settled
from provisioning.engine.state.workspace import PROJECT, exported, state_is_ours
from provisioning.program.standing import State, standing_of
from provisioning.provider.opening import driver_for
from provisioning.provider.storage import look_at


def settled_state(stack: Stack) -> State:
    """What the stack holds, once what a killed run had begun is settled in it.

    Raises: CommandError with the engine's words; HypervisorFailed where that can't be looked up.
    """
    state = read(stack)
    uri = standing_of(state).uri
    if not uri or not has_pending(state):
        return state
    return write(stack, settled(state, partial(look_at, driver_for(uri))))


def read(stack: Stack) -> State:
    """What the stack holds, its secrets as ciphers.

    Raises: CommandError with the engine's words.
    """
    if (known := stored_state(stack.name)) and not has_pending(known):
        return known
    told = json.loads(exported(stack.workspace.pulumi_command, stack.name))
    return cast("State", told.get("deployment") or {})  # the engine's own format


def write(stack: Stack, state: State) -> State:
    """Makes `state` what the stack holds, and gives back what then stands: with ciphers made anew.

    Raises: CommandError with the engine's words; as `insist`.
    """
    whole = Deployment(STATE_VERSION, dict(state))
    insist(stack, lambda: stack.import_stack(whole))
    return read(stack)


def mark(stack: Stack, deed: str, urns: Sequence[str]) -> None:
    """Lets the engine do `deed` (protect, unprotect) in the state of the stack as it is now.

    Raises: CommandError with the engine's words, where one of `urns` is gone too; as `insist`.
    """
    there = stack.workspace
    asked = ["state", deed, *urns, "--yes", "--stack", stack.name]
    home = {"PULUMI_HOME": there.pulumi_home} if there.pulumi_home else {}
    settings = {**home, **there.env_vars}

    def ask() -> None:
        there.pulumi_command.run(asked, there.work_dir, settings)

    insist(stack, ask)


def insist(stack: Stack, ask: Callable[[], None]) -> None:
    """Asks; the lock of an engine that was killed on this machine is taken away once.

    Raises: Refused, naming the holder, where the state is kept elsewhere and its run may be alive.
    """
    try:
        ask()
    except ConcurrentUpdateError as err:
        holders = engines_named(str(err))
        if not state_is_ours() and not (holders and all(one.is_dead for one in holders)):
            names = tuple(sentence_of(one.told) for one in holders) or say(_("another run"))
            raise Refused(
                tell(
                    _("%(holders)s holds the stack %(stack)s, or was killed while it did."),
                    holders=names,
                    stack=stack.name,
                ),
                field=BACKEND,
                hint=tell(
                    _("Wait until it ends. Was it killed: pulumi cancel %(project)s/%(stack)s."),
                    project=PROJECT,
                    stack=stack.name,
                ),
            ) from err
        stack.cancel()
        ask()
