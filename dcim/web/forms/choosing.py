"""Fields that name other objects: a menu while there are few, typed names once there are many.

A typed name is the whole name (“pdr-h01 / eth0”), or “#” and the object's number where several
bear the name; the browser offers names that contain what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from dcim.catalog import BY_KIND, BY_MODEL
from dcim.catalog.resource import NOTHING, Resource
from dcim.record.equipment.devices import Device
from dcim.record.tree import TreeRecord
from dcim.web.frame.access import Page, parameter
from dcim.web.values import formats
from dcim.web.values.rows import matching, named

if TYPE_CHECKING:
    ChoiceOfObject = forms.ModelChoiceField[Model]
    ChoiceOfObjects = forms.ModelMultipleChoiceField[Model]
else:  # generic to the type checker only
    ChoiceOfObject = forms.ModelChoiceField
    ChoiceOfObjects = forms.ModelMultipleChoiceField

IN_BRACKETS: Final = re.compile(r"(?P<name>.+) \((?P<mark>[^()]+)\)")
MOST_IN_A_MENU: Final = 250
MOST_OFFERED: Final = 20
MOST_DIGITS: Final = 18  # of what a database takes as a number


class NamedChoiceField(ChoiceOfObject):
    """One object by its whole name."""

    is_typed = False

    def fit_widget(self, html_id: str) -> None:
        """Take typed names where there are more objects than a menu can hold."""
        if has_many(objects_of(self)):
            self.type_names(typing_attributes(objects_of(self).model, html_id))

    def type_names(self, attributes: Mapping[str, str] = NOTHING) -> None:
        """Take typed names; `attributes` make the browser offer some."""
        self.is_typed = True
        self.widget = forms.TextInput(attrs=dict(attributes))
        self.widget.is_required = self.required

    def label_from_instance(self, obj: Model) -> str:
        """The object's name with that of the whole it is part of; in a tree with all above it."""
        if isinstance(obj, TreeRecord):
            return self._paths.get(obj.pk, str(obj))
        return formats.full_name(obj)

    @cached_property
    def _paths(self) -> dict[int, str]:
        """The objects of a tree by their names from the top, with one query."""
        rows = objects_of(self).model._default_manager.order_by("depth")
        paths: dict[int, str] = {}
        for pk, parent, name in rows.values_list("pk", "parent_id", "name"):
            paths[pk] = f"{paths[parent]} / {name}" if parent in paths else name
        return paths

    def prepare_value(self, value: Any) -> Any:
        """The name of the chosen object where names are typed; else its id."""
        return name_of(objects_of(self), value) if self.is_typed else super().prepare_value(value)

    def to_python(self, value: Any) -> Model | None:
        """The object that was chosen or named."""
        if not self.is_typed or value in self.empty_values:
            return super().to_python(value)
        return object_called(objects_of(self), str(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another object is named."""
        if not self.is_typed:
            return super().has_changed(initial, data)
        return str(self.prepare_value(initial) or "") != str(data or "")


class NamedChoicesField(ChoiceOfObjects):
    """Several objects by their whole names; one per line where they are typed."""

    is_typed = False

    def fit_widget(self, html_id: str) -> None:
        """Take typed names where there are more objects than a menu can hold."""
        if has_many(objects_of(self)):
            self.type_names()

    def type_names(self) -> None:
        """Take typed names."""
        self.is_typed = True
        self.widget = forms.Textarea(attrs={"rows": 5})
        self.help_text = _("One name per line.")

    def label_from_instance(self, obj: Model) -> str:
        """The object's name with that of the whole it is part of."""
        return formats.full_name(obj)

    def prepare_value(self, value: Any) -> Any:
        """The names of the chosen objects, line by line, where names are typed."""
        if not self.is_typed or isinstance(value, str):
            return super().prepare_value(value)
        return "\n".join(name_of(objects_of(self), one) for one in value or ())

    def clean(self, value: Any) -> Any:
        """The objects that were chosen or named."""
        if not self.is_typed:
            return super().clean(value)
        names = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        if self.required and not names:
            raise ValidationError(self.error_messages["required"], code="required")
        return [object_called(objects_of(self), name) for name in names]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other objects are named, in whatever order."""
        if not self.is_typed:
            return super().has_changed(initial, data)
        before = str(self.prepare_value(initial) or "").splitlines()
        return set(before) != {line.strip() for line in str(data or "").splitlines()} - {""}


def objects_of(field: NamedChoiceField | NamedChoicesField) -> QuerySet[Model]:
    """The objects that the field chooses from."""
    return cast("QuerySet[Model]", field.queryset)  # set when the field was made


class ChoicesView(Page):
    """Names that contain what is being typed, for the browser to offer."""

    template_name = "forms/choices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The first names."""
        resource, text = self.chosen_from(), self.typed()
        part = text.rpartition(" / ")[2]
        found = self.seen(named(resource.model)).filter(matching(resource, part))[:MOST_OFFERED]
        return {"names": [formats.full_name(one) for one in found]}

    def seen_model(self) -> type[Model]:
        """The names of objects are for those who may view them."""
        return self.chosen_from().model

    def typed(self) -> str:
        """What was typed: the only parameter, whatever the field is called."""
        return parameter(self.request.GET, next(iter(self.request.GET), ""))

    def kind(self) -> str:
        """The kind of the objects to choose from."""
        return str(self.kwargs["kind"])

    def chosen_from(self) -> Resource:
        """What the names are of."""
        resource = BY_KIND.get(self.kind())
        if resource is None or not resource.search:
            raise Http404
        return resource


class ChoicesOfKindView(ChoicesView):
    """Names of objects of the kind that is chosen in the same form."""

    def typed(self) -> str:
        """What was typed beside the chosen kind."""
        return parameter(self.request.GET, "object_id")

    def kind(self) -> str:
        """The chosen kind."""
        return parameter(self.request.GET, "object_type")


def has_many(queryset: QuerySet[Model]) -> bool:
    """Whether there are more objects than a menu can hold."""
    return (
        len(queryset.order_by().values_list("pk", flat=True)[: MOST_IN_A_MENU + 1]) > MOST_IN_A_MENU
    )


def typing_attributes(model: type[Model], html_id: str) -> dict[str, str]:
    """What makes a text field offer names of the model's objects while one types."""
    return offering_attributes(reverse("choices", args=[BY_MODEL[model].kind]), html_id)


def offering_attributes(url: str, html_id: str) -> dict[str, str]:
    """What makes a text field offer what `url` answers while one types."""
    return {
        "list": f"{html_id}_options",
        "autocomplete": "off",
        "hx-get": url,
        "hx-trigger": "input changed delay:200ms, focus once",
        "hx-target": f"#{html_id}_options",
    }


def name_of(queryset: QuerySet[Model], value: Any) -> str:
    """The whole name of an object given as such or by id; what was typed stays as it is."""
    if isinstance(value, str) and number_in(value) is None:
        return value
    obj = value if isinstance(value, Model) else queryset.filter(pk=value or 0).first()
    if obj is None:
        return ""
    name = formats.full_name(obj)
    return name if len(called(queryset, name)) == 1 else f"#{obj.pk}"


def object_called(queryset: QuerySet[Model], text: str) -> Model:
    """The one object with that whole name, or that number after “#”.

    Raises: ValidationError when there is none, or several.
    """
    found = called(queryset, text.strip())
    if not found:
        raise ValidationError(_("There is no “%(name)s”.") % {"name": text})
    if len(found) > 1:
        numbers = ", ".join(f"#{one.pk}" for one in found)
        raise ValidationError(
            _("Several are called “%(name)s”: write one of %(numbers)s.")
            % {"name": text, "numbers": numbers}
        )
    return found[0]


def called(queryset: QuerySet[Model], text: str) -> list[Model]:
    """The objects with that whole name or number; at most three."""
    if "\0" in text:  # PostgreSQL refuses to look for it
        return []
    number = number_in(text.removeprefix("#"))
    if text.startswith("#") and number is not None:
        return list(queryset.filter(pk=number))
    model = queryset.model
    if model is Device:
        return list(queryset.filter(_device_called(text))[:3])
    whole, name = formats.WHOLE_OF_PART.get(model), text
    condition = Q()
    if whole is not None:
        whole_name, _slash, name = (part.strip() for part in text.rpartition("/"))
        condition = whole_called(whole, whole_name)
    if not (searched := BY_MODEL[model].search):  # known by number only
        return []
    return list(queryset.filter(condition, **{searched[0]: name})[:3])


def whole_called(whole: str, name: str) -> Q:
    """The condition on what a part belongs to; without a name it is called “#” and its number."""
    number = number_in(name.removeprefix("#"))
    if number is not None:
        return Q(**{f"{whole}__pk": number})
    return (
        _device_called(name, f"{whole}__") if whole == "device" else Q(**{f"{whole}__name": name})
    )


def _device_called(text: str, prefix: str = "") -> Q:
    """The condition that a device is called so: NAME, NAME (TAG), or TYPE (TAG or number)."""
    condition = Q(**{f"{prefix}name": text})
    if (found := IN_BRACKETS.fullmatch(text)) is None:
        return condition
    name, mark = found["name"], found["mark"]
    condition |= Q(**{f"{prefix}name": name, f"{prefix}asset_tag": mark})
    unnamed = Q(**{f"{prefix}name__isnull": True}) | Q(**{f"{prefix}name": ""})
    of_type = unnamed & Q(**{f"{prefix}device_type__model": name})
    condition |= of_type & Q(**{f"{prefix}asset_tag": mark})
    if (number := number_in(mark)) is not None:
        condition |= of_type & Q(**{f"{prefix}pk": number})
    return condition


def number_in(text: str) -> int | None:
    """The object's number that `text` is; None where it is none, or longer than any is.

    >>> number_in("12"), number_in("9" * 5000)
    (12, None)
    """
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
