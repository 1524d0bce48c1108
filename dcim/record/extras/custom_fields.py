"""Fields that people add to objects, and the lists that such fields choose from.

An object holds its values in one column, `custom_field_data`: name to value, unset ones left out.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import choice_field
from dcim.record.extras.patterns import NotAPattern, compiled
from dcim.vocabulary.choices_extras import (
    BaseChoices,
    CustomFieldType,
    FilterLogic,
    UiEditable,
    UiVisible,
)

TO_OBJECTS: Final = frozenset({CustomFieldType.OBJECT, CustomFieldType.MULTIOBJECT})
OF_CHOICES: Final = frozenset({CustomFieldType.SELECT, CustomFieldType.MULTISELECT})
OF_MANY: Final = frozenset({CustomFieldType.MULTISELECT, CustomFieldType.MULTIOBJECT})
# Two underscores part a name from a look-up in `cf_NAME__LOOKUP`.
NAME_VALIDATORS: Final = (
    RegexValidator(r"^[A-Za-z0-9_]+\Z", _("Write letters, digits and underscores only.")),
    RegexValidator(r"__", _("Two underscores in a row are not allowed."), inverse_match=True),
)
FIXED_ONCE_MADE: Final = ("name", "type")


def _nothing() -> list[Any]:
    return []


class CustomFieldChoiceSet(models.Model):
    """What a custom field may choose from: pairs of value and label."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    base_choices = choice_field(_("base choices"), BaseChoices)
    extra_choices = models.JSONField(
        _("choices"), default=_nothing, help_text=_('A list of pairs: [["value", "label"], …].')
    )
    order_alphabetically = models.BooleanField(_("order alphabetically"), default=False)
    description = models.CharField(_("description"), max_length=200, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    last_updated = models.DateTimeField(_("last updated"), auto_now=True)

    class Meta:
        verbose_name = _("custom field choice set")
        verbose_name_plural = _("custom field choice sets")
        ordering = ("name",)

    def __str__(self) -> str:
        """The set's name."""
        return self.name

    @property
    def labels(self) -> dict[str, str]:
        """Label per value, in the order in which they are offered."""
        pairs = [(value, label) for value, label in self.extra_choices]
        return (
            dict(sorted(pairs, key=lambda pair: pair[1]))
            if self.order_alphabetically
            else dict(pairs)
        )

    def clean(self) -> None:
        """Choices are pairs of texts, each value once."""
        if self.base_choices:
            reason = _("There is no such list here. Write its choices as choices of the set.")
            raise ValidationError({"base_choices": reason})
        pairs = self.extra_choices
        if not isinstance(pairs, list) or not all(_is_pair(one) for one in pairs) or not pairs:
            reason = _('Write a list of pairs: [["value", "label"], …].')
            raise ValidationError({"extra_choices": reason})
        values = [value for value, _label in pairs]
        if len(set(values)) < len(values):
            raise ValidationError({"extra_choices": _("Two choices have the same value.")})


def _is_pair(one: Any) -> bool:
    return (
        isinstance(one, list)
        and len(one) == 2
        and all(isinstance(text, str) and text for text in one)
    )


class CustomField(models.Model):
    """A field that people have added to objects of some kinds."""

    name = models.CharField(_("name"), max_length=50, unique=True, validators=NAME_VALIDATORS)
    label = models.CharField(
        _("label"), max_length=50, blank=True, help_text=_("What pages call it; else its name.")
    )
    type = choice_field(_("type"), CustomFieldType, CustomFieldType.TEXT)
    object_types = models.JSONField(
        _("object types"), default=_nothing, help_text=_("Kinds of objects that have the field.")
    )
    related_object_type = models.CharField(
        _("related object type"),
        max_length=100,
        blank=True,
        help_text=_("The kind of object that values name."),
    )
    choice_set = models.ForeignKey(
        CustomFieldChoiceSet,
        verbose_name=_("choice set"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="choices_for",
    )
    group_name = models.CharField(
        _("group"), max_length=50, blank=True, help_text=_("Fields of a group are shown together.")
    )
    required = models.BooleanField(_("required"), default=False)
    unique = models.BooleanField(_("unique"), default=False)
    default = models.JSONField(
        _("default"), null=True, blank=True, help_text=_("What new objects have, as JSON.")
    )
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=100, help_text=_("Fields with a lower weight come first.")
    )
    search_weight = models.PositiveSmallIntegerField(_("search weight"), default=1000)
    filter_logic = choice_field(_("filter logic"), FilterLogic, FilterLogic.LOOSE)
    ui_visible = choice_field(_("shown on pages"), UiVisible, UiVisible.ALWAYS)
    ui_editable = choice_field(_("offered in forms"), UiEditable, UiEditable.YES)
    is_cloneable = models.BooleanField(_("is cloneable"), default=False)
    validation_minimum = models.DecimalField(
        _("smallest value"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    validation_maximum = models.DecimalField(
        _("largest value"), max_digits=16, decimal_places=4, null=True, blank=True
    )
    validation_regex = models.CharField(
        _("pattern"),
        max_length=500,
        blank=True,
        help_text=_("A regular expression that text must begin with; end it with $ for all of it."),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    comments = models.TextField(_("comments"), blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    last_updated = models.DateTimeField(_("last updated"), auto_now=True)

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        ordering = ("group_name", "weight", "name")

    def __str__(self) -> str:
        """What pages call the field."""
        return self.label or self.name.replace("_", " ")

    def clean(self) -> None:
        """A field is whole for its type, and keeps its name and type once values may exist."""
        errors = self._type_errors()
        if self.validation_regex and not _is_pattern(self.validation_regex):
            errors["validation_regex"] = _(
                "This is no regular expression that can be matched: look-around, references, word "
                "boundaries and very large repeats can't be used."
            )
        low, high = self.validation_minimum, self.validation_maximum
        if low is not None and high is not None and low > high:
            errors["validation_maximum"] = _("The largest value is less than the smallest.")
        stored = type(self)._default_manager.filter(pk=self.pk).values(*FIXED_ONCE_MADE).first()
        for name, value in (stored or {}).items():
            if getattr(self, name) != value:
                errors[name] = _("Fixed once the field is made. Make another field instead.")
        if errors:
            raise ValidationError(errors)

    def _type_errors(self) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if (self.type in OF_CHOICES) is (self.choice_set_id is None):
            errors["choice_set"] = _("A selection has a choice set; other types have none.")
        if (self.type in TO_OBJECTS) is not bool(self.related_object_type):
            reason = _("A field of objects names their kind; other types name none.")
            errors["related_object_type"] = reason
        if self.unique and self.type in OF_MANY | {CustomFieldType.BOOLEAN, CustomFieldType.JSON}:
            errors["unique"] = _("Values of this type can't be unique.")
        return errors


def _is_pattern(text: str) -> bool:
    try:
        compiled(text)
    except NotAPattern:
        return False
    return True


def custom_fields_of(kind: str) -> list[CustomField]:
    """The custom fields of objects of `kind`, in the order in which they are shown; one query."""
    # There are few; which kinds they are for is asked in the same way of every database.
    rows = CustomField.objects.select_related("choice_set")
    return [one for one in rows if kind in one.object_types]
