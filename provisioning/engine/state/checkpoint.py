"""What a stack holds, read from the engine's own file of it.

Asking the engine starts it once more, which is a fifth of a preview of 94 apps.
"""

from __future__ import annotations

import json
from typing import Final, cast

from provisioning.engine.state.workspace import PROJECT, state_folder, state_is_ours
from provisioning.program.standing import State

STATE_VERSION: Final = 3
"""Of the engine's files and exports."""


def stored_state(target: str) -> State | None:
    """The state of the stack, secrets encrypted; None where the engine must be asked."""
    if not state_is_ours():
        return None
    path = state_folder() / ".pulumi" / "stacks" / PROJECT / f"{target}.json"
    try:
        whole = json.loads(path.read_bytes())
        latest = whole["checkpoint"]["latest"] if whole["version"] == STATE_VERSION else None
    except (OSError, ValueError, LookupError, TypeError):
        return None
    # The engine's own format.
    return cast("State", latest) if isinstance(latest, dict) and latest.get("resources") else None
