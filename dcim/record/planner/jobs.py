"""Work in the background: what was asked, how far it is, and what came of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import choice_field
from dcim.vocabulary.choices_extras import JobStatus


class Job(models.Model):
    """One piece of work that a worker does: NetBox's job, with progress that can be watched.

    Its row is written while the work goes on, so it is no part of the change log; what the work
    changes is. `worker` and `tries` name the claim that holds it: who has lost it writes no more.
    """

    object_type = models.CharField(
        _("object type"), max_length=100, blank=True, help_text=_("Of what it has made.")
    )
    object_id = models.PositiveBigIntegerField(_("object id"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=100)
    status = choice_field(_("status"), JobStatus, JobStatus.PENDING)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    scheduled = models.DateTimeField(_("scheduled"), null=True, blank=True)
    interval = models.PositiveIntegerField(
        _("interval"), null=True, blank=True, help_text=_("Minutes; empty: once.")
    )
    started = models.DateTimeField(_("started"), null=True, blank=True)
    completed = models.DateTimeField(_("completed"), null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    arguments = models.JSONField(_("arguments"), default=dict, blank=True)
    done = models.PositiveBigIntegerField(_("steps done"), default=0)
    total = models.PositiveBigIntegerField(_("steps in all"), default=0)
    text = models.CharField(_("at work on"), max_length=200, blank=True)
    heartbeat = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    stop_requested = models.BooleanField(_("to be stopped"), default=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    data = models.JSONField(_("result"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    log_entries = models.JSONField(_("log"), default=list, blank=True)
    job_id = models.UUIDField(_("job id"), unique=True, default=uuid.uuid4, editable=False)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    task_id = models.UUIDField(_("task"), null=True, blank=True)
    period = models.CharField(_("period"), max_length=40, null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-id",)
        constraints = (
            # Two workers that find the same day's work due enqueue it once.
            models.UniqueConstraint(fields=("kind", "period"), name="job_once_per_period"),
        )
        indexes = (models.Index(fields=("status", "heartbeat"), name="job_alive"),)

    def __str__(self) -> str:
        """Name and number."""
        return f"{self.name} #{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in OPEN


WAITING = (JobStatus.PENDING.value, JobStatus.SCHEDULED.value)
OPEN = (*WAITING, JobStatus.RUNNING.value)
