"""Clusters of hosts and the virtual machines on them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.equipment.devices import Device
from dcim.record.guests import name_servers_field, ssh_keys_field
from dcim.record.hypervisors import valid_hypervisor_uri
from dcim.record.json_columns import OBJECT, ShapedField
from dcim.record.networks.scopes import PLACES, check_one_scope, one_at_most, scope_to
from dcim.record.people.organisation import Tenant
from dcim.record.places.hardware import DeviceRole, Platform
from dcim.record.places.sites import Location, Region, Site, SiteGroup
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import ClusterStatus, VirtualMachineStatus
from dcim.vocabulary.choices_networks import BootStart
from dcim.vocabulary.units import disk_mb_to_gib, whole_vcpus

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ClusterType(Record):
    """A kind of cluster: a hypervisor, or a provider's cloud."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("cluster type")
        verbose_name_plural = _("cluster types")
        ordering = ("name",)


class ClusterGroup(Record):
    """Clusters that belong together: of one team, or one purpose."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("cluster group")
        verbose_name_plural = _("cluster groups")
        ordering = ("name",)


SMALLEST: Final = _("Least of a new machine; nothing of it is allowed.")
STEP: Final = _("New machines take whole multiples of it.")


def ratio_field(label: StrOrPromise, default: str) -> models.DecimalField[Decimal, Decimal]:
    """A column for an allocation ratio: capacity = (total - reserved) x ratio."""
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        default=Decimal(default),
        validators=[MinValueValidator(Decimal("0.01"))],
    )


def unit_field(
    label: StrOrPromise, help_text: StrOrPromise
) -> models.PositiveIntegerField[int, int]:
    """A column for the smallest amount of a class, or the step in which it is given out."""
    return models.PositiveIntegerField(
        label, default=1, validators=[MinValueValidator(1)], help_text=help_text
    )


class Cluster(Record):
    """Hosts that share their capacity, or the room that a provider gives."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    type = models.ForeignKey(
        ClusterType, verbose_name=_("type"), on_delete=models.PROTECT, related_name="clusters"
    )
    group = models.ForeignKey(
        ClusterGroup,
        verbose_name=_("group"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clusters",
    )
    status = choice_field(_("status"), ClusterStatus, ClusterStatus.ACTIVE)
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clusters",
    )
    region = scope_to(Region, _("region"), "clusters")
    site_group = scope_to(SiteGroup, _("site group"), "clusters")
    site = scope_to(Site, _("site"), "clusters")
    location = scope_to(Location, _("location"), "clusters")
    provider = models.ForeignKey(
        "dcim.Provider",
        verbose_name=_("provider"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clusters",
    )
    hypervisor_uri = models.CharField(
        _("hypervisor address"),
        max_length=200,
        blank=True,
        validators=[valid_hypervisor_uri],
        help_text=_(
            "For example qemu+ssh://host/system or proxmox://host:8006/node. Empty: previews are"
            " rehearsed on a file."
        ),
    )
    name_servers = name_servers_field()
    ssh_keys = ssh_keys_field()
    is_ha = models.BooleanField(
        _("restarts machines elsewhere"),
        default=False,
        help_text=_("A lost host's machines start again on the others; needs shared storage."),
    )
    host_failures_to_survive = models.PositiveSmallIntegerField(
        _("host failures to survive"), default=1
    )
    vcpu_allocation_ratio = ratio_field(_("vCPU allocation ratio"), "4.00")
    memory_allocation_ratio = ratio_field(_("memory allocation ratio"), "1.00")
    storage_allocation_ratio = ratio_field(_("storage allocation ratio"), "1.00")
    reserved_vcpus = models.PositiveIntegerField(_("reserved vCPUs"), default=0)
    reserved_memory_mib = models.PositiveBigIntegerField(_("reserved memory (MiB)"), default=0)
    reserved_storage_gib = models.PositiveBigIntegerField(_("reserved storage (GiB)"), default=0)
    min_vcpus = unit_field(_("smallest vCPUs"), SMALLEST)
    min_memory_mib = unit_field(_("smallest memory (MiB)"), SMALLEST)
    min_storage_gib = unit_field(_("smallest storage (GiB)"), SMALLEST)
    step_vcpus = unit_field(_("step of vCPUs"), STEP)
    step_memory_mib = unit_field(_("step of memory (MiB)"), STEP)
    step_storage_gib = unit_field(_("step of storage (GiB)"), STEP)

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        ordering = ("name",)
        constraints = (one_at_most(PLACES, "cluster_one_scope"),)

    @property
    def place(self) -> int | None:
        """The id of the site that the cluster is in, where its scope is that narrow."""
        return self.site_id if self.location is None else self.location.site_id

    def clean(self) -> None:
        """A cluster has one scope at most."""
        check_one_scope(self)


def taken_by(vcpus: Decimal | None, memory_mib: int | None, disk_mb: int | None) -> Amounts:
    """What a machine of that size takes, in ledger units: each machine is rounded up by itself."""
    return Amounts(whole_vcpus(vcpus), memory_mib or 0, disk_mb_to_gib(disk_mb or 0))


class VirtualMachine(Record):
    """A virtual machine: a consumer of its cluster, and of the grant it draws on."""

    name = models.CharField(_("name"), max_length=64)
    status = choice_field(_("status"), VirtualMachineStatus, VirtualMachineStatus.ACTIVE)
    site = models.ForeignKey(
        Site,
        verbose_name=_("site"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="virtual_machines",
    )
    cluster = models.ForeignKey(
        Cluster,
        verbose_name=_("cluster"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="virtual_machines",
    )
    device = models.ForeignKey(
        Device,
        verbose_name=_("host"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="virtual_machines",
    )
    allocation = models.ForeignKey(
        "dcim.Allocation",
        verbose_name=_("allocation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="virtual_machines",
        help_text=_("Grant that the machine draws on."),
    )
    role = models.ForeignKey(
        DeviceRole,
        verbose_name=_("role"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="virtual_machines",
    )
    tenant = models.ForeignKey(
        Tenant,
        verbose_name=_("tenant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="virtual_machines",
    )
    platform = models.ForeignKey(
        Platform,
        verbose_name=_("platform"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="virtual_machines",
    )
    vcpus = models.DecimalField(
        _("vCPUs"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    memory_mib = models.PositiveIntegerField(
        _("memory (MiB)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    disk_mb = models.PositiveIntegerField(
        _("disk (MB)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Sum of the virtual disks, in megabytes of 10^6 bytes."),
    )
    serial = models.CharField(_("serial number"), max_length=50, blank=True)
    start_on_boot = choice_field(_("starts with its host"), BootStart, BootStart.OFF)
    local_context_data = ShapedField(
        _("local context"),
        shape=OBJECT,
        null=True,
        blank=True,
        help_text=_("Data of this machine alone, which goes before all config contexts."),
    )
    primary_ip4 = models.OneToOneField(
        "dcim.IPAddress",
        verbose_name=_("primary IPv4"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    primary_ip6 = models.OneToOneField(
        "dcim.IPAddress",
        verbose_name=_("primary IPv6"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("virtual machine")
        verbose_name_plural = _("virtual machines")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("cluster", "name", "tenant"), name="virtual_machine_name"
            ),
            models.UniqueConstraint(
                fields=("cluster", "name"),
                condition=models.Q(tenant__isnull=True),
                name="virtual_machine_name_without_tenant",
                violation_error_message=_("The cluster has a machine of this name already."),
            ),
            models.CheckConstraint(
                condition=models.Q(cluster__isnull=False) | models.Q(site__isnull=False),
                name="virtual_machine_somewhere",
            ),
        )
        indexes = (models.Index(fields=("name", "id"), name="virtual_machine_order"),)

    @property
    def amounts(self) -> Amounts:
        """What the machine takes of its pool and grant, in ledger units, rounded up."""
        return taken_by(self.vcpus, self.memory_mib, self.disk_mb)

    def clean(self) -> None:
        """A machine stands in a cluster or at a site, and runs on a host of its cluster."""
        if self.cluster is None and self.site is None:
            raise ValidationError({"cluster": _("Name the cluster or the site of the machine.")})
        if not isinstance(self.local_context_data, dict | None):
            reason = _("Write an object with named values: {…}.")
            raise ValidationError({"local_context_data": reason})
        self._check_site()
        if self.device is not None and self.device.cluster_id != self.cluster_id:
            raise ValidationError({"device": _("The host is not a member of the cluster.")})
        if self.device is not None:
            self._check_largest(self.device)

    def _check_site(self) -> None:
        """A machine is where its cluster is, where that says so."""
        place = None if self.cluster is None else self.cluster.place
        if place is not None and self.site_id not in {None, place}:
            raise ValidationError({"site": _("The cluster is at another site.")})
        self.site_id = self.site_id or place

    def _check_largest(self, host: Device) -> None:
        """No machine is larger than the host it runs on (MiB; cores are shared, memory is not)."""
        room_mib = host.capacity.memory_mib
        if room_mib and (self.memory_mib or 0) > room_mib:
            raise ValidationError(
                {
                    "memory_mib": _(
                        "%(asked)s MiB are more than %(host)s has (%(room)s MiB). Choose a larger "
                        "host or less memory."
                    )
                    % {"asked": self.memory_mib, "host": host.name, "room": room_mib}
                }
            )
