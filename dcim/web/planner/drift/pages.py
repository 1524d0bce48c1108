"""Pages of drift: targets with what is open on each, and a finding with its three sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dcim.actions.drift.accepting import may_take
from dcim.actions.drift.deeds import SCAN
from dcim.actions.drift.figures import TargetDrift, drift_by_target
from dcim.actions.drift.repairing import may_repair
from dcim.record.planner.drift import DriftFinding, DriftRule
from dcim.record.planner.jobs import OPEN, Job
from dcim.record.planner.plans import ProvisioningRun
from dcim.vocabulary.drift import DriftField, DriftKind, DriftStatus
from dcim.web.frame.access import Page, may
from dcim.web.objects.details import DetailPage
from dcim.web.planner.drift.deeds import IgnoreForm
from dcim.web.planner.failures import leaf_of
from dcim.web.planner.jobs import progress_of
from dcim.web.values.formats import NOTHING, number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LABELS: Final[Mapping[str, StrOrPromise]] = {one.value: _(one.label) for one in DriftField}
KINDS: Final[Mapping[str, StrOrPromise]] = {one.value: _(one.label) for one in DriftKind}
YES: Final = _("Yes")
NO: Final = _("No")


@dataclass(frozen=True, slots=True)
class ThreeSides:
    """What record, hypervisor and state say of one field."""

    label: StrOrPromise
    record: StrOrPromise
    hypervisor: StrOrPromise
    state: StrOrPromise
    differs: bool


@dataclass(frozen=True, slots=True)
class ShownTarget:
    """A target as the page shows it: the counts of its open findings, worded."""

    drift: TargetDrift
    kinds: list[tuple[StrOrPromise, int]]


class DriftPage(Page):
    """Every target that was ever compared, and what is open."""

    template_name = "planner/drift/drift.html"
    title = _("Drift")
    permission_model = DriftFinding

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Targets with their counts, then the open findings, then how a comparison can be asked."""
        rows = leaf_of(self.open(), self.request.GET)
        job = self.seen(Job.objects.filter(kind=SCAN, status__in=OPEN)).first()
        return super().get_context_data(
            targets=[_shown(one) for one in drift_by_target()],
            rows=rows,
            shown=[(one, _summary(one)) for one in rows],
            may_scan=may(self.user, "change", DriftFinding),
            may_preview=may(self.user, "add", ProvisioningRun),
            job=job,
            **({} if job is None else progress_of(job)),
            **kwargs,
        )

    def open(self) -> QuerySet[DriftFinding]:
        """The open findings that the reader sees, those of one target where one is asked for."""
        found = self.seen(DriftFinding.objects.filter(status=DriftStatus.OPEN))
        asked = self.request.GET.get("target")
        return found.filter(target=asked) if asked else found


class FindingPage(DetailPage):
    """A finding: what each side says, and what can be done."""

    template_name = "planner/drift/finding.html"
    facts_elsewhere = frozenset({"record", "hypervisor", "state"})

    def more(self, obj: DriftFinding) -> dict[str, Any]:
        """The three sides, and the deeds that the reader may do."""
        is_standing = obj.closed_at is None
        may_change = is_standing and may(self.user, "change", DriftFinding, obj)
        return {
            "sides": list(sides_of(obj)),
            "is_spelling": is_standing and obj.field == DriftField.NAME,
            "may_accept": may_change and may_take(obj),
            "may_repair": may_change and may_repair(obj) and may(self.user, "add", ProvisioningRun),
            "ignore_form": IgnoreForm()
            if is_standing and obj.status == DriftStatus.OPEN and may(self.user, "add", DriftRule)
            else None,
        }


def sides_of(finding: DriftFinding) -> Iterable[ThreeSides]:
    """A row per field that a side speaks of; of a changed field its one row."""
    if finding.field:
        yield _row(finding.field, finding.record, finding.hypervisor, finding.state)
        return
    wholes = [one or {} for one in (finding.record, finding.hypervisor, finding.state)]
    for field in LABELS:
        if any(field in one for one in wholes):
            yield _row(field, *(one.get(field) for one in wholes))


def _row(field: str, record: Any, hypervisor: Any, state: Any) -> ThreeSides:
    differs = not record == hypervisor == state
    return ThreeSides(LABELS[field], _said(record), _said(hypervisor), _said(state), differs)


def _said(value: Any) -> StrOrPromise:
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int):
        return number(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _summary(finding: DriftFinding) -> ThreeSides | None:
    return next(iter(sides_of(finding)), None) if finding.field else None


def _shown(target: TargetDrift) -> ShownTarget:
    return ShownTarget(target, [(KINDS[kind], count) for kind, count in target.open.items()])
