"""Form fields for what is kept as JSON or by kind: lists as people write them, objects laid out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db import models
from django.db.models import Model
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.rules.attachments import ATTACHED
from dcim.catalog import RESOURCES, kind_of
from dcim.catalog.resource import AnyField
from dcim.catalog.roles import ACTIONS
from dcim.record.base import Record
from dcim.record.extras.journal import JournalEntry
from dcim.record.networks.services import Service
from dcim.record.networks.vlans import VLANGroup
from dcim.record.numbers import NumberListField
from dcim.record.people.account import ObjectPermission
from dcim.record.people.contacts import ContactAssignment
from dcim.record.people.organisation import Tag
from dcim.web.forms.number_lists import PART, NumberListFormField, numbers_in
from dcim.web.values import formats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ROWS: Final = 5
NONE_CHOSEN: Final = BLANK_CHOICE_DASH[0]
ACTION_LABELS: Final[Mapping[str, StrOrPromise]] = {
    "view": gettext_lazy("to view"),
    "add": gettext_lazy("to add"),
    "change": gettext_lazy("to change"),
    "delete": gettext_lazy("to delete"),
    "approve": gettext_lazy("to approve"),
}


class JsonFormField(forms.JSONField):
    """Any JSON, laid out; an empty box for what is not set."""

    widget = forms.Textarea(attrs={"rows": ROWS, "class": "code", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """The value as text that people can read; what was typed stays as it is."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2)

    def to_python(self, value: Any) -> Any:
        """The value that is written.

        Raises: ValidationError that says at which line and column it stops being JSON.
        """
        try:
            return super().to_python(value)
        except forms.ValidationError as err:
            raise forms.ValidationError(
                _("This is no JSON: %(why)s") % {"why": why(value)}
            ) from err


def why(text: object) -> str:
    """Where a text stops being JSON."""
    try:
        json.loads(str(text))
    except json.JSONDecodeError as err:
        return _("line %(line)s, column %(column)s.") % {"line": err.lineno, "column": err.colno}
    except (ValueError, RecursionError):
        pass
    return _("it can't be read.")


class PortsField(NumberListFormField):
    """Ports of a service: “80, 443”."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.help_text = gettext_lazy("For example 80, 443, 8000-8010.")


class RangesField(NumberListFormField):
    """First and last of each range: “1-99, 200-299”."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.help_text = gettext_lazy("For example 1-99, 200-299. Empty: all.")

    def prepare_value(self, value: Any) -> Any:
        """The ranges as text; what was typed stays as it is."""
        if not isinstance(value, list):
            return value
        return ", ".join(
            f"{first}-{last}" if first != last else f"{first}" for first, last in value
        )

    def clean(self, value: Any) -> Any:
        """The ranges as pairs."""
        text = forms.CharField.clean(self, value)
        return [_pair(part.strip()) for part in text.split(",") if part.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other ranges are written."""
        return str(self.prepare_value(initial) or "") != str(data or "").strip()


def _pair(part: str) -> list[int]:
    found = PART.fullmatch(part)
    if found is None:
        numbers_in(part)  # says what is wrong with it
        return []
    return [int(found["first"]), int(found["last"] or found["first"])]


class SomeOf(forms.MultipleChoiceField):
    """Some of a closed list, kept as a list."""

    def __init__(self, **options: Any) -> None:
        for name in ("encoder", "decoder", "max_length"):
            options.pop(name, None)
        super().__init__(**options)
        self.help_text = ""


class SomeActions(SomeOf):
    """What a permission permits."""

    def __init__(self, **options: Any) -> None:
        labels = [(one, ACTION_LABELS.get(one, one)) for one in ACTIONS]
        super().__init__(**options, choices=labels, widget=forms.CheckboxSelectMultiple)


class SomeKinds(SomeOf):
    """The kinds of objects that a permission is about."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, choices=_kinds, widget=forms.SelectMultiple(attrs={"size": 10}))


class KindsOfTag(SomeOf):
    """The kinds of objects that a tag is for; none: all."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options, choices=_kinds_with_more, widget=forms.SelectMultiple(attrs={"size": 10})
        )


class OneKind(forms.ChoiceField):
    """The kind of an object that is named by kind and number."""

    def __init__(self, **options: Any) -> None:
        options.pop("max_length", None)
        super().__init__(**options, choices=_kinds_with_more)
        self.help_text = ""


def _kinds() -> list[tuple[str, str]]:
    return _labels(one.model for one in RESOURCES)


def _kinds_with_more() -> list[tuple[str, str]]:
    """The kinds of objects that others can be attached to."""
    models = (one.model for one in RESOURCES if issubclass(one.model, Record))
    return [NONE_CHOSEN, *_labels(one for one in models if one not in ATTACHED)]


def _labels(found: Iterable[type[Model]]) -> list[tuple[str, str]]:
    kinds = [(kind_of(one), str(capfirst(one._meta.verbose_name))) for one in found]
    return sorted(kinds, key=lambda pair: pair[1])


# What people write in a form of its own.
FORM_FIELDS: Final[Mapping[tuple[type[Model], str], type[forms.Field]]] = {
    (ContactAssignment, "object_type"): OneKind,
    (JournalEntry, "object_type"): OneKind,
    (Service, "ports"): PortsField,
    (VLANGroup, "vid_ranges"): RangesField,
    (ObjectPermission, "actions"): SomeActions,
    (ObjectPermission, "object_types"): SomeKinds,
    (Tag, "object_types"): KindsOfTag,
}


def own_form_of(field: AnyField) -> type[forms.Field] | None:
    """The form of a column that is not written as Django would have it."""
    if (own := FORM_FIELDS.get((field.model, field.name))) is not None:
        return own
    if isinstance(field, NumberListField):
        return NumberListFormField
    return JsonFormField if isinstance(field, models.JSONField) else None


lazy_label_of = lazy(formats.label_of, str)


def translated_choices(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Choices whose labels are texts of the pure rooms, translated when they are shown."""
    return [(value, gettext_lazy(str(label))) for value, label in choices]
