"""Forms of the steps of a request: a letter, amounts per line, what the provider grants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dcim.actions.requests.given import BY_LETTER, Given
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices_requests import RequestDeed, RequestKind
from dcim.vocabulary.errors import InvalidInput, LumbungError
from dcim.web.planner.requests.line_forms import MOST, GibField

CLASSES: Final = {
    "vcpus": gettext_noop("vCPUs"),
    "memory_mib": gettext_noop("memory (GiB)"),
    "storage_gib": gettext_noop("storage (GiB)"),
}
WITHOUT_LETTER: Final = frozenset({RequestDeed.SIGN, RequestDeed.REVISE})
WITH_AMOUNTS: Final = frozenset({RequestDeed.COUNTER, RequestDeed.APPROVE})
GRANTING: Final = frozenset({RequestDeed.APPROVE, RequestDeed.ACCEPT})


def day_field(label: str, *, required: bool = False, **options: Any) -> forms.DateField:
    """A day, picked from the browser's calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget, **options)


class LetterForm(forms.Form):
    """A letter by number and date, and a word about it."""

    def __init__(self, *args: Any, required: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["letter_number"] = forms.CharField(
            label=_("Letter number"), max_length=100, required=required
        )
        self.fields["letter_date"] = day_field(_("Letter date"), required=required)
        self.fields["note"] = forms.CharField(label=_("Note"), max_length=500, required=False)

    def given(self) -> Given:
        """What was filled in."""
        names = ("letter_number", "letter_date", "note", "reference", "valid_from", "valid_until")
        values = {name: self.cleaned_data[name] for name in names if name in self.fields}
        return Given(**values, confirm=self.cleaned_data.get("confirm", ""))

    def refuse(self, err: LumbungError) -> None:
        """Show what an action refused, beside its field where the form has it."""
        errors = err.errors if isinstance(err, InvalidInput) else {err.field: [err.reason]}
        for name, reasons in errors.items():
            where = name if name in self.fields else None
            self.add_error(where, [f"{one} {err.hint}".strip() for one in reasons])


class StepForm(LetterForm):
    """What a step of `request` takes; amounts stand per line, as they were asked or offered."""

    def __init__(
        self,
        deed: RequestDeed,
        request: AllocationRequest,
        lines: Sequence[RequestLine],
        *args: Any,
        **options: Any,
    ) -> None:
        self.deed = deed
        super().__init__(*args, required=deed in BY_LETTER, prefix=deed.value, **options)
        if deed in WITHOUT_LETTER:
            del self.fields["letter_number"], self.fields["letter_date"]
        self.lines = lines if deed in WITH_AMOUNTS else ()
        for line in self.lines:
            for name, label in CLASSES.items():
                self.fields[f"{name}_{line.pk}"] = _amount_field(
                    name, f"{line}: {_(label)}", getattr(line.asked, name)
                )
        if deed in GRANTING:
            self._take_terms(request)

    def _take_terms(self, request: AllocationRequest) -> None:
        """What the provider says of the grant itself."""
        if request.kind == RequestKind.TERMINATION:
            self.fields["confirm"] = forms.CharField(
                label=_("Confirmation"),
                required=False,
                max_length=64,
                help_text=_("The word that the refusal names, where machines still draw on it."),
            )
            return
        if request.predecessor_id is None:
            self.fields["reference"] = forms.CharField(
                label=_("Reference of the grant"),
                required=False,
                max_length=100,
                help_text=_("As the provider calls it; empty: the number of its letter."),
            )
        if request.kind != RequestKind.RENEWAL:
            self.fields["valid_from"] = day_field(_("Valid from"), initial=request.valid_from)
        self.fields["valid_until"] = day_field(_("Valid until"), initial=request.valid_until)

    @property
    def amounts(self) -> list[tuple[RequestLine, list[forms.BoundField]]]:
        """The fields of each line, for a table."""
        return [(line, [self[f"{name}_{line.pk}"] for name in CLASSES]) for line in self.lines]

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields that are of no line."""
        of_lines = {field.name for _line, fields in self.amounts for field in fields}
        return [field for field in self if field.name not in of_lines]

    def given(self) -> Given:
        """What was filled in, amounts by line."""
        plain = super().given()
        amounts = {
            line.pk: Amounts(*(self.cleaned_data[f"{name}_{line.pk}"] for name in CLASSES))
            for line in self.lines
        }
        return Given(
            plain.letter_number,
            plain.letter_date,
            plain.note,
            amounts,
            plain.reference,
            plain.valid_from,
            plain.valid_until,
            plain.confirm,
        )


def _amount_field(name: str, label: str, asked: int) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"aria-label": label})
    kind = GibField if name == "memory_mib" else forms.IntegerField
    return kind(label=label, min_value=0, max_value=MOST, initial=asked, widget=widget)


class ReturnForm(LetterForm):
    """A letter of ours, and the word that confirms what draws on the grant."""

    def __init__(self, *args: Any, word: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        if word:
            self.fields["confirm"] = forms.CharField(
                label=_("Confirmation"),
                required=False,
                max_length=64,
                help_text=_("Write %(word)s: you have seen who is hit.") % {"word": word},
            )


class RenewForm(forms.Form):
    """How long a grant is to go on, and who asks."""

    def __init__(self, tenants: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["tenant"] = forms.ModelChoiceField(tenants, label=_("Applicant"))
        self.fields["valid_until"] = day_field(_("Valid until"), required=True)


class BundleForm(forms.Form):
    """Which requests of offices are passed on, to whom and in whose name."""

    def __init__(
        self, requests: Any, providers: Any, tenants: Any, *args: Any, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["requests"] = forms.ModelMultipleChoiceField(
            requests, label=_("Requests of offices"), widget=forms.CheckboxSelectMultiple
        )
        self.fields["provider"] = forms.ModelChoiceField(providers, label=_("Provider"))
        self.fields["tenant"] = forms.ModelChoiceField(tenants, label=_("Applicant"))
        self.fields["subject"] = forms.CharField(label=_("Subject"), max_length=200)
