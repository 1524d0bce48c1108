"""One target of a plan document as Pulumi resources: rules first, then the target's driver."""

from __future__ import annotations

from collections.abc import Sequence

from dcim.planning.document import PlanDocument, Target
from dcim.planning.rules import Violation, violations_of
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import _
from dcim.vocabulary.errors import Refused, UnknownThing
from provisioning.program.drivers import DRIVERS, Driver
from provisioning.program.order import Order, owners_of
from provisioning.program.standing import Standing
from provisioning.program.traces import leave_out_traces


class PlanRefused(Refused):
    """The plan breaks rules; `violations` holds each with its way out."""

    code = "plan.refused"

    def __init__(self, violations: Sequence[Violation]) -> None:
        told = tell("%(violations)s", violations=tuple(one.sentence for one in violations))
        super().__init__(told, field="plan")
        self.violations = tuple(violations)


def build(document: PlanDocument, target_name: str, standing: Standing | None = None) -> None:
    """Registers the resources of the target called `target_name` with the running Pulumi engine.

    Args: `standing` knows what the stack holds, so that a machine whose app changed is moved, not
    remade.

    Raises: UnknownThing for an unknown target or driver, PlanRefused when rules are broken.
    """
    target = target_of(document, target_name)
    register = driver_of(target)
    broken = violations_of(document, target)
    if broken:
        raise PlanRefused(broken)
    leave_out_traces()
    register(Order(target, standing or Standing(), owners_of(document)))


def driver_of(target: Target) -> Driver:
    """The function that makes the resources of `target`.

    Raises: UnknownThing, listing the known drivers.
    """
    driver = DRIVERS.get(target.driver)
    if driver is None:
        raise UnknownThing(
            tell(_("there is no driver “%(driver)s”."), driver=target.driver),
            field=f"targets.{target.name}.driver",
            hint=tell(_("Known: %(names)s."), names=", ".join(sorted(DRIVERS))),
        )
    return driver


def target_of(document: PlanDocument, name: str) -> Target:
    """The target called `name`.

    Raises: UnknownThing, listing the known ones.
    """
    target = document.target(name)
    if target is None:
        known = ", ".join(target.name for target in document.targets)
        raise UnknownThing(
            tell(_("the plan has no target “%(name)s”."), name=name),
            field="target",
            hint=tell(_("Known: %(known)s."), known=known or "–"),
        )
    return target
