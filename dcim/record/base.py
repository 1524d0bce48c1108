"""What every recorded object shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.vocabulary.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Collection

    from django_stubs_ext import StrOrPromise

RecordT = TypeVar("RecordT", bound="Record")


class Dated(models.Model):
    """An object that people record: dated and described.

    `clean` is called even when a field was refused before it, so it takes nothing for granted.
    """

    # The field that is the whole name where it is set: other objects name only those without it.
    own_name: ClassVar[str] = ""
    # The fields that say what the object is part of, where it stays part of that for good.
    part_of: ClassVar[tuple[str, ...]] = ()
    description = models.CharField(_("description"), max_length=200, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    last_updated = models.DateTimeField(_("last updated"), auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """The name by which people know the object."""
        return str(getattr(self, "name", None) or f"#{self.pk}")


class Record(Dated):
    """A recorded object that carries comments, tags and custom values besides."""

    comments = models.TextField(_("comments"), blank=True)
    tags = models.ManyToManyField("dcim.Tag", verbose_name=_("tags"), blank=True, related_name="+")
    custom_field_data = models.JSONField(
        _("custom fields"), default=dict, blank=True, editable=False
    )
    # What was refused of the custom fields' values when these were given, by whoever gave them.
    refused_values: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Judge the fields, custom ones among them."""
        errors: dict[str, Any] = {}
        try:
            super().clean_fields(exclude)
        except ValidationError as err:
            errors = err.update_error_dict(errors)
        if self.refused_values:
            errors["custom_field_data"] = list(self.refused_values)
        if errors:
            raise ValidationError(errors)


def choice_field(
    label: StrOrPromise, choices: type[Choices], default: Choices | None = None
) -> models.CharField[str, str]:
    """A column for one of `choices`; without a default it may be left empty."""
    return models.CharField(
        label,
        max_length=50,
        choices=choices.pairs(),
        blank=default is None,
        default=default.value if default is not None else "",
    )


COLOR_VALIDATOR = RegexValidator(
    r"^[0-9a-f]{6}$", _("Write a color as six hexadecimal digits, for example 2196f3.")
)


def color_field(default: str = "9e9e9e") -> models.CharField[str, str]:
    """A column for an RGB color as six hexadecimal digits."""
    return models.CharField(_("color"), max_length=6, default=default, validators=[COLOR_VALIDATOR])


def optional_color_field() -> models.CharField[str, str]:
    """A column for an RGB color, which may be left empty."""
    return models.CharField(_("color"), max_length=6, blank=True, validators=[COLOR_VALIDATOR])
