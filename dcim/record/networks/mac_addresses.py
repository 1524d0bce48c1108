"""MAC addresses: objects of their own, on interfaces of devices and machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record
from dcim.record.equipment.devices import Interface
from dcim.record.networks.machine_parts import VMInterface

SEPARATORS: Final = re.compile(r"[:.\-\s]")
if TYPE_CHECKING:
    MacColumn = models.CharField[str, str]
else:  # generic to the type checker only
    MacColumn = models.CharField

TWELVE_DIGITS: Final = re.compile(r"[0-9A-F]{12}")


def normal_mac(text: str) -> str:
    """The address in the form that is stored, whatever separators and case it was written in.

    Raises: ValueError for anything that is no 48-bit address.

    >>> normal_mac("001b.4411.3ab7")
    '00:1B:44:11:3A:B7'
    """
    digits = SEPARATORS.sub("", text).upper()
    if TWELVE_DIGITS.fullmatch(digits) is None:
        raise ValueError(text)
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


class MacField(MacColumn):
    """A column for a MAC address, stored in one form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 17
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """The column as migrations write it."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def to_python(self, value: Any) -> Any:
        """The address in its one form.

        Raises: ValidationError for what is no address.
        """
        if value is None or value == "":
            return value
        try:
            return normal_mac(str(value))
        except ValueError as err:
            raise ValidationError(
                _("“%(text)s” is no MAC address. Write one such as 00:1B:44:11:3A:B7.")
                % {"text": value}
            ) from err

    def get_prep_value(self, value: Any) -> Any:
        """The address as it is stored; part of one, which look-ups ask for, as it is written."""
        try:
            return super().get_prep_value(value)
        except ValidationError:
            return str(value)


class MACAddress(Record):
    """A MAC address, of an interface or kept in store."""

    mac_address = MacField(_("MAC address"))
    interface = models.ForeignKey(
        Interface,
        verbose_name=_("interface"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mac_addresses",
    )
    vm_interface = models.ForeignKey(
        VMInterface,
        verbose_name=_("VM interface"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mac_addresses",
    )

    class Meta:
        verbose_name = _("MAC address")
        verbose_name_plural = _("MAC addresses")
        ordering = ("mac_address", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(interface__isnull=True) | models.Q(vm_interface__isnull=True),
                name="mac_address_one_interface",
            ),
        )
        indexes = (models.Index(fields=("mac_address", "id"), name="mac_address_order"),)

    def __str__(self) -> str:
        """The address."""
        return self.mac_address
