"""Pages of cables: a cable is made by naming its two ends, and shows what they are plugged into."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions import cables
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT, Cable, CableTermination
from dcim.web.forms.choosing import called
from dcim.web.forms.edit import CreatePage
from dcim.web.forms.records import RecordForm
from dcim.web.objects.details import DetailPage
from dcim.web.values import formats
from dcim.web.values.formats import WHOLE_OF_PART
from dcim.web.values.rows import named

ENDPOINTS: Final = tuple(FIELD_OF_ENDPOINT)
MOST_OFFERED: Final = 2000
SEVERAL: Final = gettext_lazy("Several ports on one side: a semicolon between them.")


class EndpointField(forms.CharField):
    """Free endpoints, written as “DEVICE / NAME”, several with semicolons between them.

    The browser offers those that are free.
    """

    widget = forms.TextInput(attrs={"list": "endpoints", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """The endpoints of those names."""
        texts = (one.strip() for one in (super().to_python(value) or "").split(";"))
        return [_endpoint(one) for one in texts if one]


def _endpoint(text: str) -> Model:
    found = [one for model in ENDPOINTS for one in called(named(model), text)]
    if len(found) != 1:
        raise ValidationError(
            _("“%(text)s” is not one port. Write DEVICE / PORT as the list offers it.")
            % {"text": text}
        )
    return found[0]


class CableForm(RecordForm):
    """A cable's fields and its two ends."""

    a_terminations = EndpointField(label=gettext_lazy("From"), help_text=SEVERAL)
    b_terminations = EndpointField(label=gettext_lazy("To"), help_text=SEVERAL)
    field_order = ["a_terminations", "b_terminations"]

    def offered(self) -> list[str]:
        """The names of free endpoints."""
        free = (
            formats.full_name(one)
            for model in ENDPOINTS
            if self.may_view(model)
            for one in named(model).filter(termination__isnull=True)
        )
        return list(islice(free, MOST_OFFERED))


class CableCreatePage(CreatePage):
    """A new cable between two free endpoints."""

    template_name = "equipment/cable_form.html"
    form_base = CableForm

    def create(self, form: RecordForm) -> Model:
        """Plug the cable into both ends."""
        given = form.cleaned_data
        by = self.actor(given["changelog_message"])
        link = given["a_terminations"], given["b_terminations"], form.values()
        return cables.connect_sides([link], by=by)[0]


class CablePage(DetailPage):
    """A cable and its ends."""

    template_name = "equipment/cable.html"

    def more(self, obj: Cable) -> dict[str, Any]:
        """What each end is plugged into."""
        ends = CableTermination.objects.filter(cable=obj).order_by("end")
        plugged = ends.select_related(
            *(f"{field}__{WHOLE_OF_PART[model]}" for model, field in FIELD_OF_ENDPOINT.items())
        )
        return {"ends": [(one.end, formats.shown_object(one.endpoint)) for one in plugged]}
