"""What new objects of a model bring along, written and logged with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db.models import Model

from dcim.actions.changes import Actor
from dcim.actions.writes.fillings import fill_devices, fill_modules
from dcim.record.equipment.devices import Device
from dcim.record.equipment.modules import Module

Completion = Callable[[Sequence[Any], Actor], None]

COMPLETIONS: Final[dict[type[Model], tuple[Completion, ...]]] = {
    Device: (fill_devices,),
    Module: (fill_modules,),
}


def complete(model: type[Model], objects: Sequence[Model], *, by: Actor) -> None:
    """Write what new `objects` of `model` bring along, once they themselves are logged.

    Raises: Refused, InvalidInput: as the rules say.
    """
    for completion in COMPLETIONS.get(model, ()) if objects else ():
        completion(objects, by)
