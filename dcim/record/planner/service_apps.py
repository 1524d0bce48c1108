"""Service apps, their tiers, and what they need of each other."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Provider
from dcim.vocabulary.choices import (
    AppKind,
    AppStatus,
    Blocker,
    DataClass,
    Hardness,
    SystemCategory,
    Verdict,
)
from dcim.vocabulary.holding import Nature
from dcim.vocabulary.things import APP_CODE


class ServiceApp(Record):
    """A public-service application, run here, at a provider, or by a ministry."""

    code = models.CharField(
        _("code"),
        max_length=50,
        unique=True,
        validators=[
            RegexValidator(
                rf"\A{APP_CODE}\Z",
                _("Use letters, digits, “_” and hyphens, for example WEB-DINKES."),
            )
        ],
    )
    name = models.CharField(_("name"), max_length=150)
    name_en = models.CharField(_("English name"), max_length=150, blank=True)
    owner = models.ForeignKey(
        Tenant, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="service_apps"
    )
    kind = choice_field(_("kind"), AppKind, AppKind.WEB_APP)
    service_group = models.CharField(_("service group"), max_length=50, blank=True)
    status = choice_field(_("status"), AppStatus, AppStatus.ACTIVE)
    blocker = choice_field(_("blocker"), Blocker)
    verdict = choice_field(_("verdict"), Verdict)
    category = choice_field(_("system category"), SystemCategory)
    data_class = choice_field(_("data class"), DataClass)
    provider = models.ForeignKey(
        Provider,
        verbose_name=_("provider"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="service_apps",
        help_text=_("Who runs the app when it has no machines here."),
    )
    url = models.URLField(_("address"), blank=True)
    raa_code = models.CharField(_("RAA code"), max_length=50, blank=True)
    users_per_month = models.PositiveIntegerField(_("users per month"), default=0)
    rto_hours = models.PositiveIntegerField(_("recovery time objective (h)"), null=True, blank=True)

    class Meta:
        verbose_name = _("service app")
        verbose_name_plural = _("service apps")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(blocker="") | models.Q(status=AppStatus.INACTIVE.value),
                name="service_app_blocker_when_inactive",
            ),
        )

    def __str__(self) -> str:
        """The app's code."""
        return self.code

    @property
    def nature(self) -> Nature:
        """What decides who may hold it."""
        return Nature(self.data_class, self.category)

    def clean(self) -> None:
        """Only an inactive app has a blocker."""
        if self.blocker and self.status != AppStatus.INACTIVE:
            raise ValidationError({"blocker": _("Only an inactive app has a blocker.")})


class AppDependency(models.Model):
    """One app rests on another."""

    app = models.ForeignKey(
        ServiceApp, verbose_name=_("app"), on_delete=models.CASCADE, related_name="needs"
    )
    needs = models.ForeignKey(
        ServiceApp, verbose_name=_("needs"), on_delete=models.PROTECT, related_name="needed_by"
    )
    hardness = choice_field(_("hardness"), Hardness, Hardness.HARD)
    description = models.CharField(_("description"), max_length=200, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    last_updated = models.DateTimeField(_("last updated"), auto_now=True)

    class Meta:
        verbose_name = _("app dependency")
        verbose_name_plural = _("app dependencies")
        ordering = ("app", "needs")
        constraints = (
            models.UniqueConstraint(fields=("app", "needs"), name="app_dependency_once"),
            models.CheckConstraint(
                condition=~models.Q(app=models.F("needs")), name="app_dependency_not_itself"
            ),
        )

    def __str__(self) -> str:
        """Both apps."""
        return f"{self.app} → {self.needs}"

    def clean(self) -> None:
        """An app does not rest on itself; longer cycles are recorded as they are."""
        if self.app_id == self.needs_id:
            raise ValidationError({"needs": _("An app can't rest on itself.")})


class Workload(Record):
    """One tier of an app: what an instance takes, how many are wanted and how many must run."""

    app = models.ForeignKey(
        ServiceApp, verbose_name=_("app"), on_delete=models.CASCADE, related_name="workloads"
    )
    name = models.CharField(
        _("tier"),
        max_length=50,
        validators=[RegexValidator(r"\A[^/]+\Z", _("Leave out the slash."))],
        help_text=_("For example web, app or db."),
    )
    vcpus = models.DecimalField(
        _("vCPUs per instance"),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    memory_mib = models.PositiveIntegerField(
        _("memory per instance (MiB)"), validators=[MinValueValidator(1)]
    )
    storage_gib = models.PositiveIntegerField(_("storage per instance (GiB)"), default=0)
    instances_wanted = models.PositiveSmallIntegerField(
        _("instances wanted"), default=1, validators=[MinValueValidator(1)]
    )
    instances_needed = models.PositiveSmallIntegerField(
        _("instances needed"), default=1, validators=[MinValueValidator(1)]
    )
    anti_affinity = models.BooleanField(
        _("on different hosts"), default=False, help_text=_("Instances never share a host.")
    )
    co_hosted = models.BooleanField(
        _("shares a machine"),
        default=False,
        help_text=_("May share one machine with the app's other tiers that say so."),
    )
    virtual_machines = models.ManyToManyField(
        VirtualMachine,
        verbose_name=_("virtual machines"),
        blank=True,
        related_name="workloads",
        help_text=_("Machines that carry the tier, one per instance."),
    )
    devices = models.ManyToManyField(
        Device,
        verbose_name=_("devices"),
        blank=True,
        related_name="workloads",
        help_text=_(
            "Devices that carry the tier without a virtual machine, one per instance, here or at "
            "a provider."
        ),
    )

    class Meta:
        verbose_name = _("workload")
        verbose_name_plural = _("workloads")
        ordering = ("app", "name")
        constraints = (
            models.UniqueConstraint(fields=("app", "name"), name="workload_name"),
            models.CheckConstraint(
                condition=models.Q(
                    instances_needed__gte=1, instances_needed__lte=models.F("instances_wanted")
                ),
                name="workload_instances",
            ),
        )

    def __str__(self) -> str:
        """App and tier."""
        return f"{self.app}/{self.name}"

    def clean(self) -> None:
        """As many instances are needed as are wanted, or fewer."""
        needed, wanted = self.instances_needed or 0, self.instances_wanted or 0
        if needed > wanted:
            reason = _(
                "%(tier)s needs %(needed)s instances and wants %(wanted)s. Want at least as many "
                "as it needs, or need fewer."
            )
            tier = str(self) if self.app_id else self.name
            values = {"tier": tier, "needed": needed, "wanted": wanted}
            raise ValidationError({"instances_needed": reason % values})
