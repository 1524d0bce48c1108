"""Which units are reserved: kept beside each reservation, unique in the database."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dcim.record.numbers import ranges_of
from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation, ReservedUnit
from dcim.vocabulary.errors import InvalidInput


def hold_reserved_units(reservations: Sequence[RackReservation]) -> None:
    """Give `reservations` the units that they name, and free those they held before.

    Raises: InvalidInput: another reservation has one of the units; it is named.
    """
    ReservedUnit.objects.filter(reservation__in=reservations).delete()
    wanted = [
        ReservedUnit(rack_id=one.rack_id, unit=unit, reservation=one)
        for one in reservations
        for unit in one.units
    ]
    try:
        with transaction.atomic():
            ReservedUnit.objects.bulk_create(wanted, batch_size=500)
    except IntegrityError as err:
        raise _units_taken(wanted) from err


def keep_reservations_in_racks(racks: Sequence[Rack]) -> None:
    """See that every rack of `racks` still has the units that are reserved in it.

    Raises: InvalidInput: reserved units would be gone.
    """
    numbers = {rack.pk: rack.unit_numbers for rack in racks}
    reserved = ReservedUnit.objects.filter(rack__in=racks).order_by("unit")
    gone = [one.unit for one in reserved if one.unit not in numbers[one.rack_id]]
    if gone:
        raise InvalidInput(
            _("The units %(units)s are reserved.") % {"units": ranges_of(gone)},
            field="u_height",
            hint=_("Change or delete the reservation first."),
        )


def _units_taken(wanted: Sequence[ReservedUnit]) -> InvalidInput:
    places = {(one.rack_id, one.unit) for one in wanted}
    held = ReservedUnit.objects.filter(rack__in={one.rack_id for one in wanted})
    taken = [
        one
        for one in held.select_related("reservation").order_by("unit")
        if (one.rack_id, one.unit) in places
    ]
    who = ", ".join(dict.fromkeys(one.reservation.description for one in taken))
    return InvalidInput(
        _("The units %(units)s are reserved already: %(who)s.")
        % {
            "units": ranges_of(sorted({one.unit for one in taken})),
            "who": who or _("another reservation of the same request"),
        },
        field="units",
        hint=_("Choose other units."),
    )
