"""What was found to differ between record, hypervisor and Pulumi's state, and what may differ."""

from __future__ import annotations

import json
from hashlib import sha256

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.vocabulary.drift import (
    DriftField,
    DriftKind,
    DriftSide,
    DriftStatus,
    DriftSubject,
    ScanOutcome,
)

STANDING = (DriftStatus.OPEN.value, DriftStatus.IGNORED.value)
ANY = "*"
LONGEST_FOUND = 255
"""Of a name on a hypervisor, in characters: libvirt keeps each machine in a file of its name."""


class DriftRule(Record):
    """What may differ, why, and until when; deleted, it holds no longer.

    Patterns are a shell's: `*` is anything, `?` one character, `[*]` the character itself.
    """

    target = models.CharField(
        _("target"),
        max_length=100,
        default=ANY,
        help_text=_("Name or pattern; * is every target."),
    )
    subject = choice_field(_("what"), DriftSubject)
    machine = models.CharField(
        _("machine or network"),
        max_length=LONGEST_FOUND,
        default=ANY,
        help_text=_("Name or pattern, such as test-*."),
    )
    field = models.CharField(
        _("field"),
        max_length=50,
        choices=DriftField.pairs(),
        blank=True,
        help_text=_("Empty: whatever differs of it, that it is there at all too."),
    )
    reason = models.CharField(_("reason"), max_length=200, validators=[MinLengthValidator(3)])
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Its last day; empty: until deleted.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("drift rule")
        verbose_name_plural = _("drift rules")
        ordering = ("target", "machine", "field", "id")

    def __str__(self) -> str:
        """What it lets differ."""
        field = f" {self.field}" if self.field else ""
        return f"{self.target}/{self.machine}{field}"


class DriftFinding(models.Model):
    """One difference of one target, from when it was first seen until it is no longer found.

    Measured, never written: no part of the change log. Values are what each side says, in MiB and
    GiB; of a whole machine or network all its fields, and nothing where the side lacks it.
    """

    target = models.CharField(_("target"), max_length=100)
    subject = choice_field(_("what"), DriftSubject, DriftSubject.MACHINE)
    name = models.CharField(_("name"), max_length=LONGEST_FOUND)
    field = choice_field(_("field"), DriftField)
    kind = choice_field(_("how it differs"), DriftKind, DriftKind.CHANGED)
    odd = choice_field(_("odd one out"), DriftSide, DriftSide.HYPERVISOR)
    record = models.JSONField(_("record"), null=True, blank=True)
    hypervisor = models.JSONField(_("hypervisor"), null=True, blank=True)
    state = models.JSONField(_("state"), null=True, blank=True)
    found_on = models.CharField(
        _("found on"), max_length=100, blank=True, help_text=_("Where a moved machine is.")
    )
    beside = models.JSONField(
        _("also seen from"),
        default=list,
        blank=True,
        help_text=_("Targets on the same hypervisor as an unknown machine."),
    )
    status = choice_field(_("status"), DriftStatus, DriftStatus.OPEN)
    rule = models.ForeignKey(
        DriftRule,
        verbose_name=_("rule"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="findings",
    )
    opened_at = models.DateTimeField(_("first seen"))
    last_seen = models.DateTimeField(_("last seen"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("drift finding")
        verbose_name_plural = _("drift findings")
        ordering = ("target", "name", "field", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("target", "subject", "name", "field"),
                condition=models.Q(closed_at__isnull=True),
                name="drift_found_once",
            ),
        )
        indexes = (models.Index(fields=("status", "target"), name="drift_status"),)

    @property
    def mark(self) -> str:
        """What is found, in short: another once that changes, the same while it is found again."""
        said = (self.kind, self.found_on, self.record, self.hypervisor, self.state)
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    def __str__(self) -> str:
        """Target, name and field."""
        return f"{self.target}/{self.name}{f' {self.field}' if self.field else ''}"


class DriftScan(models.Model):
    """One comparison of one target; it changed neither hypervisor nor state."""

    target = models.CharField(_("target"), max_length=100)
    hypervisor_uri = models.CharField(_("hypervisor address"), max_length=200, blank=True)
    outcome = choice_field(_("outcome"), ScanOutcome)
    message = models.CharField(_("reason"), max_length=500, blank=True)
    # The sentence that pages tell the message by in another language.
    said = models.JSONField(_("sentence"), null=True, blank=True, editable=False)
    found = models.PositiveIntegerField(_("findings"), default=0)
    ignored = models.PositiveIntegerField(_("ignored"), default=0)
    machines = models.PositiveIntegerField(_("machines compared"), default=0)
    started = models.DateTimeField(_("started"))
    ended = models.DateTimeField(_("ended"))

    class Meta:
        verbose_name = _("drift scan")
        verbose_name_plural = _("drift scans")
        ordering = ("-id",)
        indexes = (models.Index(fields=("target", "started"), name="drift_scan_target"),)

    def __str__(self) -> str:
        """Target and time."""
        return f"{self.target} {self.started:%Y-%m-%d %H:%M}"
