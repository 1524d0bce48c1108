"""Locations stay in the site of what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import F, Model, QuerySet
from django.utils.translation import gettext as _

from dcim.record.equipment.devices import Device
from dcim.record.equipment.power import PowerPanel
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location
from dcim.vocabulary.errors import InvalidInput

# What stands in a location, and the reference by which it does; each has a site of its own.
HELD: Final[tuple[tuple[type[Model], str], ...]] = (
    (Location, "parent"),
    (Rack, "location"),
    (Device, "location"),
    (PowerPanel, "location"),
)


def keep_what_stands_in(locations: Sequence[Location]) -> None:
    """See that whatever stands in `locations` belongs to their site.

    Raises: InvalidInput: a location would leave for another site without its contents.
    """
    for model, where in HELD:
        rows: QuerySet[Any] = model._default_manager.filter(**{f"{where}__in": locations})
        left = rows.exclude(**{f"{where}__site": F("site")}).first()
        if left is not None:
            raise InvalidInput(
                _("%(object)s stands in it and belongs to another site.") % {"object": left},
                field="site",
                hint=_("Move its rooms, racks and devices first."),
            )
