"""The change log: what every object was before and after each write."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import choice_field
from dcim.vocabulary.choices import ChangeAction


class ObjectChange(models.Model):
    """One write of one object, in the transaction that wrote it.

    The id of the newest entry is the record's serial: answers that are computed from the record
    name the serial they belong to.
    """

    time = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    user_name = models.CharField(_("user name"), max_length=150)
    request_id = models.UUIDField(_("request id"), db_index=True)
    action = choice_field(_("action"), ChangeAction, ChangeAction.UPDATE)
    changed_object_type = models.CharField(_("object type"), max_length=100)
    changed_object_id = models.BigIntegerField(_("object id"))
    object_repr = models.CharField(_("object"), max_length=200)
    message = models.CharField(_("message"), max_length=200, blank=True)
    prechange_data = models.JSONField(_("before"), null=True)
    postchange_data = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("changed_object_type", "changed_object_id"), name="change_object"),
        )

    def __str__(self) -> str:
        """Object and deed."""
        return f"{self.object_repr} {self.action}"


def newest_change() -> tuple[int, UUID] | None:
    """The newest entry's id and its request, since a rolled-back id may be used again."""
    return ObjectChange.objects.order_by("-id").values_list("id", "request_id").first()


def current_serial(*, leaving_out: Collection[str] = ()) -> int:
    """The record's serial, 0 when nothing was ever written.

    Args:
        leaving_out: Kinds of objects whose changes do not count.

    Notes: entries are committed in the order of their ids, so that whoever has read the record at a
    serial has seen every change up to it.
    """
    entries = ObjectChange.objects.order_by("-id")
    if leaving_out:
        entries = entries.exclude(changed_object_type__in=leaving_out)
    return entries.values_list("id", flat=True).first() or 0
