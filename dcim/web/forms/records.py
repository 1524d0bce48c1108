"""The form of a resource's writable fields: it checks and never saves, for actions write."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from django import forms
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from dcim.actions.rights import EVERY_OBJECT, may, reach, visible
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import AnyField
from dcim.record.people.account import User
from dcim.web.forms.choosing import NamedChoiceField, NamedChoicesField, objects_of
from dcim.web.forms.custom_values import COLUMN, PREFIX, form_fields, values_in
from dcim.web.forms.fields import own_form_of, translated_choices
from dcim.web.values import formats
from dcim.web.values.rows import named

if TYPE_CHECKING:
    FormOfModel = forms.ModelForm[Any]
else:  # generic to the type checker only
    FormOfModel = forms.ModelForm


NAMED_FIELDS: Final = (NamedChoiceField, NamedChoicesField)


class RecordForm(FormOfModel):
    """A form over a resource's writable fields; it checks and never saves: actions write."""

    changelog_message = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Note for the change log"),
        help_text=gettext_lazy("Why the change is made; kept with it for good."),
    )
    seen_change = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reader: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        note = self.fields.pop("changelog_message")
        self.fields.update(form_fields(type(self.instance), self.instance))
        self.fields["changelog_message"] = note
        for name, field in self.fields.items():
            if isinstance(field, NAMED_FIELDS):
                field.fit_widget(f"id_{name}")

    def withhold(self, reader: User) -> RecordForm:
        """Offer no objects that the reader may not view.

        Of a kind that is not shown at all any can be named still; what is referred to stays.
        """
        self.reader = reader
        for name, field in self.fields.items():
            if not isinstance(field, NAMED_FIELDS):
                continue
            rows = objects_of(field)
            limit = reach(reader, "view", rows.model)
            if limit is None:
                field.type_names()
            elif limit != EVERY_OBJECT:
                referred = keys_in(self.get_initial_for_field(field, name))
                field.queryset = rows.filter(
                    Q(pk__in=visible(rows.model._default_manager.all(), reader).values("pk"))
                    | Q(pk__in=referred)
                )
        return self

    def may_view(self, model: type[Model]) -> bool:
        """Whether whoever fills it in may see objects of `model`."""
        return may(self.reader, "view", model)

    def values(self) -> dict[str, Any]:
        """What is to be written: every field of a new object, the changed ones of an old one."""
        is_new = self.instance.pk is None
        names = [name for name in self._meta.fields or () if is_new or name in self.changed_data]
        values = {name: self.cleaned_data[name] for name in names}
        custom = [
            name
            for name in self.fields
            if name.startswith(PREFIX) and (is_new or name in self.changed_data)
        ]
        return {**values, COLUMN: values_in(self.cleaned_data, custom)} if custom else values


def keys_in(initial: Any) -> list[Any]:
    """The keys of the objects that a field begins with."""
    values = initial if isinstance(initial, (list, tuple, QuerySet)) else [initial]
    return [one.pk if isinstance(one, Model) else one for one in values if one not in (None, "")]


@cache
def form_of(model: type[Model], base: type[RecordForm] = RecordForm) -> type[RecordForm]:
    """The form of a model's writable fields."""
    names = [one.name for one in BY_MODEL[model].writable_fields]
    made = forms.modelform_factory(model, form=base, fields=names, formfield_callback=_form_field)
    return cast("type[RecordForm]", made)  # the factory derives from `form`


def _form_field(field: AnyField, **options: Any) -> forms.Field | None:
    if isinstance(field, models.ManyToManyField):
        options |= {"form_class": NamedChoicesField, "queryset": named(field.related_model)}
    elif isinstance(field, models.ForeignKey):
        options |= {"form_class": NamedChoiceField, "queryset": named(field.related_model)}
    elif (own := own_form_of(field)) is not None:
        options["form_class"] = own
    elif isinstance(field, models.DateField):
        options["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    elif isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    elif isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 4})
    made = field.formfield(**options)
    if made is not None:
        made.label = lazy(formats.capitalised_label, str)(field)
    if field.choices and isinstance(made, forms.ChoiceField):
        made.choices = translated_choices(field.get_choices(include_blank=field.blank))
    return made
