"""What follows from a resource's fields: its columns, filters and form.

A page that needs more takes an ordinary class instead: see `overrides`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import django_tables2 as tables
from django import forms
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.rights import EVERY_OBJECT, may, reach, visible
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import AnyField, Resource
from dcim.record.people.account import User
from dcim.record.tree import Tree, TreeRecord
from dcim.web import formats
from dcim.web.addresses import page_of
from dcim.web.choosing import NamedChoiceField, NamedChoicesField, has_many, objects_of
from dcim.web.custom_values import COLUMN, PREFIX, form_fields, values_in
from dcim.web.form_fields import own_form_of
from dcim.web.rows import matching, named

if TYPE_CHECKING:
    FormOfModel = forms.ModelForm[Any]
else:  # generic to the type checker only
    FormOfModel = forms.ModelForm


NAMED_FIELDS: Final = (NamedChoiceField, NamedChoicesField)


def is_relation(field: AnyField) -> bool:
    """Whether the field refers to other objects."""
    return isinstance(field, (models.ForeignKey, models.ManyToManyField))


# Lists


AS_AMOUNT: Final = SafeString(' class="amount"')
AS_CODE: Final = SafeString(' class="code"')


class RecordTable(tables.Table):  # type: ignore[misc]  # django-tables2 ships no types
    """A resource's list."""

    class Meta:
        template_name = "table.html"

    def body(self) -> Iterator[SafeString]:
        """The page's rows; made here since a table's own machinery takes several times as long."""
        columns = [one.column for one in self.columns]
        for row in self.paginated_rows:
            cells = ((column.cell(row.record),) for column in columns)
            yield format_html("<tr>{}</tr>\n", format_html_join("", "{}", cells))


class FieldColumn(tables.Column):  # type: ignore[misc]  # as above
    """A column that shows a field as `formats` writes it, and leads to what it names."""

    def __init__(self, field: AnyField, *, leads_to_row: bool) -> None:
        self.field = field
        self.leads_to_row = leads_to_row
        super().__init__(
            verbose_name=formats.label_of(field),
            accessor=field.name,
            orderable=not isinstance(field, (models.ManyToManyField, models.JSONField)),
            attrs={"th": {"class": "amount"} if formats.is_number(field) else {}},
        )

    def cell(self, record: Model) -> SafeString:
        """The cell of the row's object: its text, and where that leads."""
        text = formats.text_of(record, self.field)
        if self.leads_to_row and text == formats.NOTHING:
            text = str(record)
        url = self._address(record)
        inside = format_html('<a href="{}">{}</a>', url, text) if url else text
        return format_html("<td{}{}>{}</td>", self._class(record), _title(text), inside)

    def _address(self, record: Model) -> str:
        if self.leads_to_row:
            return page_of(record)
        if isinstance(self.field, models.ForeignKey):
            other = getattr(record, self.field.name)
            return page_of(other) if other is not None else ""
        return ""

    def _class(self, record: Model) -> SafeString | str:
        if formats.is_number(self.field):
            return AS_AMOUNT
        if isinstance(self.field, (models.SlugField, models.DateField)):
            return AS_CODE
        tone = formats.tone_of(self.field, getattr(record, self.field.attname, ""))
        return format_html(' class="tone tone-{}"', tone) if tone else ""


def _title(text: str) -> SafeString | str:
    """The whole text, which a narrow column may cut."""
    return format_html(' title="{}"', text) if len(text) > LONGEST_UNCUT else ""


def table_of(resource: Resource, rows: QuerySet[Model], fields: Sequence[AnyField]) -> Any:
    """A table of `rows` with a column per field; the first that is no reference leads on."""
    lead = next((one.name for one in fields if not is_relation(one)), fields[0].name)
    columns = [(one.name, FieldColumn(one, leads_to_row=one.name == lead)) for one in fields]
    return RecordTable(
        rows, extra_columns=columns, attrs={"class": "list", "aria-label": _("Results")}
    )


def chosen_fields(resource: Resource, names: Sequence[str]) -> list[AnyField]:
    """The public fields called `names` in that order; the default columns where none is known."""
    public = {one.name: one for one in resource.fields}
    known = [public[name] for name in names if name in public]
    return known or [public[name] for name in resource.columns]


# Filters


class FilterForm(forms.Form):
    """Conditions on a resource's list, all optional; `q` looks into the searched fields."""

    q = forms.CharField(required=False, label=gettext_lazy("Search"))
    resource: Resource

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
            if name != "q" and value not in (None, ""):
                found &= _condition(name.removesuffix("_id"), value)
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


LONGEST_UNCUT: Final = 24
ANY: Final = gettext_lazy("any")
PLAIN_FILTERS: Final[dict[type[AnyField], type[forms.Field]]] = {
    models.CharField: forms.CharField,
    models.IntegerField: forms.IntegerField,
    models.DecimalField: forms.DecimalField,
}
lazy_label_of = lazy(formats.label_of, str)


def translated_choices(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Choices whose labels are texts of the pure rooms, translated when they are shown."""
    return [(value, gettext_lazy(str(label))) for value, label in choices]


# Forms


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
