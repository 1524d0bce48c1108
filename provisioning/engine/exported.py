"""What a stack holds, read without making one and without changing it."""

from __future__ import annotations

import json
from typing import cast

from pulumi.automation import CommandError, PulumiCommand, StackNotFoundError

from dcim.planning.sentences import say, tell
from dcim.vocabulary.choices import _
from provisioning.engine.failures import EngineFailed
from provisioning.engine.state.workspace import exported
from provisioning.program.standing import State


def state_of(command: PulumiCommand, target: str) -> State | None:
    """What the stack of `target` holds; None where there is none.

    Raises: EngineFailed when it can't be read.
    """
    try:
        told = json.loads(exported(command, target))
    except StackNotFoundError:
        return None
    except CommandError as err:
        said = [line.strip() for line in str(err).splitlines() if line.strip()]
        reason = next((line for line in reversed(said) if line.startswith("error:")), "")
        raise EngineFailed(
            tell(
                _("the stack %(target)s can't be read: %(words)s"),
                target=target,
                words=reason or say(_("the engine does not say why")),
            ),
            field="PULUMI_BACKEND_URL",
            hint=_("See that the state's place can be reached."),
        ) from err
    return cast("State", told.get("deployment") or {})  # the engine's own format
