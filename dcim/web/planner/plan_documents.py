"""Stored plans as pages read them: the document, and its words in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from dcim.actions.plans.making import document_of
from dcim.planning.document import AppLine, Outcome
from dcim.planning.document_work import Deed
from dcim.planning.reactivation.lifting.bindings import Bound
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.planner.plans import Plan
from dcim.web.planner.reasons import why_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OUTCOMES: Final[dict[Outcome, StrOrPromise]] = {
    Outcome.STAYS: _("stays"),
    Outcome.REVIVE: _("revive here"),
    Outcome.REVIVE_AFTER_RECLAIM: _("revive after reclaiming"),
    Outcome.REVIVE_ON_GRANT: _("revive once granted"),
    Outcome.REPAIR: _("repair first"),
    Outcome.MIGRATE: _("migrate"),
    Outcome.RETIRE: _("retire"),
    Outcome.LEFT_OUT: _("left out"),
}
DEEDS: Final[dict[Deed, StrOrPromise]] = {
    Deed.RECLAIM: _("reclaim"),
    Deed.CREATE: _("make what was planned before"),
    Deed.REVIVE: _("revive here"),
    Deed.ASK: _("ask for a grant"),
    Deed.REVIVE_ON_GRANT: _("revive once granted"),
}
BOUNDS: Final[dict[Bound, StrOrPromise]] = {
    Bound.CAPACITY: _("lacks room"),
    Bound.LARGEST_HOST: _("largest host too small"),
    Bound.HOSTS: _("no hosts take its machines"),
    Bound.ANTI_AFFINITY: _("too few hosts to keep instances apart"),
    Bound.N_PLUS_ONE: _("would not survive the loss of hosts"),
    Bound.HOLDING: _("may not hold it"),
    Bound.DEPENDENCY: _("rests on what is not up"),
    Bound.BLOCKER: _("blocker"),
    Bound.DEMAND_UNKNOWN: _("demand unknown"),
    Bound.NO_POOL: _("no pool here may take it"),
}
STANCES: Final[dict[Stance, StrOrPromise]] = {
    Stance.AS_DECLARED: _("as declared"),
    Stance.BLOCKERS_CURED: _("blockers cured"),
}
TONES: Final[dict[Outcome, str]] = {
    Outcome.STAYS: "good",
    Outcome.REVIVE: "good",
    Outcome.REVIVE_AFTER_RECLAIM: "good",
    Outcome.REVIVE_ON_GRANT: "plan",
    Outcome.REPAIR: "plan",
    Outcome.LEFT_OUT: "bad",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """What a plan decides for an app, in words."""

    line: AppLine

    @property
    def outcome(self) -> StrOrPromise:
        """The outcome's name."""
        return OUTCOMES[self.line.outcome]

    @property
    def pool(self) -> str:
        """The name of the pool, without its kind."""
        return self.line.pool.partition(":")[2]

    @property
    def why(self) -> str:
        """The reason in the reader's language; empty where it can only be shown in English."""
        return why_of(self.line)

    @property
    def tone(self) -> str:
        """How the outcome is meant."""
        return TONES.get(self.line.outcome, "quiet")


def newest_plan(stance: Stance = Stance.AS_DECLARED) -> Plan | None:
    """The plan of the stance that was made last, if there is one."""
    return Plan.objects.filter(stance=stance.value).order_by("-id").first()


def line_of_app(plan: Plan, code: str) -> ShownLine | None:
    """What the plan decides for the app; None when it was made before the app was recorded."""
    found = (line for line in document_of(plan).apps if line.code == code)
    return next((ShownLine(line) for line in found), None)
