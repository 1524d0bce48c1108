"""The page of a stored run: what the engine said it would do, pool by pool and app by app."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dcim.actions.provisioning.approvals import is_approvable
from dcim.actions.provisioning.going_on import way_on
from dcim.actions.provisioning.lapsing import what_moved
from dcim.actions.provisioning.losses import unplanned_losses
from dcim.catalog.roles import ADD, APPLY, APPROVE, CHANGE
from dcim.planning.document import Outcome
from dcim.planning.sentences import retold
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.vocabulary.choices import RunOutcome
from dcim.vocabulary.errors import BadDocument
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.frame.access import may
from dcim.web.objects.details import DetailPage
from dcim.web.planner.plan_documents import OUTCOMES
from dcim.web.planner.provisioning.run_deeds import lines_of, progress_of
from dcim.web.values.formats import TONES
from dcim.web.values.sentences import retelling
from dcim.web.values.things import pages_of_things

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# The engine's words for what happens to a resource, in the order of its reports.
OPS: Final[dict[str, StrOrPromise]] = {
    "create": _("create"),
    "adopt": _("take over"),
    "update": _("change"),
    "replace": _("replace"),
    "delete": _("delete"),
    "same": _("unchanged"),
}
OP_TONES: Final = {
    "create": "good",
    "adopt": "plan",
    "update": "plan",
    "replace": "bad",
    "delete": "bad",
}
LOSING: Final = frozenset({"replace", "delete"})
STEP_OUTCOMES: Final[dict[str, StrOrPromise]] = {"done": _("done"), "failed": _("failed")}
MOST_STEPS: Final = 400

Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OpCount:
    """How many resources something happens to."""

    label: StrOrPromise
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class AppRow:
    """What the run does for an app."""

    code: str
    name: str
    url: str
    outcome: StrOrPromise
    counts: list[OpCount]


@dataclass(frozen=True, slots=True)
class StepRow:
    """What happens to one resource."""

    target: str
    op: StrOrPromise
    tone: str
    kind: str
    name: str
    app: str
    changes: list[str]
    outcome: StrOrPromise
    outcome_tone: str


@dataclass(frozen=True, slots=True)
class LossRow:
    """What goes under one name, and the active apps that rest on it."""

    target: str
    name: str
    op: StrOrPromise
    kinds: str
    app: str
    rested_on_by: str


class RunPage(DetailPage):
    """A stored run with its report."""

    template_name = "planner/run.html"
    told_elsewhere = frozenset({PlanApproval, ProvisioningRun})
    facts_elsewhere = frozenset({"report", "log", "bases", "followed", "message"})

    def more(self, obj: ProvisioningRun) -> dict[str, Any]:
        """The report, read for people."""
        report: Report = obj.report or {}
        steps, anew = step_rows(report), retelling(obj.log)
        return {
            "message": anew(obj.message),
            "report": report,
            "is_rehearsal": bool(report.get("rehearsal")),
            "counts": counts_of(report.get("counts", {})),
            "targets": [_with_words(one, anew) for one in report.get("targets", [])],
            "apps": app_rows(report),
            "losses": loss_rows(report),
            "steps": steps[:MOST_STEPS],
            "more_steps": max(len(steps) - MOST_STEPS, 0),
            "lines": lines_of(obj.log),
            "followed": [_followed(one) for one in obj.followed],
            "not_reclaimed": not_reclaimed(obj),
            **(progress_of(obj) if obj.is_open else {}),
            **self._deeds(obj),
        }

    def _deeds(self, run: ProvisioningRun) -> dict[str, Any]:
        """Who has approved it and whether that holds, and what the reader may do with it."""
        approvals = [(one, what_moved(one)) for one in run.approvals.select_related("user", "plan")]
        author, asker = run.plan.created_by_id, run.requested_by_id
        applies = self.seen(ProvisioningRun.objects.filter(approval__preview=run))
        may_preview = may(self.user, ADD, ProvisioningRun)
        return {
            "way_on": way_on(run),
            "may_preview": may_preview,
            "may_make": may_preview and may(self.user, ADD, Plan),
            "approvals": approvals,
            "applies": applies,
            "may_stop": run.is_open and may(self.user, CHANGE, ProvisioningRun, run),
            "is_approvable": is_approvable(run),
            "may_approve": is_approvable(run)
            and not not_reclaimed(run)
            and may(self.user, APPROVE, ProvisioningRun, run)
            and self.user.pk not in {author, asker, *(one.user_id for one, _moved in approvals)},
            "may_apply": not any(one.is_open for one in applies)
            and any(not moved for _one, moved in approvals)
            and may(self.user, APPLY, ProvisioningRun),
        }


def counts_of(counts: dict[str, int]) -> list[OpCount]:
    """The counts in the engine's order, without those that are zero."""
    return [
        OpCount(label, OP_TONES.get(op, "quiet"), counts[op])
        for op, label in OPS.items()
        if counts.get(op)
    ]


def not_reclaimed(run: ProvisioningRun) -> list[str]:
    """What keeps a preview from being approved: machines that go and that no plan reclaims."""
    if not is_approvable(run):
        return []
    try:
        return unplanned_losses(run)
    except BadDocument:
        return []  # the page shows it as it was kept; to approve it is refused


def app_rows(report: Report) -> list[AppRow]:
    """A row per app that has resources; those that change come first."""
    touched = [app for app in report.get("apps", []) if any(app.get("counts", {}).values())]
    touched.sort(key=lambda app: (_is_unchanged(app["counts"]), app["code"]))
    urls = pages_of_things(Ref(ThingKind.APP, app["code"]) for app in touched)
    return [
        AppRow(
            code=app["code"],
            name=app.get("name", ""),
            url=urls.get(Ref(ThingKind.APP, app["code"]), ""),
            outcome=OUTCOMES[Outcome(app["outcome"])],
            counts=counts_of(app["counts"]),
        )
        for app in touched
    ]


def _is_unchanged(counts: dict[str, int]) -> bool:
    return not any(count for op, count in counts.items() if op != "same")


def step_rows(report: Report) -> list[StepRow]:
    """What changes, resource by resource; what goes comes first, for nobody may overlook it."""
    return [
        StepRow(
            target=target["name"],
            op=OPS[step["op"]],
            tone=OP_TONES.get(step["op"], "quiet"),
            kind=step["kind"],
            name=step["name"],
            app=step["app"],
            changes=[
                *_new(step),
                *(_change_text(change) for change in step.get("changes", [])),
                *(_("stays where it is: %s") % disk for disk in step.get("leaves", [])),
            ],
            outcome=STEP_OUTCOMES.get(step.get("outcome", ""), ""),
            outcome_tone="bad" if step.get("outcome") == "failed" else "good",
        )
        for is_loss in (True, False)
        for target in report.get("targets", [])
        for step in target.get("steps", [])
        if step["op"] != "same" and (step["op"] in LOSING) is is_loss
    ]


def _new(step: Report) -> list[str]:
    """What a thing that is new takes, or where it leads; why another goes stands elsewhere."""
    return [step["note"]] if step["op"] == "create" and step.get("note") else []


def loss_rows(report: Report) -> list[LossRow]:
    """What goes, and who rests on it."""
    return [
        LossRow(
            target=one["target"],
            name=one["name"],
            op=OPS[one["op"]],
            kinds=", ".join(one["kinds"]),
            app=one.get("app", ""),
            rested_on_by=", ".join(one.get("rested_on_by", [])),
        )
        for one in report.get("losses", [])
    ]


def _change_text(change: Report) -> str:
    before, after = (_value_text(change.get(side)) for side in ("before", "after"))
    return f"{change['field']}: {before} → {after}"


def _value_text(value: object) -> str:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _followed(line: Report) -> Report:
    """A line of what the record learned, in the reader's language."""
    name = "error" if line.get("error") else "change"
    return {**line, name: retold(line.get(name, ""), line.get("said"), gettext)}


def _with_words(target: Report, anew: Callable[[str], str]) -> Report:
    result = str(target.get("result", ""))
    labels = {one.value: one.label for one in RunOutcome}
    return {
        **target,
        "message": anew(target.get("message", "")),
        "label": labels.get(result, result),
        "tone": TONES.get(result, "quiet"),
        "op_counts": counts_of(target.get("counts", {})),
    }
