"""What an office says of an app when it asks for room: the intake form of the regency's desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.choices_intake import BackupFrequency, Level, Readiness, RtoBand

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIRST_YEAR, LAST_YEAR = 1990, 2100
SHORTEST_DAYS, LONGEST_DAYS = 7, 365


def _text(label: StrOrPromise, length: int = 100) -> models.CharField[str, str]:
    return models.CharField(label, max_length=length, blank=True)


class AppIntake(Record):
    """The intake form of an app in a request: what the office stated when it asked.

    It stays as it was signed, while the app itself goes on changing: who is called stands on the
    request, the ten answers on the category assessment of the app, and neither is repeated here.
    """

    part_of: ClassVar[tuple[str, ...]] = ("request", "app")
    request = models.ForeignKey(
        AllocationRequest,
        verbose_name=_("request"),
        on_delete=models.CASCADE,
        related_name="intakes",
    )
    app = models.ForeignKey(
        ServiceApp, verbose_name=_("app"), on_delete=models.PROTECT, related_name="intakes"
    )
    subdomain = _text(_("subdomain"), 200)
    background = models.TextField(_("background"), blank=True)
    benefit = models.TextField(_("benefit"), blank=True)
    year = models.PositiveSmallIntegerField(
        _("made in (year)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
    )
    developer = _text(_("developer"))
    developer_contact = _text(_("developer's contact"))
    language = _text(_("programming language and version"))
    framework = _text(_("framework and version"))
    database = _text(_("database and version"))
    https = models.BooleanField(_("by HTTPS"), default=False)
    backup_frequency = choice_field(_("backup frequency"), BackupFrequency)
    backup_retention_days = models.PositiveSmallIntegerField(
        _("backups kept for (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(SHORTEST_DAYS), MaxValueValidator(LONGEST_DAYS)],
        help_text=_("From 7 to 365."),
    )
    bcp = choice_field(_("business continuity plan (BCP)"), Readiness)
    drp = choice_field(_("disaster recovery plan (DRP)"), Readiness)
    rto_band = choice_field(_("back within"), RtoBand)
    data_name = _text(_("name of the data"), 200)
    confidentiality = choice_field(_("confidentiality"), Level)
    integrity = choice_field(_("integrity"), Level)
    availability = choice_field(_("availability"), Level)

    class Meta:
        verbose_name = _("app intake")
        verbose_name_plural = _("app intakes")
        ordering = ("request", "app")
        constraints = (models.UniqueConstraint(fields=("request", "app"), name="app_intake_once"),)

    def __str__(self) -> str:
        """Request and app."""
        return f"{self.request}: {self.app}"
