"""Who holds what pools have given out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from dcim.actions.capacity.asked import by_of
from dcim.actions.capacity.pools import holdings_now
from dcim.actions.ledgers import current_books
from dcim.planning.capacity.holdings import By, Holding
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.web.frame.access import Page, parameter
from dcim.web.planner.failures import leaf_of
from dcim.web.values.amounts import LABELS, WRITTEN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BYS: Final[dict[By, StrOrPromise]] = {
    By.OWNER: _("owner"),
    By.APP: _("app"),
    By.CATEGORY: _("system category"),
    By.TIER: _("tier"),
    By.STATUS: _("status"),
}


@dataclass(frozen=True, slots=True)
class ShownHolding:
    """A row: pool, holder, and class by class what is used, planned, reclaimable."""

    pool: str
    holder: str
    cells: list[tuple[str, str, str]]


class HoldingsPage(Page):
    """`holdings/?by=owner&pool=cluster:PDR-KVM`."""

    template_name = "planner/capacity/holdings.html"
    title = _("Who holds what")
    permission_model = Cluster
    whole = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of rows, with the form that asks for others."""
        by, pool = by_of(parameter(self.request.GET, "by")), parameter(self.request.GET, "pool")
        rows = leaf_of(holdings_now(by).of(pool), self.request.GET)
        return super().get_context_data(
            rows=rows,
            shown=[_shown(one) for one in rows],
            by=by.value,
            pool=pool,
            bys=[(one.value, label) for one, label in BYS.items()],
            pools=[book.pool for book in current_books().ledgers],
            classes=[LABELS[one] for one in ResourceClass],
            **kwargs,
        )


def _shown(one: Holding) -> ShownHolding:
    return ShownHolding(one.pool, one.holder, [_cell(one, kind) for kind in ResourceClass])


def _cell(one: Holding, kind: ResourceClass) -> tuple[str, str, str]:
    def written(amounts: Amounts) -> str:
        return WRITTEN[kind](amounts[kind])

    return written(one.used), written(one.planned), written(one.reclaimable)
