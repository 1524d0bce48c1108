"""Closed lists of places and hardware, all of them NetBox's."""

from __future__ import annotations

from typing import Final

from dcim.vocabulary.choices import Choices


def _(text: str) -> str:
    """Mark `text` for the translators; pages translate it when they show it."""
    return text


class WeightUnit(Choices):
    """NetBox: racks and device types."""

    KILOGRAM = "kg", _("Kilograms")
    GRAM = "g", _("Grams")
    POUND = "lb", _("Pounds")
    OUNCE = "oz", _("Ounces")


class DimensionUnit(Choices):
    """NetBox: the outer dimensions of racks."""

    MILLIMETER = "mm", _("Millimeters")
    INCH = "in", _("Inches")


class RackAirflow(Choices):
    """NetBox: racks."""

    FRONT_TO_REAR = "front-to-rear", _("Front to rear")
    REAR_TO_FRONT = "rear-to-front", _("Rear to front")


class SubdeviceRole(Choices):
    """NetBox: whether devices of a type hold others in bays, or stand in bays themselves."""

    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")


class ReservationStatus(Choices):
    """NetBox: rack reservations."""

    PENDING = "pending", _("Pending")
    ACTIVE = "active", _("Active")
    STALE = "stale", _("Stale")


class ContactPriority(Choices):
    """NetBox: whom to call first."""

    PRIMARY = "primary", _("Primary")
    SECONDARY = "secondary", _("Secondary")
    TERTIARY = "tertiary", _("Tertiary")
    INACTIVE = "inactive", _("Inactive")


# NetBox: the width between the rails of a rack, in inches.
RACK_WIDTHS: Final = (
    (10, _("10 inches")),
    (19, _("19 inches")),
    (21, _("21 inches")),
    (23, _("23 inches")),
)
USUAL_RACK_WIDTH: Final = 19
