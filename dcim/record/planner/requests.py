"""Requests for capacity: what is asked of a provider, line by line, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import DataClass, SystemCategory
from dcim.vocabulary.choices_requests import (
    Environment,
    RequestDeed,
    RequestKind,
    RequestStatus,
)

NIP = RegexValidator(r"\A\d{18}\Z", _("A NIP has 18 digits."))
# Kinds that are about a grant there is.
OF_A_GRANT = frozenset({RequestKind.CHANGE, RequestKind.RENEWAL, RequestKind.TERMINATION})


class AllocationRequest(Record):
    """What a tenant asks of a provider: an office of the regency, or the regency of the PDN.

    People write what is asked; where it stands, who signed it and what was answered are written by
    the steps in `dcim.actions.requests` only. Whom the provider may call is kept here, not as
    contacts: what was signed must not change when a contact's phone does.
    """

    number = models.CharField(
        _("number"),
        max_length=50,
        unique=True,
        help_text=_("Our own, before there is a letter; for example PK-2026-001."),
    )
    kind = choice_field(_("kind"), RequestKind, RequestKind.NEW)
    tenant = models.ForeignKey(
        Tenant, verbose_name=_("applicant"), on_delete=models.PROTECT, related_name="requests"
    )
    provider = models.ForeignKey(
        Provider, verbose_name=_("provider"), on_delete=models.PROTECT, related_name="requests"
    )
    status = models.CharField(
        _("status"),
        max_length=50,
        choices=RequestStatus.pairs(),
        default=RequestStatus.DRAFT.value,
        editable=False,
    )
    subject = models.CharField(_("subject"), max_length=200)
    purpose = models.TextField(_("purpose"), blank=True)
    predecessor = models.ForeignKey(
        Allocation,
        verbose_name=_("about the grant"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        help_text=_("The grant to change, renew or end."),
    )
    valid_from = models.DateField(_("wanted from"), null=True, blank=True)
    valid_until = models.DateField(_("wanted until"), null=True, blank=True)
    bundles = models.ManyToManyField(
        "self",
        verbose_name=_("bundles"),
        symmetrical=False,
        blank=True,
        related_name="bundled_in",
        help_text=_("Requests of offices that this one passes on."),
    )
    plan = models.ForeignKey(
        Plan,
        verbose_name=_("plan"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        help_text=_("The plan whose ask this is."),
    )
    letter_number = models.CharField(_("letter number"), max_length=100, blank=True)
    letter_date = models.DateField(_("letter date"), null=True, blank=True)
    admin_name = models.CharField(_("administrative contact"), max_length=100, blank=True)
    admin_nip = models.CharField(
        _("administrative contact's NIP"), max_length=18, blank=True, validators=[NIP]
    )
    admin_rank = models.CharField(_("administrative contact's rank"), max_length=100, blank=True)
    admin_position = models.CharField(
        _("administrative contact's position"), max_length=100, blank=True
    )
    admin_email = models.EmailField(_("administrative contact's e-mail"), blank=True)
    admin_phone = models.CharField(_("administrative contact's phone"), max_length=50, blank=True)
    technical_name = models.CharField(_("technical contact"), max_length=100, blank=True)
    technical_nip = models.CharField(
        _("technical contact's NIP"), max_length=18, blank=True, validators=[NIP]
    )
    technical_position = models.CharField(
        _("technical contact's position"), max_length=100, blank=True
    )
    technical_email = models.EmailField(_("technical contact's e-mail"), blank=True)
    technical_phone = models.CharField(_("technical contact's phone"), max_length=50, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("signed by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, editable=False)
    signed_digest = models.CharField(
        _("digest of what was signed"), max_length=80, blank=True, editable=False
    )
    signed_serial = models.BigIntegerField(
        _("record serial when signed"), null=True, editable=False
    )
    answer_number = models.CharField(
        _("number of the answer"), max_length=100, blank=True, editable=False
    )
    answer_date = models.DateField(_("date of the answer"), null=True, editable=False)
    allocation = models.ForeignKey(
        Allocation,
        verbose_name=_("grant"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="requests",
        help_text=_("What came of it."),
    )

    class Meta:
        verbose_name = _("request for capacity")
        verbose_name_plural = _("requests for capacity")
        ordering = ("-created", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="request_dates",
                violation_error_message=_("It would end before it begins."),
            ),
        )

    def __str__(self) -> str:
        """Our number."""
        return self.number

    def clean(self) -> None:
        """It ends after it begins; what is about a grant names one of its provider."""
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("It would end before it begins.")})
        about = self.predecessor
        if self.kind in OF_A_GRANT and about is None:
            raise ValidationError({"predecessor": _("Say which grant it is about.")})
        if self.kind not in OF_A_GRANT and about is not None:
            raise ValidationError(
                {"predecessor": _("Only a change, a renewal or a termination is about a grant.")}
            )
        if about is not None and about.provider_id != self.provider_id:
            raise ValidationError(
                {"predecessor": _("%(grant)s is of another provider.") % {"grant": about}}
            )


class RequestLine(Record):
    """A machine, or an amount, that is asked for.

    What was asked, what the provider offered instead and what it granted are kept apart. The app's
    data class and category are those it had when the line was written: the letter shows them.
    """

    part_of = ("request",)
    request = models.ForeignKey(
        AllocationRequest,
        verbose_name=_("request"),
        on_delete=models.CASCADE,
        related_name="lines",
    )
    app = models.ForeignKey(
        ServiceApp,
        verbose_name=_("app"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="request_lines",
    )
    workload = models.ForeignKey(
        Workload,
        verbose_name=_("workload"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="request_lines",
    )
    machine_name = models.CharField(_("machine"), max_length=64, blank=True)
    environment = choice_field(_("environment"), Environment, Environment.PRODUCTION)
    vcpus = models.PositiveIntegerField(_("vCPUs asked"), default=0)
    memory_mib = models.PositiveBigIntegerField(_("memory asked (MiB)"), default=0)
    storage_gib = models.PositiveBigIntegerField(_("storage asked (GiB)"), default=0)
    rack_units = models.PositiveSmallIntegerField(
        _("rack units asked"), null=True, blank=True, help_text=_("For colocation.")
    )
    power_w = models.PositiveIntegerField(
        _("power asked (W)"), null=True, blank=True, help_text=_("For colocation.")
    )
    operating_system = models.CharField(
        _("operating system"), max_length=100, blank=True, help_text=_("Or image.")
    )
    database = models.CharField(_("database"), max_length=100, blank=True)
    domain = models.CharField(_("domain"), max_length=200, blank=True)
    addresses = models.CharField(
        _("IP addresses and ports"), max_length=200, blank=True, help_text=_("For example 443/tcp.")
    )
    remote_access = models.CharField(
        _("remote access"), max_length=100, blank=True, help_text=_("For example SSH over VPN.")
    )
    backup_schedule = models.CharField(
        _("backup schedule"), max_length=100, blank=True, help_text=_("How often, how long kept.")
    )
    data_class = choice_field(_("data class"), DataClass)
    category = choice_field(_("system category"), SystemCategory)
    origin = models.ForeignKey(
        "self",
        verbose_name=_("passes on"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="passed_on",
        help_text=_("The line of the office's request that this one passes on."),
    )
    countered_vcpus = models.PositiveIntegerField(_("vCPUs offered"), null=True, editable=False)
    countered_memory_mib = models.PositiveBigIntegerField(
        _("memory offered (MiB)"), null=True, editable=False
    )
    countered_storage_gib = models.PositiveBigIntegerField(
        _("storage offered (GiB)"), null=True, editable=False
    )
    granted_vcpus = models.PositiveIntegerField(_("vCPUs granted"), null=True, editable=False)
    granted_memory_mib = models.PositiveBigIntegerField(
        _("memory granted (MiB)"), null=True, editable=False
    )
    granted_storage_gib = models.PositiveBigIntegerField(
        _("storage granted (GiB)"), null=True, editable=False
    )

    class Meta:
        verbose_name = _("line of a request")
        verbose_name_plural = _("lines of requests")
        ordering = ("request", "id")

    def __str__(self) -> str:
        """The machine, or the app, or the request's own number."""
        return self.machine_name or str(self.workload or self.app or f"{self.request} #{self.pk}")

    @property
    def asked(self) -> Amounts:
        """What is asked: vCPUs, MiB, GiB."""
        return Amounts(self.vcpus, self.memory_mib, self.storage_gib)

    @property
    def countered(self) -> Amounts | None:
        """What the provider offered instead; None where it made no counter-offer."""
        return _amounts(self.countered_vcpus, self.countered_memory_mib, self.countered_storage_gib)

    @property
    def granted(self) -> Amounts | None:
        """What the provider granted; None before its answer."""
        return _amounts(self.granted_vcpus, self.granted_memory_mib, self.granted_storage_gib)

    def clean(self) -> None:
        """It asks for something, its tier is of its app, and it shows the app's class."""
        if self.asked == Amounts() and not self.rack_units and not self.power_w:
            raise ValidationError({"vcpus": _("Ask for something: every amount is 0.")})
        if self.workload is not None:
            self.app = self.app or self.workload.app
            if self.workload.app_id != self.app.pk:
                raise ValidationError({"workload": _("The tier is of another app.")})
        if self.app is not None:
            self.data_class = self.data_class or self.app.data_class
            self.category = self.category or self.app.category


class RequestStep(models.Model):
    """A step that a request has taken: who, when, by which letter, with which sums."""

    request = models.ForeignKey(
        AllocationRequest,
        verbose_name=_("request"),
        on_delete=models.PROTECT,
        related_name="steps",
    )
    deed = choice_field(_("step"), RequestDeed, RequestDeed.SIGN)
    from_status = choice_field(_("from"), RequestStatus, RequestStatus.DRAFT)
    to_status = choice_field(_("to"), RequestStatus, RequestStatus.SIGNED)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="request_steps",
    )
    letter_number = models.CharField(_("letter number"), max_length=100, blank=True)
    letter_date = models.DateField(_("letter date"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    vcpus = models.PositiveIntegerField(_("vCPUs"), default=0)
    memory_mib = models.PositiveBigIntegerField(_("memory (MiB)"), default=0)
    storage_gib = models.PositiveBigIntegerField(_("storage (GiB)"), default=0)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        ordering = ("request", "id")

    def __str__(self) -> str:
        """Request and status reached."""
        return f"{self.request}: {gettext(self.get_to_status_display())}"


def _amounts(vcpus: int | None, memory_mib: int | None, storage_gib: int | None) -> Amounts | None:
    if vcpus is None or memory_mib is None or storage_gib is None:
        return None
    return Amounts(vcpus, memory_mib, storage_gib)
