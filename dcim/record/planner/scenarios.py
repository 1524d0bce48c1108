"""Scenarios: what-ifs that are kept as data; nothing of them is in the record otherwise."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record


def _no_overlays() -> list[object]:
    return []


class Scenario(Record):
    """Dated overlays on the record, none of them before `base_date`; judged where they are laid."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    base_date = models.DateField(_("base date"))
    overlays = models.JSONField(
        _("overlays"),
        default=_no_overlays,
        blank=True,
        help_text=_("A list of what changes from which day on; see docs/what-if.md."),
    )

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ("name",)

    def clean(self) -> None:
        """Overlays are a list; what each says is judged by the planner's rules."""
        if not isinstance(self.overlays, list):
            raise ValidationError({"overlays": _("Write a list, in square brackets.")})
