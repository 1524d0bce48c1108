"""The change log: what every object was before and after each write, chained so that it shows
when an entry is altered, forged or gone.

Both tables only grow: triggers refuse everything but new rows, see `append_only`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from dcim.record.base import choice_field
from dcim.vocabulary.choices import ChangeAction

MAC_LENGTH: Final = 64  # HMAC-SHA256 as hexadecimal digits


class ChangeLink(models.Model):
    """One transaction of the change log, tied to the one before it by a keyed digest.

    The number of the newest link is the record's serial: answers that are computed from the record
    name the serial they belong to. Numbers have no gaps and follow the order of commits.
    """

    number = models.BigIntegerField(_("number"), unique=True)
    time = models.DateTimeField(_("time"), db_index=True)
    count = models.PositiveIntegerField(_("entries"))
    total = models.BigIntegerField(_("entries up to here"))
    key_id = models.CharField(_("key"), max_length=16)
    previous = models.CharField(_("digest of the link before"), max_length=MAC_LENGTH)
    mac = models.CharField(_("digest"), max_length=MAC_LENGTH)

    class Meta:
        verbose_name = _("link of the change log")
        verbose_name_plural = _("links of the change log")
        ordering = ("-number",)

    def __str__(self) -> str:
        """Its number."""
        return str(self.number)


class ObjectChange(models.Model):
    """One write of one object, in the transaction that wrote it.

    What it names may be gone one day and the entry stays as it was written: neither user nor link
    is held to it by the database.
    """

    link = models.ForeignKey(
        ChangeLink,
        verbose_name=_("link"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="entries",
    )
    time = models.DateTimeField(_("time"), db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    user_name = models.CharField(_("user name"), max_length=150)
    request_id = models.UUIDField(_("request id"), db_index=True)
    source_address = models.CharField(_("source address"), max_length=45, blank=True)
    action = choice_field(_("action"), ChangeAction, ChangeAction.UPDATE)
    changed_object_type = models.CharField(_("object type"), max_length=100)
    changed_object_id = models.BigIntegerField(_("object id"))
    object_repr = models.CharField(_("object"), max_length=200)
    message = models.CharField(_("message"), max_length=200, blank=True)
    prechange_data = models.JSONField(_("before"), null=True)
    postchange_data = models.JSONField(_("after"), null=True)
    mac = models.CharField(_("digest"), max_length=MAC_LENGTH)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("changed_object_type", "changed_object_id", "id"), name="change_object"
            ),
        )

    def __str__(self) -> str:
        """Object and deed."""
        return f"{self.object_repr} {self.action}"


def newest_link() -> tuple[int, str] | None:
    """The newest link's number and digest, since a rolled-back number is used again."""
    return ChangeLink.objects.order_by("-number").values_list("number", "mac").first()


def current_serial(*, leaving_out: Collection[str] = ()) -> int:
    """The record's serial, 0 when nothing was ever written.

    Args:
        leaving_out: Kinds of objects whose changes do not count.

    Notes: links are committed in the order of their numbers, so that whoever has read the record at
    a serial has seen every change up to it. Within a transaction that writes it is the serial of
    before: the own one is drawn at the end.
    """
    links = ChangeLink.objects.order_by("-number")
    if leaving_out:
        entries = ObjectChange.objects.filter(link=OuterRef("pk"))
        links = links.filter(Exists(entries.exclude(changed_object_type__in=leaving_out)))
    return links.values_list("number", flat=True).first() or 0
