"""What a virtual machine is made of: network interfaces and disks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.networks.virtualization import VirtualMachine
from dcim.vocabulary.choices import InterfaceMode

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def of_same_machine(
    label: StrOrPromise, related_name: str
) -> models.ForeignKey[VMInterface | None, VMInterface | None]:
    """A column for another interface of the machine."""
    return models.ForeignKey(
        "dcim.VMInterface",
        verbose_name=label,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name=related_name,
    )


class VMInterface(Record):
    """A network interface of a virtual machine."""

    virtual_machine = models.ForeignKey(
        VirtualMachine,
        verbose_name=_("virtual machine"),
        on_delete=models.CASCADE,
        related_name="interfaces",
    )
    name = models.CharField(_("name"), max_length=64)
    enabled = models.BooleanField(_("enabled"), default=True)
    mtu = models.PositiveIntegerField(_("MTU"), null=True, blank=True)
    primary_mac_address = models.OneToOneField(
        "dcim.MACAddress",
        verbose_name=_("primary MAC address"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="primary_of_vm_interface",
    )
    mode = choice_field(_("mode"), InterfaceMode)
    parent = of_same_machine(_("parent"), "children")
    bridge = of_same_machine(_("bridge"), "bridged_interfaces")
    vrf = models.ForeignKey(
        "dcim.VRF",
        verbose_name=_("VRF"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vm_interfaces",
    )
    untagged_vlan = models.ForeignKey(
        "dcim.VLAN",
        verbose_name=_("untagged VLAN"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vm_interfaces_untagged",
    )
    tagged_vlans = models.ManyToManyField(
        "dcim.VLAN", verbose_name=_("tagged VLANs"), blank=True, related_name="vm_interfaces_tagged"
    )

    class Meta:
        verbose_name = _("VM interface")
        verbose_name_plural = _("VM interfaces")
        ordering = ("virtual_machine", "name")
        constraints = (
            models.UniqueConstraint(fields=("virtual_machine", "name"), name="vm_interface_name"),
        )

    def clean(self) -> None:
        """What an interface stands on is another interface of the same machine."""
        for name, other in (("parent", self.parent), ("bridge", self.bridge)):
            if other is None:
                continue
            if other.pk == self.pk:
                raise ValidationError({name: _("An interface can't stand on itself.")})
            if other.virtual_machine_id != self.virtual_machine_id:
                raise ValidationError({name: _("The interface is of another machine.")})


class VirtualDisk(Record):
    """A disk of a virtual machine."""

    virtual_machine = models.ForeignKey(
        VirtualMachine,
        verbose_name=_("virtual machine"),
        on_delete=models.CASCADE,
        related_name="disks",
    )
    name = models.CharField(_("name"), max_length=64)
    size_mb = models.PositiveIntegerField(
        _("size (MB)"),
        validators=[MinValueValidator(1)],
        help_text=_("In megabytes of 10^6 bytes."),
    )

    class Meta:
        verbose_name = _("virtual disk")
        verbose_name_plural = _("virtual disks")
        ordering = ("virtual_machine", "name")
        constraints = (
            models.UniqueConstraint(fields=("virtual_machine", "name"), name="virtual_disk_name"),
        )
