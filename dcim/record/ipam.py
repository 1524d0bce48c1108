"""Networks: routing tables, prefixes and addresses.

Prefixes and addresses are stored as people write them, with sort keys beside them (family digit and
fixed-width hexadecimal), so that "inside" and "next free" are range comparisons on either database.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_interface, ip_network

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.devices import Interface
from dcim.record.machine_parts import VMInterface
from dcim.record.organisation import Tenant
from dcim.record.sites import Site
from dcim.record.vlans import VLAN
from dcim.vocabulary.choices import IpAddressRole, IpAddressStatus, PrefixStatus

IP_FAMILIES = ((4, "IPv4"), (6, "IPv6"))


def sort_key(address: IPv4Address | IPv6Address) -> str:
    """Text that orders addresses of both families as numbers do.

    >>> sort_key(IPv4Address("10.0.0.1"))
    '40a000001'
    """
    return f"{address.version}{int(address):0{address.max_prefixlen // 4}x}"


def without_zone(text: str) -> str:
    """`text`, unless it names the interface of one machine, which no record of many can mean.

    Raises: ValueError for an IPv6 address with a zone.
    """
    if "%" in text:
        raise ValueError(_("“%(text)s” has a zone") % {"text": text})
    return text


class VRF(Record):
    """A routing table of its own, in which addresses mean something else than in the global one."""

    name = models.CharField(_("name"), max_length=100)
    rd = models.CharField(
        _("route distinguisher"),
        max_length=21,
        null=True,
        blank=True,
        unique=True,
        help_text=_("As RFC 4364 writes it, for example 65000:1."),
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vrfs",
    )
    enforce_unique = models.BooleanField(
        _("each address once"),
        default=True,
        help_text=_("Refuse a prefix or address that the table has already."),
    )

    class Meta:
        verbose_name = _("VRF")
        verbose_name_plural = _("VRFs")
        ordering = ("name", "rd", "id")

    def __str__(self) -> str:
        """The name, with the route distinguisher where there is one."""
        return f"{self.name} ({self.rd})" if self.rd else self.name


class Prefix(Record):
    """A network, or a container of networks."""

    prefix = models.CharField(_("prefix"), max_length=43, help_text=_("For example 10.64.10.0/24."))
    family = models.PositiveSmallIntegerField(_("family"), choices=IP_FAMILIES, editable=False)
    first_key = models.CharField(max_length=33, editable=False)
    last_key = models.CharField(max_length=33, editable=False)
    site = models.ForeignKey(
        Site,
        verbose_name=_("site"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="prefixes",
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="prefixes",
    )
    vlan = models.ForeignKey(
        VLAN,
        verbose_name=_("VLAN"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="prefixes",
    )
    status = choice_field(_("status"), PrefixStatus, PrefixStatus.ACTIVE)
    is_pool = models.BooleanField(
        _("is a pool"), default=False, help_text=_("Every address of it can be given out.")
    )
    mark_utilized = models.BooleanField(_("mark as fully used"), default=False)

    class Meta:
        verbose_name = _("prefix")
        verbose_name_plural = _("prefixes")
        ordering = ("first_key", "-last_key", "id")
        indexes = (models.Index(fields=("first_key", "last_key"), name="prefix_range"),)

    def __str__(self) -> str:
        """The network in CIDR form."""
        return self.prefix

    def clean(self) -> None:
        """The prefix is a network; its sort keys follow from it."""
        try:
            network = ip_network(without_zone(self.prefix))
        except ValueError as err:
            raise ValidationError(
                {
                    "prefix": _("%(reason)s. Write a network, for example 10.64.10.0/24.")
                    % {"reason": err}
                }
            ) from err
        self.prefix, self.family = str(network), network.version
        self.first_key = sort_key(network.network_address)
        self.last_key = sort_key(network.broadcast_address)


class IPAddress(Record):
    """An address with the length of its network, assigned to at most one interface."""

    address = models.CharField(
        _("address"), max_length=43, help_text=_("With its length, for example 10.64.10.5/24.")
    )
    family = models.PositiveSmallIntegerField(_("family"), choices=IP_FAMILIES, editable=False)
    host_key = models.CharField(max_length=33, editable=False)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ip_addresses",
    )
    status = choice_field(_("status"), IpAddressStatus, IpAddressStatus.ACTIVE)
    role = choice_field(_("role"), IpAddressRole)
    interface = models.ForeignKey(
        Interface,
        verbose_name=_("device interface"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="ip_addresses",
    )
    vm_interface = models.ForeignKey(
        VMInterface,
        verbose_name=_("VM interface"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="ip_addresses",
    )
    dns_name = models.CharField(_("DNS name"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("IP address")
        verbose_name_plural = _("IP addresses")
        ordering = ("host_key", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(interface__isnull=True) | models.Q(vm_interface__isnull=True),
                name="ip_address_one_interface",
            ),
        )
        indexes = (models.Index(fields=("host_key", "id"), name="ip_address_order"),)

    def __str__(self) -> str:
        """The address with its length."""
        return self.address

    def clean(self) -> None:
        """The address is one; its sort key follows from it; it has at most one interface."""
        try:
            interface = ip_interface(without_zone(self.address))
        except ValueError as err:
            raise ValidationError(
                {
                    "address": _(
                        "%(reason)s. Write an address with its length, for example 10.64.10.5/24."
                    )
                    % {"reason": err}
                }
            ) from err
        self.address, self.family = str(interface), interface.version
        self.host_key = sort_key(interface.ip)
        if self.interface_id is not None and self.vm_interface_id is not None:
            raise ValidationError(
                {
                    "vm_interface": _(
                        "Assign the address to a device's interface or a machine's, not to both."
                    )
                }
            )
