"""What a driver is asked to build: a target, what stands of it, and the marks of its machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from dcim.planning.document import PlanDocument, PlannedVM, Target
from dcim.vocabulary.hypervisors import is_disposable
from provisioning.program.components import App
from provisioning.program.standing import Standing

NO_APP: Final = "no-app"
"""Name of the component of machines that carry no app."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Whose a machine is, for those who meet it on the hypervisor: app, its owner, the grant."""

    app: str
    owner: str
    allocation: str

    def as_mapping(self) -> dict[str, str]:
        """The tags that say something, by name."""
        pairs = (("app", self.app), ("owner", self.owner), ("allocation", self.allocation))
        return {name: text for name, text in pairs if text}


@dataclass(frozen=True, slots=True)
class Order:
    """One target to build; `owners` are the tenants by app code."""

    target: Target
    standing: Standing = field(default_factory=Standing)
    owners: Mapping[str, str] = field(default_factory=dict)

    def apps(self) -> Iterator[tuple[App, list[PlannedVM]]]:
        """Registers a component per app, in order, and gives each with its machines."""
        machines = sorted(self.target.vms, key=lambda vm: (vm.app, vm.name))
        for code, vms in groupby(machines, key=lambda vm: vm.app or NO_APP):
            of_app = list(vms)
            yield App(code, [vm.name for vm in of_app]), of_app

    @property
    def protects(self) -> bool:
        """Whether the engine is to hold machines and disks protected: real ones always."""
        return not is_disposable(self.target.uri)

    def tags(self, vm: PlannedVM) -> Tags:
        """The tags of `vm`."""
        return Tags(vm.app, self.owners.get(vm.app, ""), vm.allocation or "")


def owners_of(document: PlanDocument) -> dict[str, str]:
    """The tenant that owns each app, by app code."""
    return {app.code: app.owner for app in document.apps if app.owner}
