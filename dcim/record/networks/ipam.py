"""Networks: routing tables, prefixes and addresses.

Prefixes and addresses are stored as people write them, with sort keys beside them (family digit and
fixed-width hexadecimal), so that "inside" and "next free" are range comparisons on either database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_interface,
    ip_network,
)
from typing import ClassVar, Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.equipment.devices import Interface
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.scopes import PLACES, check_one_scope, one_at_most, scope_to
from dcim.record.networks.vlans import VLAN, Role
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Location, Region, Site, SiteGroup
from dcim.vocabulary.choices_networks import IpAddressRole, IpAddressStatus, PrefixStatus

Network = IPv4Network | IPv6Network
IP_FAMILIES = ((4, "IPv4"), (6, "IPv6"))
# Roles in which several interfaces answer under one address.
SHARED_ROLES: Final = frozenset(
    {
        IpAddressRole.ANYCAST,
        IpAddressRole.VIP,
        IpAddressRole.VRRP,
        IpAddressRole.HSRP,
        IpAddressRole.GLBP,
        IpAddressRole.CARP,
    }
)
DNS_NAME: Final = RegexValidator(
    r"^([0-9A-Za-z_-]+|\*)(\.[0-9A-Za-z_-]+)*\.?\Z",
    _("Write letters, digits, hyphens, underscores and dots; the first part may be an asterisk."),
)


def sort_key(address: IPv4Address | IPv6Address) -> str:
    """Text that orders addresses of both families as numbers do.

    >>> sort_key(IPv4Address("10.0.0.1"))
    '40a000001'
    """
    return f"{address.version}{int(address):0{address.max_prefixlen // 4}x}"


def address_at(key: str) -> IPv4Address | IPv6Address:
    """The address that a sort key stands for.

    >>> address_at("40a000001")
    IPv4Address('10.0.0.1')
    """
    number = int(key[1:], 16)
    return IPv4Address(number) if key[0] == "4" else IPv6Address(number)


def ends_of(network: Network) -> tuple[str, str]:
    """The sort keys of a network's first and last address."""
    return sort_key(network.network_address), sort_key(network.broadcast_address)


def around(network: Network) -> Iterator[tuple[str, str]]:
    """The ends of every network that contains `network`, itself among them, the largest first."""
    for length in range(network.prefixlen + 1):
        yield ends_of(network.supernet(new_prefix=length))


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


def claim_of(vrf: VRF | None, what: str) -> str | None:
    """What an object that its routing table has only once stores in a unique column.

    The database then refuses a second one, whoever writes; None where the table takes several.
    """
    if vrf is None:
        return f"0:{what}"
    return f"{vrf.pk}:{what}" if vrf.enforce_unique else None


def in_table(related_name: str) -> models.ForeignKey[VRF | None, VRF | None]:
    """A column for the routing table that something is in."""
    return models.ForeignKey(
        VRF,
        verbose_name=_("VRF"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name=related_name,
        help_text=_("Empty: the global table."),
    )


class Claiming(Record):
    """What a routing table may have only once, as its `claim` says.

    Attributes:
        claimed_as: The field under which people know a claim.
    """

    claimed_as: ClassVar[str]
    claim = models.CharField(max_length=160, null=True, editable=False)

    class Meta:
        abstract = True

    def claim_in(self, vrf: VRF | None) -> str | None:
        """What the object claims of its table."""
        raise NotImplementedError

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave the claim to the database, for sets and single objects alike."""
        super().validate_constraints({*(exclude or ()), "claim"})

    def unique_error_message(
        self, model_class: type[models.Model], unique_check: Sequence[str]
    ) -> ValidationError:
        """A claim that is taken, said of what people know."""
        if tuple(unique_check) != ("claim",):
            return super().unique_error_message(model_class, unique_check)
        taken = _("The VRF, or the global table, has this %(kind)s already.")
        return ValidationError(taken % {"kind": self._meta.verbose_name})


class Prefix(Claiming):
    """A network, or a container of networks."""

    claimed_as = "prefix"
    prefix = models.CharField(_("prefix"), max_length=43, help_text=_("For example 10.64.10.0/24."))
    family = models.PositiveSmallIntegerField(_("family"), choices=IP_FAMILIES, editable=False)
    first_key = models.CharField(max_length=33, editable=False)
    last_key = models.CharField(max_length=33, editable=False)
    vrf = in_table("prefixes")
    region = scope_to(Region, _("region"), "prefixes")
    site_group = scope_to(SiteGroup, _("site group"), "prefixes")
    site = scope_to(Site, _("site"), "prefixes")
    location = scope_to(Location, _("location"), "prefixes")
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
    role = models.ForeignKey(
        Role,
        verbose_name=_("role"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="prefixes",
    )
    is_pool = models.BooleanField(
        _("is a pool"), default=False, help_text=_("Every address of it can be given out.")
    )
    mark_utilized = models.BooleanField(_("mark as fully used"), default=False)

    class Meta:
        verbose_name = _("prefix")
        verbose_name_plural = _("prefixes")
        ordering = ("first_key", "-last_key", "id")
        constraints = (
            one_at_most(PLACES, "prefix_one_scope"),
            models.UniqueConstraint(fields=("claim",), name="prefix_once_in_table"),
        )
        indexes = (models.Index(fields=("first_key", "last_key"), name="prefix_range"),)

    def __str__(self) -> str:
        """The network in CIDR form."""
        return self.prefix

    @property
    def network(self) -> Network:
        """The prefix as a network to reckon with."""
        return ip_network(self.prefix)

    def clean(self) -> None:
        """The prefix is a network of at most one scope; its sort keys follow from it."""
        check_one_scope(self)
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
        self.first_key, self.last_key = ends_of(network)
        self.claim = self.claim_in(self.vrf)

    def claim_in(self, vrf: VRF | None) -> str | None:
        """The network, once."""
        return claim_of(vrf, self.prefix)


class IPAddress(Claiming):
    """An address with the length of its network, assigned to at most one interface."""

    claimed_as = "address"
    address = models.CharField(
        _("address"), max_length=43, help_text=_("With its length, for example 10.64.10.5/24.")
    )
    family = models.PositiveSmallIntegerField(_("family"), choices=IP_FAMILIES, editable=False)
    host_key = models.CharField(max_length=33, editable=False)
    vrf = in_table("ip_addresses")
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
    nat_inside = models.ForeignKey(
        "self",
        verbose_name=_("translated to"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="nat_outside",
        help_text=_("The inner address that this outer one stands for."),
    )
    dns_name = models.CharField(_("DNS name"), max_length=255, blank=True, validators=[DNS_NAME])

    class Meta:
        verbose_name = _("IP address")
        verbose_name_plural = _("IP addresses")
        ordering = ("host_key", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(interface__isnull=True) | models.Q(vm_interface__isnull=True),
                name="ip_address_one_interface",
            ),
            models.UniqueConstraint(fields=("claim",), name="ip_address_once_in_table"),
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
        self.dns_name = self.dns_name.lower()
        self.claim = self.claim_in(self.vrf)
        if self.interface_id is not None and self.vm_interface_id is not None:
            raise ValidationError(
                {
                    "vm_interface": _(
                        "Assign the address to a device's interface or a machine's, not to both."
                    )
                }
            )

    def claim_in(self, vrf: VRF | None) -> str | None:
        """The host, once, unless several answer under it."""
        return None if self.role in SHARED_ROLES else claim_of(vrf, self.host_key)
