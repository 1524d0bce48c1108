"""Forms of what is attached to one object of any kind: its kind is chosen, then its name typed."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import reverse_lazy
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy

from dcim.actions.rights import visible
from dcim.actions.rules.attachments import ATTACHED
from dcim.catalog import BY_KIND
from dcim.web.forms.choosing import called, name_of, number_in, object_called
from dcim.web.forms.edit import CreatePage, EditPage
from dcim.web.forms.records import RecordForm
from dcim.web.values.rows import named

__all__ = ("ATTACHED", "AttachedCreatePage", "AttachedEditPage", "AttachedForm")

OFFERS: Final = "id_object_id_options"


class AttachedForm(RecordForm):
    """The form of a contact's assignment or a journal entry."""

    object_id = forms.CharField(
        label=gettext_lazy("Object"),
        help_text=gettext_lazy("Write a part of its name, then choose."),
        widget=forms.TextInput(
            attrs={
                "list": OFFERS,
                "autocomplete": "off",
                "hx-get": lazystr(reverse_lazy("choices_of_kind")),
                "hx-include": "#id_object_type",
                "hx-trigger": "input changed delay:200ms, focus, change from:#id_object_type",
                "hx-target": f"#{OFFERS}",
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["object_id"].is_typed = True  # type: ignore[attr-defined]  # the names on offer
        kind, key = (self.initial.get(name) for name in ("object_type", "object_id"))
        if kind in BY_KIND and (number := number_in(str(key or ""))):
            rows = named(BY_KIND[kind].model)
            self.initial["object_id"] = name_of(rows, number) or f"#{number}"

    def clean(self) -> dict[str, Any]:
        """The number of the object that was named."""
        given = super().clean() or self.cleaned_data
        kind, text = given.get("object_type"), given.get("object_id")
        if kind in BY_KIND and text:
            try:
                given["object_id"] = self._object(BY_KIND[kind].model, text).pk
            except ValidationError as err:
                self.add_error("object_id", err)
        return given

    def _object(self, model: type[Model], text: str) -> Model:
        rows = visible(named(model), self.reader)
        is_number = number_in(text) is not None and not called(rows, text)
        return object_called(rows, f"#{text}" if is_number else text)


class AttachedCreatePage(CreatePage):
    """Attaches something new."""

    form_base = AttachedForm


class AttachedEditPage(EditPage):
    """Edits what is attached."""

    form_base = AttachedForm
