"""What the stacks of targets hold, each read once for a whole comparison."""

from __future__ import annotations

from functools import cache

from dcim.planning.document import Target
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import LumbungError, Refused
from dcim.vocabulary.hypervisors import is_disposable, is_same_hypervisor
from provisioning.engine.command import find_engine
from provisioning.engine.exported import state_of
from provisioning.engine.state.workspace import is_at_work
from provisioning.program.standing import State, standing_of
from provisioning.runs.drift.sides import kept_machines


class Stacks:
    """The stacks as they are read for the first time."""

    def __init__(self) -> None:
        self._engine = cache(find_engine)
        self._states: dict[str, State | None] = {}
        self._machines: dict[str, frozenset[str] | None] = {}

    def state_of(self, target: Target) -> State | None:
        """What is kept of the target; nothing where its stack holds nothing or speaks of a
        rehearsal.

        Raises: Refused when its stack was made on another real hypervisor; EngineFailed.
        """
        if target.name not in self._states:
            self._states[target.name] = state_of(self._engine(), target.name)
        state = self._states[target.name]
        made_on = standing_of(state).uri if state else ""
        if not state or not made_on:
            return None
        if is_same_hypervisor(made_on, target.uri):
            return state
        if is_disposable(made_on):
            return None
        raise Refused(
            tell(
                _("the stack was made on %(made_on)s, and the record names %(address)s."),
                made_on=made_on,
                address=target.uri,
            ),
            hint=_(
                "Reclaim by a plan what stands there first, or give the cluster its address back."
            ),
        )

    def machines_of(self, target: Target) -> frozenset[str] | None:
        """Names of the machines in its stack; None where a run is at work or it can't be read."""
        if target.name not in self._machines:
            self._machines[target.name] = self._names_of(target)
        return self._machines[target.name]

    def forget(self, target: Target) -> None:
        """Reads the stack again when it is next asked for: a run has begun to change it."""
        self._states.pop(target.name, None)

    def _names_of(self, target: Target) -> frozenset[str] | None:
        try:
            if target.name not in self._states and is_at_work(target.name):
                return None
            return frozenset(kept_machines(self.state_of(target)))
        except Refused:  # it speaks of another hypervisor
            return frozenset()
        except LumbungError:
            return None
