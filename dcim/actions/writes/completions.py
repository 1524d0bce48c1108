"""What new objects of a model bring along, written and logged with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db.models import Model

from dcim.actions.changes import Actor
from dcim.actions.writes.enrolments import enrol_masters, take_primary_macs
from dcim.actions.writes.fillings import fill_devices, fill_modules
from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.equipment.modules import Module
from dcim.record.networks.machine_parts import VMInterface

Completion = Callable[[Sequence[Any], Actor], None]

COMPLETIONS: Final[dict[type[Model], tuple[Completion, ...]]] = {
    Device: (fill_devices,),
    Interface: (take_primary_macs,),
    Module: (fill_modules,),
    VirtualChassis: (enrol_masters,),
    VMInterface: (take_primary_macs,),
}


def complete(model: type[Model], objects: Sequence[Model], *, by: Actor) -> None:
    """Write what new `objects` of `model` bring along, once they themselves are logged.

    Raises: Refused, InvalidInput: as the rules say.
    """
    for completion in COMPLETIONS.get(model, ()) if objects else ():
        completion(objects, by)
