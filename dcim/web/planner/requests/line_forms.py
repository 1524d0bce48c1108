"""Amounts in forms as people write them, and the lines of a draft as rows of one form."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.requests.rewriting import LineRow
from dcim.record.planner.requests import RequestLine
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.choices_requests import Environment
from dcim.vocabulary.errors import BadRows
from dcim.web.forms.choosing import NamedChoiceField
from dcim.web.forms.fields import translated_choices

if TYPE_CHECKING:
    Lines = forms.BaseFormSet["LineForm"]
else:  # generic to the type checker only
    Lines = forms.BaseFormSet

MOST: Final = 2**31 - 1
MIB_PER_GIB: Final = 1024
EMPTY_ROWS: Final = 2
# Beyond that each line has its own form: a bundle of a whole regency is no table to type in.
MOST_ROWS: Final = 60
PREFIX: Final = "lines"
AMOUNTS: Final = ("vcpus", "memory_mib", "storage_gib")


class GibField(forms.IntegerField):
    """MiB, written in GiB as letters have it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MOST, **options})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Half a GiB can be written too."""
        return {**super().widget_attrs(widget), "step": "any", "max": MOST // MIB_PER_GIB}

    def prepare_value(self, value: Any) -> Any:
        """GiB; what was typed stays as it is."""
        if not isinstance(value, int):
            return value
        return f"{(Decimal(value) / MIB_PER_GIB).normalize():f}"

    def to_python(self, value: Any) -> int | None:
        """MiB.

        Raises: ValidationError where it is no number, or no whole number of MiB.
        """
        if value in self.empty_values:
            return None
        try:
            gib = Decimal(str(value).strip().replace(",", "."))
        except InvalidOperation as err:
            raise forms.ValidationError(_("Write a number of GiB.")) from err
        if not gib.is_finite() or abs(gib) > MOST:
            raise forms.ValidationError(_("Write a number of GiB."))
        mib = gib * MIB_PER_GIB
        if mib != int(mib):
            raise forms.ValidationError(_("This is no whole number of MiB."))
        return int(mib)


class LineForm(forms.Form):
    """One line: which machine of which app, and how large."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    machine_name = forms.CharField(label=gettext_lazy("Machine"), max_length=64, required=False)
    app = NamedChoiceField(ServiceApp.objects.none(), label=gettext_lazy("App"), required=False)
    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        choices=translated_choices(Environment.pairs()),
        initial=Environment.PRODUCTION.value,
    )
    vcpus = forms.IntegerField(
        label=gettext_lazy("vCPUs"), min_value=0, max_value=MOST, required=False
    )
    memory_mib = GibField(label=gettext_lazy("Memory (GiB)"), required=False)
    storage_gib = forms.IntegerField(
        label=gettext_lazy("Storage (GiB)"), min_value=0, max_value=MOST, required=False
    )

    def shown_errors(self) -> list[str]:
        """Every reason with its field."""
        found: list[str] = []
        for name, reasons in self.errors.items():
            label = f"{self.fields[name].label}: " if name in self.fields else ""
            found.extend(f"{label}{reason}" for reason in reasons)
        return found

    def row(self) -> LineRow:
        """What becomes of the line."""
        values = self.cleaned_data
        changed = [name for name in self.changed_data if name not in {"pk", "DELETE"}]
        asked = {name: (values[name] or 0) if name in AMOUNTS else values[name] for name in changed}
        return LineRow(values.get("pk"), asked, is_struck=values.get("DELETE", False))


class LinesForm(Lines):
    """All lines of a draft, and a few empty rows below them."""

    def rows(self) -> list[tuple[LineForm, LineRow]]:
        """The rows that say something, with what they say."""
        changed = [one for one in self.forms if one.has_changed()]
        found = [(one, one.row()) for one in changed]
        return [(one, row) for one, row in found if row.pk is not None or not row.is_struck]

    def refuse(self, err: BadRows, written: Sequence[tuple[LineForm, LineRow]]) -> None:
        """Show what an action refused in the rows that it named."""
        for wrong in err.rows:
            form = written[wrong.position][0]
            for name, reasons in wrong.errors.items():
                form.add_error(name if name in form.fields else None, list(reasons))


def lines_form(lines: Sequence[RequestLine], apps: QuerySet[ServiceApp], data: Any = None) -> Any:
    """The form of `lines`, whose apps are chosen from `apps`."""
    made = forms.formset_factory(
        LineForm,
        formset=LinesForm,
        extra=EMPTY_ROWS,
        can_delete=True,
        max_num=MOST_ROWS + EMPTY_ROWS,
    )
    names = (*AMOUNTS, "pk", "machine_name", "environment")
    initial = [{**{name: getattr(one, name) for name in names}, "app": one.app_id} for one in lines]
    formset = made(data, initial=initial, prefix=PREFIX)
    chosen = [("", "–"), *((one.pk, str(one)) for one in apps)]
    for form in formset.forms:
        _fit(form, apps, chosen)
    return formset


def _fit(form: forms.Form, apps: QuerySet[ServiceApp], chosen: Sequence[tuple[Any, str]]) -> None:
    """Let a row choose from `apps`, with one query for all rows, and read its labels aloud."""
    field: Any = form.fields["app"]
    field.queryset = apps
    field.widget.choices = chosen
    form.fields["DELETE"].label = _("Strike out")
    for one in form.fields.values():
        one.widget.attrs["aria-label"] = str(one.label or "")
