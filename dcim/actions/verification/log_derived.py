"""Compares what follows from rows with the rows: which rack units devices and reservations hold.

These rows are in no log, since the places they follow from are; a statement in SQL could free or
take units without a word in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Model

from dcim.actions.rules.rack_units import units_of
from dcim.actions.verification.log_findings import Finding, Problem
from dcim.catalog import kind_of
from dcim.record.equipment.devices import Device
from dcim.record.places.racks import RackUnit
from dcim.record.places.reservations import RackReservation, ReservedUnit

ROWS_AT_ONCE: Final = 1_000
Units = frozenset[tuple[Any, ...]]


def check_units() -> Iterator[Finding]:
    """Devices and reservations that hold other units than their own rows ask for."""
    yield from _differing(Device, ("device_type", "rack"), _units_of_device, _held_by_devices)
    yield from _differing(RackReservation, ("rack",), _units_reserved, _held_by_reservations)


def _differing(
    model: type[Model],
    related: Sequence[str],
    wanted_of: Callable[[Any], Units],
    held_by: Callable[[Sequence[Any]], Mapping[int, Units]],
) -> Iterator[Finding]:
    after, chosen = 0, model._default_manager.select_related(*related).order_by("pk")
    while rows := list(chosen.filter(pk__gt=after)[:ROWS_AT_ONCE]):
        held = held_by(rows)
        for one in rows:
            wanted, has = wanted_of(one), held.get(one.pk, frozenset())
            if wanted != has:
                detail = {"wanted": len(wanted), "missing": len(wanted - has)}
                detail["strange"] = len(has - wanted)
                yield Finding(
                    Problem.UNITS_ALTERED,
                    kind=kind_of(model), pk=one.pk, name=str(one), detail=detail,
                )  # fmt: skip
        after = rows[-1].pk


def _units_of_device(device: Device) -> Units:
    return frozenset((unit.rack_id, unit.face, unit.half_unit) for unit in units_of(device))


def _units_reserved(reservation: RackReservation) -> Units:
    return frozenset((reservation.rack_id, unit) for unit in reservation.units)


def _held_by_devices(devices: Sequence[Device]) -> Mapping[int, Units]:
    rows = RackUnit.objects.filter(device__in=devices)
    return _grouped(rows.values_list("device", "rack", "face", "half_unit"))


def _held_by_reservations(reservations: Sequence[RackReservation]) -> Mapping[int, Units]:
    rows = ReservedUnit.objects.filter(reservation__in=reservations)
    return _grouped(rows.values_list("reservation", "rack", "unit"))


def _grouped(rows: Any) -> Mapping[int, Units]:
    found: defaultdict[int, set[tuple[Any, ...]]] = defaultdict(set)
    for key, *unit in rows:
        found[key].add(tuple(unit))
    return {key: frozenset(units) for key, units in found.items()}
