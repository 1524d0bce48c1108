"""Who gives room, and what was granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.guests import name_servers_field, ssh_keys_field
from dcim.record.hypervisors import valid_hypervisor_uri
from dcim.record.places.sites import Site
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import (
    AllocationStatus,
    DataClass,
    ProviderKind,
    SystemCategory,
)
from dcim.vocabulary.holding import DataResidency, Terms

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# By the names of what is granted: what triggers count, and nobody writes; see `ceilings`.
CLASSES: Final = ("vcpus", "memory_mib", "storage_gib")
COUNTERS: Final = tuple(f"{kind}_{name}" for kind in ("used", "committed") for name in CLASSES)
CEILING: Final = "allocation_ceiling_"


def _default_data_classes() -> list[str]:
    return []


class Provider(Record):
    """The PDN, a commercial provider, a ministry, or the regency's own data centre."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    kind = choice_field(_("kind"), ProviderKind, ProviderKind.COMMERCIAL)
    sites = models.ManyToManyField(
        Site, verbose_name=_("sites"), blank=True, related_name="providers"
    )
    data_classes = models.JSONField(
        _("data classes it may hold"),
        default=_default_data_classes,
        blank=True,
        help_text=_("Empty: not stated."),
    )

    highest_category = models.CharField(
        _("gravest system category it may hold"),
        max_length=50,
        choices=SystemCategory.pairs(),
        blank=True,
        help_text=_("Empty: not stated."),
    )
    residency = models.CharField(
        _("where it keeps data"),
        max_length=50,
        choices=DataResidency.pairs(),
        blank=True,
        help_text=_("Systems of public bodies stay in Indonesia (PP 71/2019). Empty: not stated."),
    )
    hypervisor_uri = models.CharField(
        _("cloud address"),
        max_length=200,
        blank=True,
        validators=[valid_hypervisor_uri],
        help_text=_(
            "Where its grants are provisioned, for example openstack://host/v3. Empty: previews are"
            " rehearsed on a file."
        ),
    )
    name_servers = name_servers_field()
    ssh_keys = ssh_keys_field()

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        ordering = ("name",)

    @property
    def terms(self) -> Terms:
        """What it may hold, for the rule that judges it."""
        return Terms(frozenset(self.data_classes), self.highest_category, self.residency)

    def clean(self) -> None:
        """Data classes are known ones."""
        known = [choice.value for choice in DataClass]
        stated = self.data_classes
        if not isinstance(stated, list) or any(one not in known for one in stated):
            raise ValidationError(
                {"data_classes": _("Write a list of: %(known)s.") % {"known": ", ".join(known)}}
            )


class Ceiling(models.CheckConstraint):
    """No more of a class is used and committed than was granted: held by the database alone.

    It is judged under the grant's lock, by `dcim.actions.rules.pools.grants`, in a sentence that
    says what is free; a row by itself may be older than what is drawn on it.
    """

    def __init__(self, *, of: str) -> None:
        self.of = of
        drawn = models.F(f"used_{of}") + models.F(f"committed_{of}")
        super().__init__(condition=models.Q(**{f"{of}__gte": drawn}), name=f"{CEILING}{of}")

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: see above."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """What it is of says all."""
        return f"{__name__}.{type(self).__name__}", (), {"of": self.of}

    def clone(self) -> Ceiling:
        """Another of the same."""
        return Ceiling(of=self.of)


def _counter(label: StrOrPromise) -> models.PositiveBigIntegerField[int, int]:
    return models.PositiveBigIntegerField(label, default=0, editable=False)


class Allocation(Record):
    """A grant: a hard ceiling on what machines draw on it, and on what is committed to them.

    Commitments count here as far as they go beyond what their machine draws already.
    """

    reference = models.CharField(_("reference"), max_length=100, unique=True)
    provider = models.ForeignKey(
        Provider, verbose_name=_("provider"), on_delete=models.PROTECT, related_name="allocations"
    )
    status = choice_field(_("status"), AllocationStatus, AllocationStatus.ACTIVE)
    vcpus = models.PositiveIntegerField(_("vCPUs"), default=0)
    memory_mib = models.PositiveBigIntegerField(_("memory (MiB)"), default=0)
    storage_gib = models.PositiveBigIntegerField(_("storage (GiB)"), default=0)
    letter_number = models.CharField(_("letter number"), max_length=100, blank=True)
    letter_date = models.DateField(_("letter date"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    used_vcpus = _counter(_("vCPUs used"))
    used_memory_mib = _counter(_("memory used (MiB)"))
    used_storage_gib = _counter(_("storage used (GiB)"))
    committed_vcpus = _counter(_("vCPUs committed"))
    committed_memory_mib = _counter(_("memory committed (MiB)"))
    committed_storage_gib = _counter(_("storage committed (GiB)"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("reference",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="allocation_dates",
            ),
            *(Ceiling(of=name) for name in CLASSES),
        )

    def __str__(self) -> str:
        """The grant's reference."""
        return self.reference

    @property
    def granted(self) -> Amounts:
        """What was granted: vCPUs, MiB, GiB."""
        return Amounts(self.vcpus, self.memory_mib, self.storage_gib)

    @property
    def used(self) -> Amounts:
        """What machines draw: vCPUs, MiB, GiB."""
        return Amounts(self.used_vcpus, self.used_memory_mib, self.used_storage_gib)

    @property
    def committed(self) -> Amounts:
        """What is held for machines beyond what they draw: vCPUs, MiB, GiB."""
        return Amounts(self.committed_vcpus, self.committed_memory_mib, self.committed_storage_gib)

    @property
    def free(self) -> Amounts:
        """What nobody draws, and nothing is committed of: vCPUs, MiB, GiB."""
        return self.granted - self.used - self.committed

    def clean(self) -> None:
        """A grant ends on or after the day it begins."""
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The grant would end before it begins.")})
