"""Forms of a scenario: its changes are rows that are added and removed by buttons, not a script."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from dcim.web.forms.edit import CreatePage, EditPage
from dcim.web.forms.fields import JsonFormField
from dcim.web.forms.records import RecordForm
from dcim.web.planner.scenarios.overlay_rows import OverlaysWidget, changed_rows

OVERLAYS = "overlays"


class ScenarioForm(RecordForm):
    """A scenario's fields."""

    overlays = JsonFormField(
        required=False,
        widget=OverlaysWidget,
        label=_("What changes"),
        help_text=_("Changes of one day apply in the order in which they stand."),
    )


class ScenarioCreatePage(CreatePage):
    """A new scenario."""

    form_base = ScenarioForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Create the scenario, or show the form with a row more or less."""
        rows = changed_rows(request.POST, OVERLAYS)
        if rows is None:
            return super().post(request, *args, **kwargs)
        return self._answer(self._form(initial=_typed(request, rows)))


class ScenarioEditPage(EditPage):
    """A scenario that is there."""

    form_base = ScenarioForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Change the scenario, or show the form with a row more or less."""
        rows = changed_rows(request.POST, OVERLAYS)
        if rows is None:
            return super().post(request, *args, **kwargs)
        obj = self.object()
        return self._answer(obj, self._form(obj, initial=_typed(request, rows)))


def _typed(request: HttpRequest, rows: str) -> dict[str, Any]:
    """What was typed into the other fields, and the rows as they are to be."""
    names = [name for name in request.POST if not name.startswith(f"{OVERLAYS}-")]
    single = {name: request.POST.get(name) for name in names if name != "tags"}
    return {**single, "tags": request.POST.getlist("tags"), OVERLAYS: rows}
