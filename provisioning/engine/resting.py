"""Which active apps rest on a resource of a plan: those it carries, and those that need these.

Read from the plan document alone, so it is known without a database. It says what the record says;
whether spare instances carry on is the guard's question, who asks the graph.
"""

from __future__ import annotations

from dcim.planning.document import PlanDocument, PlannedVM, Target
from dcim.vocabulary.choices import AppStatus
from provisioning.program.kinds import NETWORK


class Resting:
    """The machines of a plan, what they carry, and what rests on that."""

    def __init__(self, document: PlanDocument) -> None:
        self._needed_by = {app.code: app.needed_by for app in document.apps}
        self._active = {app.code for app in document.apps if app.status == AppStatus.ACTIVE}
        self._targets = {target.name: target for target in document.targets}

    def on(self, target: str, kind: str, name: str, app: str) -> set[str]:
        """The codes of active apps on one resource of a target, which says `app` of itself."""
        machines = _machines(self._targets.get(target))
        carried = {code for vm in machines if _is_on(vm, kind, name) for code in vm.apps}
        carried |= {app} if app else set()
        above = {code for one in carried for code in self._needed_by.get(one, ())}
        return (carried & self._active) | above


def _machines(target: Target | None) -> tuple[PlannedVM, ...]:
    return (*target.vms, *target.reclaim) if target else ()


def _is_on(vm: PlannedVM, kind: str, name: str) -> bool:
    return (vm.network if kind == NETWORK else vm.name) == name
