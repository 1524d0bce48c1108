"""What people note about an object as time goes by."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.vocabulary.choices_extras import JournalKind


class JournalEntry(Record):
    """A note about one object of any kind, by the one who wrote it.

    As with a contact's assignment, `dcim.actions` sees that the object is there, and takes its
    entries along when it goes.
    """

    object_type = models.CharField(
        _("object type"), max_length=100, help_text=_("For example dcim.site.")
    )
    object_id = models.PositiveBigIntegerField(_("object id"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="journal_entries",
    )
    kind = choice_field(_("kind"), JournalKind, JournalKind.INFO)
    comments = models.TextField(_("comments"))

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ("-created", "-id")
        indexes = (models.Index(fields=("object_type", "object_id"), name="journal_of_object"),)

    def __str__(self) -> str:
        """When the entry was written, and of what kind it is."""
        written = f"{self.created:%Y-%m-%d %H:%M}" if self.pk else "–"
        return f"{written} ({dict(JournalKind.pairs())[self.kind]})"
