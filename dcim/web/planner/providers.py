"""Forms of a provider: the data classes it may hold are ticked, not written as a list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from dcim.vocabulary.choices import DataClass
from dcim.web.forms.edit import CreatePage, EditPage
from dcim.web.forms.fields import translated_choices
from dcim.web.forms.records import RecordForm


class ProviderForm(RecordForm):
    """A provider's fields."""

    data_classes = forms.MultipleChoiceField(
        choices=translated_choices(DataClass.pairs()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Data classes it may hold"),
        help_text=_("Empty: not stated."),
    )


class ProviderCreatePage(CreatePage):
    """A new provider."""

    form_base = ProviderForm


class ProviderEditPage(EditPage):
    """A provider that is there."""

    form_base = ProviderForm
