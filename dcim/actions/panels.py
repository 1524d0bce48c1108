"""Front ports with the strands that lead from them to rear ports, on panels and on their types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.refusals import of_row, writing
from dcim.record.equipment.component_templates import (
    FrontPortTemplate,
    PortTemplateMapping,
    RearPortTemplate,
)
from dcim.record.equipment.ports import FrontPort, PortMapping, RearPort
from dcim.vocabulary.errors import InvalidInput

Front: TypeAlias = FrontPort | FrontPortTemplate
FrontT = TypeVar("FrontT", FrontPort, FrontPortTemplate)
MAPPING_OF: Final[Mapping[type[Front], type[PortMapping | PortTemplateMapping]]] = {
    FrontPort: PortMapping,
    FrontPortTemplate: PortTemplateMapping,
}
FIELD: Final = "rear_ports"


@dataclass(frozen=True, slots=True)
class Strand:
    """One position of a front port, and the position of the rear port that it leads to."""

    position: int
    rear_port: RearPort | RearPortTemplate
    rear_position: int


def create_many(
    model: type[FrontT], rows: Sequence[record.Values], *, by: Actor, messages: Sequence[str] = ()
) -> list[FrontT]:
    """New front ports, all or none; `rear_ports` among a row's values are its strands.

    `messages` are as for `record.create_many`; the strands have the actor's.

    Raises: InvalidInput, BadRow: as `record.create_many`, or when a strand fits neither port.
    """
    values = [{name: one for name, one in row.items() if name != FIELD} for row in rows]
    with writing():
        ports = record.create_many(model, values, by=by, messages=messages)
        _lay(list(zip(ports, (row.get(FIELD, ()) for row in rows), strict=True)), by)
    return ports


def update(port: FrontT, values: record.Values, *, by: Actor) -> FrontT:
    """The front port with new values; `rear_ports`, where they are named, replace its strands.

    Raises: as `create_many`.
    """
    plain = {name: one for name, one in values.items() if name != FIELD}
    with writing():
        is_laid_anew = FIELD in values and _pull_out(port, values[FIELD], by)
        fresh = record.update(port, plain, by=by)
        if is_laid_anew:
            _lay([(fresh, values[FIELD])], by)
    return fresh


def update_many(
    changes: Sequence[tuple[FrontT, record.Values]], *, by: Actor, messages: Sequence[str]
) -> list[FrontT]:
    """Front ports with new values and strands, all or none; `messages` says why, of each.

    Raises: as `update`.
    """
    with writing():
        written = list[FrontT]()
        for at, ((port, values), why) in enumerate(zip(changes, messages, strict=True)):
            with of_row(at, port.pk):
                written.append(update(port, values, by=by.saying(why)))
        return written


def _pull_out(port: Front, strands: Sequence[Strand], by: Actor) -> bool:
    """Take the strands out of the port, unless they are those that it is to have; whether it did.

    They go before the port is written, so that it may have fewer positions along with them.
    """
    model: Any = MAPPING_OF[type(port)]
    rows = type(port)._default_manager.select_for_update(of=("self",))
    list(rows.filter(pk=port.pk).values_list("pk"))
    old = list(model.objects.filter(front_port=port))
    laid = [(one.front_port_position, one.rear_port_id, one.rear_port_position) for one in old]
    if laid == [(one.position, one.rear_port.pk, one.rear_position) for one in strands]:
        return False
    gone = [Change(one, one.pk, state_of(one), None, str(one)) for one in old]
    model.objects.filter(front_port=port).delete()
    log_changes(gone, by=by)
    return True


def _lay(laid: Sequence[tuple[Front, Sequence[Strand]]], by: Actor) -> None:
    rows: list[dict[str, Any]] = []
    for at, (port, strands) in enumerate(laid):
        for one in strands:
            with of_row(at) if len(laid) > 1 else nullcontext():
                _check(port, one)
            rows.append(
                {
                    "front_port": port,
                    "front_port_position": one.position,
                    "rear_port": one.rear_port,
                    "rear_port_position": one.rear_position,
                }
            )
    if rows:
        record.create_many(MAPPING_OF[type(laid[0][0])], rows, by=by)


def _check(port: Front, strand: Strand) -> None:
    if _owner_of(strand.rear_port) != _owner_of(port):
        raise InvalidInput(
            _("%(port)s is on another device or type.") % {"port": strand.rear_port},
            field=FIELD,
            hint=_("Choose a rear port of the same panel."),
        )
    for one, position in ((port, strand.position), (strand.rear_port, strand.rear_position)):
        if not 1 <= position <= one.positions:
            raise InvalidInput(
                _("%(port)s has no position %(position)s.") % {"port": one, "position": position},
                field=FIELD,
                hint=_("Its positions go from 1 to %(last)s.") % {"last": one.positions},
            )


def _owner_of(port: Any) -> tuple[int | None, ...]:
    if isinstance(port, FrontPort | RearPort):
        return (port.device_id,)
    return port.device_type_id, port.module_type_id
