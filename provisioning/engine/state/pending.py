"""What a killed engine had begun and not noted as done: settled by looking at the hypervisor.

The engine keeps such operations in its state, warns of them in every later run, and never settles a
creation by itself. Were the next plan another one, what was made just before the kill would be
known to nobody: an orphan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, cast

from provisioning.program.standing import Resource, State
from provisioning.provider.specs import Kind, Properties, differs, spec_of
from provisioning.provider.wire import name_of

Look = Callable[[Kind, str, str], Properties | None]
"""How a resource is seen by its kind, identity and name in the stack."""

_KINDS: Final = set(Kind)
_MAY_DIFFER: Final = {"running"}
"""A machine that was defined and not yet started is ours all the same."""


def has_pending(state: State) -> bool:
    """Whether an engine was killed in the middle of something that we can look at."""
    operations = state.get("pending_operations") or []
    return any(one["resource"]["type"] in _KINDS for one in operations)


def settled(state: State, look: Look) -> State:
    """`state` without pending operations: what was made by then stands among its resources.

    Changes and removals need no more than that: a refresh sees how far they got. A creation counts
    where the hypervisor has the thing as it was asked for; else nothing of ours came of it.
    """
    made = list(_made(state, look))
    return {
        **state,
        "resources": [*(state.get("resources") or []), *made],
        "pending_operations": [
            one
            for one in state.get("pending_operations") or []
            if one["resource"]["type"] not in _KINDS
        ],
    }


def _made(state: State, look: Look) -> Iterator[Resource]:
    known = {resource["urn"] for resource in state.get("resources") or []}
    for operation in state.get("pending_operations") or []:
        resource = operation["resource"]
        is_new = operation["type"] == "creating" and resource["urn"] not in known
        if is_new and resource["type"] in _KINDS:
            kind, inputs = Kind(resource["type"]), cast("Properties", resource.get("inputs", {}))
            identity = spec_of(kind, inputs).identity
            seen = look(kind, identity, name_of(resource["urn"]))
            if seen is not None and _is_as_asked(seen, inputs):
                known.add(resource["urn"])
                yield {**resource, "id": identity, "outputs": dict(resource.get("inputs", {}))}


def _is_as_asked(seen: Properties, inputs: Properties) -> bool:
    """Whether it is what we asked for, and not something of others that bears the name."""
    told = seen.keys() & inputs.keys() - _MAY_DIFFER
    return not any(differs(seen, name, inputs[name]) for name in told)
