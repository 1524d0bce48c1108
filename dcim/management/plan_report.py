"""A plan as lines for people and as JSON for programs: totals, then each idle app."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.planning.document import (
    AT_HAND,
    AppLine,
    Change,
    Objective,
    Outcome,
    PlanDocument,
    Target,
    amounts_of,
)
from dcim.planning.sentences import told_as
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import AppStatus
from dcim.vocabulary.things import ThingKind
from dcim.vocabulary.units import MIB_PER_GIB

ON_GRANT: Final = f"{ThingKind.ALLOCATION}:"
OUTCOME_TEXT: Final = {
    Outcome.STAYS: gettext_lazy("stays"),
    Outcome.REVIVE: gettext_lazy("revive"),
    Outcome.REVIVE_AFTER_RECLAIM: gettext_lazy("revive after reclaiming"),
    Outcome.REVIVE_ON_GRANT: gettext_lazy("revive once granted"),
    Outcome.REPAIR: gettext_lazy("repair first"),
    Outcome.MIGRATE: gettext_lazy("migrate"),
    Outcome.RETIRE: gettext_lazy("retire"),
    Outcome.LEFT_OUT: gettext_lazy("left out"),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """Apps and new or reclaimed capacity of one part of a plan."""

    apps: int
    machines: int
    amounts: Amounts

    def as_json(self) -> dict[str, object]:
        """Stable keys; amounts by resource class."""
        amounts = {str(name): amount for name, amount in self.amounts.as_mapping().items()}
        return {"apps": self.apps, "machines": self.machines, "amounts": amounts}


def totals(document: PlanDocument) -> dict[str, Totals]:
    """What is revived on our own hosts, on grants that we hold, asked for, and reclaimed.

    Amounts of what is revived are those of new machines: an idle app's own count as used already.
    """
    revived = [app for app in document.apps if app.outcome in AT_HAND]
    on_grant = sum(app.pool.startswith(ON_GRANT) for app in revived)
    waiting = [app for app in document.apps if app.outcome is Outcome.REVIVE_ON_GRANT]
    gone = [vm for target in document.targets for vm in target.reclaim]
    return {
        "revived_here": _created(document, len(revived) - on_grant, on_grants=False),
        "revived_on_grant": _created(document, on_grant, on_grants=True),
        "asked": Totals(len(waiting), len(document.ask.vms), document.ask.amounts),
        "reclaimed": Totals(len({vm.app for vm in gone}), len(gone), amounts_of(gone)),
    }


def as_json(document: PlanDocument) -> dict[str, object]:
    """The totals and a row for each app that does not run now."""
    return {
        "name": document.name,
        "stance": document.stance,
        "base_serial": document.base_serial,
        "digest": document.digest,
        "proved": document.objective.proved,
        "revived_weight": document.objective.revived_weight,
        "bound": document.objective.bound,
        "gap": document.objective.gap,
        "asked_of": document.ask.provider,
        "totals": {name: one.as_json() for name, one in totals(document).items()},
        "apps": [
            {
                "code": app.code,
                "name": app.name,
                "owner": app.owner,
                "outcome": app.outcome.value,
                "pool": app.pool,
                "order": app.order,
                "reason": app.reason,
            }
            for app in idle_apps(document)
        ],
    }


def as_lines(document: PlanDocument) -> Iterator[str]:
    """The totals as a table, then each app that does not run now with its reason."""
    yield from totals_lines(document)
    yield ""
    for app in idle_apps(document):
        place = f" [{app.pool}]" if app.pool else ""
        step = f"{app.order}. " if app.order else ""
        why = told_as(app.reason, app.why, _) or app.reason
        yield f"  {app.code:<20} {step}{OUTCOME_TEXT[app.outcome]}{place}: {why}"


def totals_lines(document: PlanDocument) -> Iterator[str]:
    """The heading, and a line for each of the four totals."""
    yield _("Plan “%(stance)s” at serial %(serial)s (%(proof)s):") % {
        "stance": document.stance,
        "serial": document.base_serial,
        "proof": objective_text(document.objective),
    }
    parts = totals(document)
    labels = {
        "revived_here": _("Revived on our own hosts"),
        "revived_on_grant": _("Revived on grants we hold"),
        "asked": _("Asked of %(provider)s") % {"provider": document.ask.provider or "-"},
        "reclaimed": _("Reclaimed"),
    }
    width = max(map(len, labels.values()))
    for name, label in labels.items():
        yield f"  {label:<{width}} {_amounts_text(parts[name])}"


def objective_text(found: Objective) -> str:
    """How good a plan is: proved the best, or the weight it reaches, its bound and its gap."""
    if found.proved:
        return _("proved best, weight %(weight)s") % {"weight": found.revived_weight}
    up = _("%(limit)g s were up") % {"limit": found.limit_s or 0}
    return _("half-solved (%(why)s): weight %(weight)s of at most %(bound)s, gap %(gap).2f %%") % {
        "why": _("stopped by hand") if found.stopped else up,
        "weight": found.revived_weight,
        "bound": found.bound,
        "gap": found.gap * 100,
    }


def idle_apps(document: PlanDocument) -> list[AppLine]:
    """The apps that do not run now, in the order of the document."""
    return [app for app in document.apps if app.status == AppStatus.INACTIVE]


def _created(document: PlanDocument, apps: int, *, on_grants: bool) -> Totals:
    created = [
        vm
        for target in document.targets
        if _is_grant(target) is on_grants
        for vm in target.vms
        if vm.change is Change.CREATE
    ]
    return Totals(apps, len(created), total(vm.amounts for vm in created))


def _is_grant(target: Target) -> bool:
    return target.pool.startswith(ON_GRANT)


def _amounts_text(part: Totals) -> str:
    return _(
        "%(apps)3d apps, %(machines)3d machines: %(vcpus)4d vCPU, %(memory)5.1f GiB memory, "
        "%(storage)6d GiB storage"
    ) % {
        "apps": part.apps,
        "machines": part.machines,
        "vcpus": part.amounts.vcpus,
        "memory": part.amounts.memory_mib / MIB_PER_GIB,
        "storage": part.amounts.storage_gib,
    }
