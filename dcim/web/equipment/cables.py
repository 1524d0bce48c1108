"""Pages of cables: the ends are named to plug them in and to move them, and shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions import cables, record
from dcim.actions.changes import Actor
from dcim.actions.rights import visible
from dcim.catalog.resource import NOTHING
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT, Cable, CableTermination, Endpoint
from dcim.record.equipment.devices import Device
from dcim.record.equipment.power import PowerPanel
from dcim.record.people.account import User
from dcim.vocabulary.choices import CableEnd
from dcim.web.equipment.connections import Seen, hidden_port, shown_ports
from dcim.web.forms.choosing import MOST_OFFERED, called, offering_attributes, whole_called
from dcim.web.forms.edit import CreatePage, EditPage
from dcim.web.forms.records import RecordForm
from dcim.web.frame.access import Page, parameter
from dcim.web.objects.details import DetailPage
from dcim.web.values import formats
from dcim.web.values.formats import WHOLE_OF_PART, Shown
from dcim.web.values.rows import named

ENDPOINTS: Final = tuple(FIELD_OF_ENDPOINT)
MOST_PORTS: Final = 100
SEVERAL: Final = gettext_lazy(
    "Write a part of the device's name and choose it, then one of its free ports. "
    "Several ports on one side: a semicolon between them."
)
FIELDS: Final = tuple(FIELD_OF_ENDPOINT.values())
ENDS: Final = {"a_terminations": CableEnd.A, "b_terminations": CableEnd.B}


class EndpointField(forms.CharField):
    """Endpoints, written as “DEVICE / NAME”, several with semicolons between them.

    The browser offers devices, and once one is chosen its free ports. Only endpoints that the
    reader may see can be named, and those that the cable is plugged into already.
    """

    is_typed = True
    reader: User | None = None
    plugged: Mapping[str, Endpoint] = NOTHING

    def to_python(self, value: Any) -> Any:
        """The endpoints of those names."""
        texts = (one.strip() for one in (super().to_python(value) or "").split(";"))
        return [self.plugged.get(one) or self._endpoint(one) for one in texts if one]

    def _endpoint(self, text: str) -> Model:
        kinds = [] if self.reader is None else [visible(named(m), self.reader) for m in ENDPOINTS]
        found = [one for rows in kinds for one in called(rows, text)]
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ENDS:
            offered = offering_attributes(reverse("choices_of_ports"), f"id_{name}")
            self.fields[name].widget.attrs.update(offered)

    def withhold(self, reader: User) -> RecordForm:
        """Know only endpoints that the reader may see; where the cable is plugged in stays."""
        for name, end in ENDS.items():
            field = cast("EndpointField", self.fields[name])
            field.reader = reader
            if self.instance.pk is not None:
                ends = plugged(self.instance, partial(visible, user=reader), end)
                field.plugged = {shown.text: one.endpoint for one, shown in ends}
                self.initial[name] = "; ".join(field.plugged)
        return super().withhold(reader)

    def moves(self) -> dict[CableEnd, list[Endpoint]]:
        """The sides that are to end elsewhere."""
        return {
            end: self.cleaned_data[name] for name, end in ENDS.items() if name in self.changed_data
        }


def plugged(
    cable: Cable, seen: Seen, end: CableEnd | None = None
) -> list[tuple[CableTermination, Shown]]:
    """What the cable is plugged into, on both sides or one, and how each endpoint is named."""
    rows = CableTermination.objects.filter(cable=cable).order_by("end", "pk")
    ends = list((rows if end is None else rows.filter(end=end)).select_related(*FIELDS))
    ports = shown_ports((one.key for one in ends), seen)
    return [(one, ports.get(one.key) or hidden_port(one.key)) for one in ends]


class PortChoicesView(Page):
    """Devices and panels whose name contains what is typed; after “DEVICE /” its free ports."""

    template_name = "forms/choices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The offers, each with what stands before the last semicolon."""
        text = parameter(self.request.GET, next(iter(self.request.GET), ""))
        before, semicolon, last = text.rpartition(";")
        whole, slash, part = (one.strip() for one in last.rpartition("/"))
        names = self._ports(whole, part) if slash else self._wholes(last.strip())
        ahead = f"{before.strip()}; " if semicolon else ""
        return {"names": [f"{ahead}{name}" for name in names]}

    def _wholes(self, text: str) -> Iterator[str]:
        for model in (Device, PowerPanel):
            rows: QuerySet[Any] = self.seen(named(model))
            found = rows.filter(name__icontains=text)[:MOST_OFFERED]
            yield from (f"{one} / " for one in found)

    def _ports(self, whole: str, part: str) -> Iterator[str]:
        free = (
            formats.full_name(one)
            for model, field in WHOLE_OF_PART.items()
            if model in FIELD_OF_ENDPOINT and self.may_view(model)
            for one in self.seen(named(model)).filter(
                whole_called(field, whole), termination__isnull=True, name__icontains=part
            )
        )
        return islice(free, MOST_PORTS)


class CableCreatePage(CreatePage):
    """A new cable between two free endpoints."""

    form_base = CableForm

    def create(self, form: RecordForm) -> Model:
        """Plug the cable into both ends."""
        given = form.cleaned_data
        by = self.actor(given["changelog_message"])
        link = given["a_terminations"], given["b_terminations"], form.values()
        return cables.connect_sides([link], by=by)[0]


class CableEditPage(EditPage):
    """A cable's fields, and where it is plugged in."""

    form_base = CableForm

    def change(self, obj: Any, form: Any, by: Actor, seen: datetime | None) -> None:
        """Write the fields and move the ends, both or neither."""
        with record.unchanged(obj, seen or obj.last_updated):
            cables.update_many([(obj, form.values())], [(obj, form.moves())], by=by)


class CablePage(DetailPage):
    """A cable and its ends."""

    template_name = "equipment/cable.html"

    def more(self, obj: Cable) -> dict[str, Any]:
        """What each end is plugged into."""
        return {"ends": [(one.end, shown) for one, shown in plugged(obj, self.seen)]}
