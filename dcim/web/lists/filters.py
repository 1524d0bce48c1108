"""The conditions that a resource's list takes: menus for its columns, parameters for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from django import forms
from django.db import models
from django.db.models import Model, Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from dcim.actions.rights import may, visible
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import AnyField, Resource
from dcim.record.extras.custom_fields import CustomField
from dcim.record.people.account import User
from dcim.record.tree import Tree, TreeRecord
from dcim.web.forms.choosing import NamedChoiceField, has_many, objects_of
from dcim.web.forms.custom_values import PREFIX
from dcim.web.forms.fields import lazy_label_of, translated_choices
from dcim.web.lists.custom_columns import custom_condition, filter_field_of
from dcim.web.values.rows import is_relation, matching, named


class FilterForm(forms.Form):
    """Conditions on a resource's list, all optional; `q` looks into the searched fields."""

    q = forms.CharField(required=False, label=gettext_lazy("Search"))
    resource: Resource

    def __init__(self, *args: Any, custom: Sequence[CustomField] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom = {f"{PREFIX}{one.name}": one for one in custom}
        self.fields |= {
            name: made
            for name, one in self.custom.items()
            if (made := filter_field_of(one)) is not None
        }
        asked = self.data.getlist("columns") if isinstance(self.data, QueryDict) else []
        self.shown = set(asked)
        for field in self.fields.values():
            if not isinstance(field, NamedChoiceField) or field.widget.is_hidden:
                continue
            if has_many(objects_of(field)):
                field.widget = forms.HiddenInput()

    def withhold(self, reader: User) -> FilterForm:
        """Offer and know no objects that the reader may not view."""
        for field in self.fields.values():
            if isinstance(field, NamedChoiceField):
                field.queryset = visible(objects_of(field), reader)
                if not may(reader, "view", objects_of(field).model):
                    field.widget = forms.HiddenInput()
        return self

    def conditions(self) -> Q:
        """What the rows must fulfil; nothing fulfils what could not be read."""
        if not self.is_valid():
            return Q(pk__in=[])
        found = matching(self.resource, self.cleaned_data["q"])
        for name, value in self.cleaned_data.items():
            if name == "q" or value in (None, ""):
                continue
            if name in self.custom:
                found &= custom_condition(self.custom[name], value)
            else:
                is_reference = isinstance(self.fields[name], NamedChoiceField)
                found &= _condition(name.removesuffix("_id") if is_reference else name, value)
        return found

    def offered(self) -> list[forms.BoundField]:
        """The filters to show as menus."""
        return [self[name] for name in self.fields if self._is_offered(name)]

    def in_force(self) -> list[tuple[forms.BoundField, str]]:
        """The conditions that were set beside the shown ones, with their values as text."""
        hidden = [self[name] for name in self.changed_data if not self._is_offered(name)]
        return [
            (one, str(self.cleaned_data.get(one.name) or one.data))
            for one in hidden
            if one.name != "q"
        ]

    def _is_offered(self, name: str) -> bool:
        field = self.fields[name]
        if name in self.custom:  # a condition on what the table shows
            return name in self.shown
        return bool(getattr(field, "choices", None)) and not field.widget.is_hidden


def _condition(name: str, value: Any) -> Q:
    """What belongs to the value; of an object of a tree, also what belongs to those below it."""
    if isinstance(value, TreeRecord):
        return Q(**{f"{name}__in": Tree.of(type(value)).under([value.pk])})
    return Q(**{name: value})


@cache
def filter_form_of(model: type[Model]) -> type[FilterForm]:
    """The form of a model's filters: menus for its columns, plain parameters for the rest."""
    resource = BY_MODEL[model]
    fields: dict[str, Any] = {"resource": resource}
    for field in resource.fields:
        if (made := _filter_field(field)) is not None:
            if field.name not in resource.columns:
                made.widget = forms.HiddenInput()
            fields[f"{field.name}_id" if is_relation(field) else field.name] = made
    return type(f"{model.__name__}FilterForm", (FilterForm,), fields)


def _filter_field(field: AnyField) -> forms.Field | None:
    label = lazy_label_of(field)
    if isinstance(field, (models.ForeignKey, models.ManyToManyField)):
        found = named(field.related_model)
        return NamedChoiceField(found, required=False, label=label, empty_label=ANY)
    if field.choices:
        options = [("", ANY), *translated_choices(field.flatchoices)]
        return forms.ChoiceField(choices=options, required=False, label=label)
    if isinstance(field, models.BooleanField):
        return forms.TypedChoiceField(
            choices=[("", ANY), ("True", gettext_lazy("Yes")), ("False", gettext_lazy("No"))],
            coerce="True".__eq__,
            empty_value=None,
            required=False,
            label=label,
        )
    plain = next((form for kind, form in PLAIN_FILTERS.items() if isinstance(field, kind)), None)
    return plain(required=False, label=label) if plain is not None else None


ANY: Final = gettext_lazy("any")
PLAIN_FILTERS: Final[dict[type[AnyField], type[forms.Field]]] = {
    models.CharField: forms.CharField,
    models.IntegerField: forms.IntegerField,
    models.DecimalField: forms.DecimalField,
}
