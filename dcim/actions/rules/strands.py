"""Ports of panels keep the positions that strands lead from and to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from django.db.models import F, Model
from django.utils.translation import gettext as _

from dcim.record.equipment.component_templates import (
    FrontPortTemplate,
    PortTemplateMapping,
    RearPortTemplate,
)
from dcim.record.equipment.ports import FrontPort, PortMapping, RearPort
from dcim.vocabulary.errors import InvalidInput

Port: TypeAlias = FrontPort | RearPort | FrontPortTemplate | RearPortTemplate
# The strands of a kind of port, and the field by which they refer to it.
STRANDS_OF: Final[dict[type[Model], tuple[type[Model], str]]] = {
    FrontPort: (PortMapping, "front_port"),
    RearPort: (PortMapping, "rear_port"),
    FrontPortTemplate: (PortTemplateMapping, "front_port"),
    RearPortTemplate: (PortTemplateMapping, "rear_port"),
}


def keep_positions(ports: Sequence[Port]) -> None:
    """Refuse to take positions from `ports` at which strands are.

    Raises: InvalidInput, naming the highest of these positions.
    """
    model, port = STRANDS_OF[type(ports[0])]
    position = f"{port}_position"
    beyond = model._default_manager.filter(
        **{f"{port}__in": ports, f"{position}__gt": F(f"{port}__positions")}
    )
    last = beyond.order_by(f"-{position}").values_list(position, flat=True).first()
    if last is not None:
        raise InvalidInput(
            _("A strand is at position %(position)s.") % {"position": last},
            field="positions",
            hint=_("Write at least that many, or move the strand first."),
        )
