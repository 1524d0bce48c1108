"""What racks have left, and where a device of a type fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from dcim.actions.capacity.racks import ledgers_of, racks_called, wish_for
from dcim.planning.racks.ledger import Lack, RackLedger, Wish, place_for
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack
from dcim.vocabulary.errors import LumbungError
from dcim.web.frame.access import Page, parameter
from dcim.web.planner.failures import leaf_of
from dcim.web.values.addresses import page_of
from dcim.web.values.formats import number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LACKS: Final[dict[Lack, StrOrPromise]] = {
    Lack.UNITS: _("units"),
    Lack.WEIGHT: _("weight (g)"),
    Lack.POWER: _("power (W)"),
    Lack.OUTLETS: _("outlets"),
}
FACES: Final[dict[str, StrOrPromise]] = {
    "front": _("front"),
    "rear": _("rear"),
    "both": _("front and rear"),
}


class RackLedgersPage(Page):
    """`rack-ledgers/?rack=PDR-R01&device_type=r650`."""

    template_name = "planner/capacity/racks.html"
    title = _("What racks have left")
    permission_model = Rack
    whole = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A page of racks, or why there is none."""
        name, kind = parameter(request.GET, "rack"), parameter(request.GET, "device_type")
        rows, shown, refusal = None, [], None
        try:
            wish = wish_for(kind) if kind else None
            rows = leaf_of(racks_called(name), request.GET)
            shown = [_shown(*pair, wish) for pair in zip(rows, ledgers_of(list(rows)), strict=True)]
        except LumbungError as err:
            refusal = err
        types = DeviceType.objects.order_by("slug").values_list("slug", flat=True)
        context = self.get_context_data(
            rows=rows, shown=shown, refusal=refusal, rack=name, kind=kind, types=types
        )
        return self.render_to_response(context, status=422 if refusal else 200)


def _shown(rack: Rack, ledger: RackLedger, wish: Wish | None) -> dict[str, Any]:
    place = place_for(ledger, wish) if wish else None
    weight, power = ledger.weight_free_g, ledger.power_free_w
    return {
        "url": page_of(rack),
        "rack": rack,
        "ledger": ledger,
        "weight_kg": ledger.facts.weight_g / 1000,
        "max_weight_kg": (ledger.facts.max_weight_g or 0) / 1000,
        "is_heavy": weight is not None and weight < 0,
        "is_hot": power is not None and power < 0,
        "place": place,
        "face": FACES.get(place.face, "") if place else "",
        "missing": [
            f"{LACKS[one.lack]}: {number(one.asked, 1)} > {number(one.free, 1)}"
            for one in (place.missing if place else ())
        ],
    }
