"""How many more machines of a size fit: a form, and the answer per pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from dcim.actions.capacity.asked import AMOUNTS, size_of
from dcim.actions.capacity.pools import fitting_of
from dcim.actions.ledgers import current_books
from dcim.planning.capacity.fitting import Fitting, Stop
from dcim.planning.capacity.ledger import Limit
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.errors import LumbungError
from dcim.web.frame.access import Page, parameter
from dcim.web.planner.failures import leaf_of
from dcim.web.values.amounts import LABELS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

POOLS_AT_ONCE: Final = 10
STOPS: Final[dict[Limit | Stop, StrOrPromise]] = {
    Limit.MIN_UNIT: _("smaller than the smallest size"),
    Limit.MAX_UNIT: _("larger than the largest size"),
    Limit.STEP_SIZE: _("between the steps of sizes"),
    Limit.CAPACITY: _("nothing more is free"),
    Stop.CLOSED: _("the pool takes nothing new"),
    Stop.APART: _("every host carries one already"),
    Stop.SURVIVAL: _("the loss of a host would no longer be survived"),
    Stop.PACKING: _("no host has room for a whole one"),
    Stop.MANY: _("at least that many: more were not tried"),
}


class FittingPage(Page):
    """`fitting/?vcpus=4&memory_mib=8192&storage_gib=100&apart=on&pool=cluster:PDR-KVM`."""

    template_name = "planner/capacity/fitting.html"
    title = _("What still fits")
    permission_model = Cluster
    whole = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, and the answer once a size is given, or why there is none."""
        given = {name: parameter(request.GET, name) for name in (*AMOUNTS, "apart", "pool")}
        rows, shown, refusal = None, [], None
        if any(given[name] for name in AMOUNTS):
            try:
                size, pool = size_of(given), given["pool"]
                named = [pool] if pool else [book.pool for book in current_books().ledgers]
                rows = leaf_of(named, request.GET, POOLS_AT_ONCE)
                shown = [_shown(fitting_of(one, size)) for one in rows]
            except LumbungError as err:
                refusal = err
        pools = [book.pool for book in current_books().ledgers]
        context = self.get_context_data(
            given=given, rows=rows, shown=shown, refusal=refusal, pools=pools
        )
        return self.render_to_response(context, status=422 if refusal else 200)


def _shown(found: Fitting) -> tuple[Fitting, str]:
    """The answer with what stops the next one, in words."""
    stop = str(STOPS[found.binding])
    if found.resource_class is None:
        return found, stop
    return found, f"{LABELS[found.resource_class]}: {stop}"
