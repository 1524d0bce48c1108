"""N+1 by packing: which clusters survive, and the evacuation that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Page as Leaf
from django.utils.translation import gettext_lazy as _

from dcim.actions.capacity.n_plus_one import PREFIX, current_survivals, survival_of
from dcim.planning.capacity.evacuation import Loss, Shortage
from dcim.planning.capacity.n_plus_one import Survival, Verdict
from dcim.planning.capacity.pack import Fit
from dcim.record.networks.virtualization import Cluster
from dcim.web.frame.access import Crumb, Page, parameter
from dcim.web.planner.failures import leaf_of
from dcim.web.values.amounts import LABELS, WRITTEN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

VERDICTS: Final[dict[Verdict, StrOrPromise]] = {
    Verdict.SURVIVES: _("survives"),
    Verdict.FAILS: _("does not survive"),
    Verdict.UNSETTLED: _("not settled"),
    Verdict.NOT_ASKED: _("is to survive nothing"),
}
TONES: Final[dict[Verdict, str]] = {
    Verdict.SURVIVES: "tone-good",
    Verdict.FAILS: "tone-bad",
    Verdict.UNSETTLED: "tone-plan",
    Verdict.NOT_ASKED: "tone-quiet",
}


@dataclass(frozen=True, slots=True)
class ShownLoss:
    """A loss: whether it is survived, and what is in its way."""

    loss: Loss
    is_survived: bool
    helps: bool
    short: list[str]
    stuck: list[tuple[str, str, list[str]]]


@dataclass(frozen=True, slots=True)
class ShownSurvival:
    """A cluster with its verdict in words."""

    name: str
    found: Survival
    verdict: StrOrPromise
    is_bad: bool
    tone: str
    losses: list[ShownLoss]


class NPlusOnePage(Page):
    """`n-plus-one/?cluster=NAME`: all clusters, or one with its evacuations."""

    template_name = "planner/capacity/n_plus_one.html"
    title = _("N+1 by packing")
    permission_model = Cluster
    whole = True

    def crumbs(self) -> list[Crumb]:
        """The overview comes before a cluster."""
        name = self._named()
        overview = [Crumb(str(self.title), self.request.path if name else "")]
        return [*overview, Crumb(name)] if name else overview

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The clusters, those that fail first; or the one that is named."""
        if name := self._named():
            one = _shown(survival_of(name).clusters[0])
            return super().get_context_data(one=one, **kwargs)
        order = [Verdict.FAILS, Verdict.UNSETTLED, Verdict.SURVIVES, Verdict.NOT_ASKED]
        found = sorted(current_survivals().clusters, key=lambda one: order.index(one.verdict))
        rows: Leaf[Survival] = leaf_of(found, self.request.GET)
        return super().get_context_data(rows=rows, shown=[_shown(one) for one in rows], **kwargs)

    def _named(self) -> str:
        return parameter(self.request.GET, "cluster")


def _shown(found: Survival) -> ShownSurvival:
    return ShownSurvival(
        name=found.cluster.removeprefix(PREFIX),
        found=found,
        verdict=VERDICTS[found.verdict],
        is_bad=found.verdict is Verdict.FAILS,
        tone=TONES[found.verdict],
        losses=[_loss(one) for one in found.losses],
    )


def _loss(loss: Loss) -> ShownLoss:
    return ShownLoss(
        loss=loss,
        is_survived=loss.fit is Fit.FITS,
        helps=loss.repack is not None and loss.repack.fit is Fit.FITS,
        short=_lines(loss.short),
        stuck=[(one.machine.name, one.host, _lines(one.lacking)) for one in loss.stuck],
    )


def _lines(short: tuple[Shortage, ...]) -> list[str]:
    return [
        _("%(class)s: asked %(asked)s, free %(free)s")
        % {
            "class": LABELS[one.resource_class],
            "asked": WRITTEN[one.resource_class](one.asked),
            "free": WRITTEN[one.resource_class](one.free),
        }
        for one in short
    ]
