"""Which rule lets a difference be: judged when it is found, and again when rules change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase

from django.utils import timezone

from dcim.actions.changes import Actor, Change
from dcim.record.planner.drift import STANDING, DriftFinding, DriftRule
from dcim.vocabulary.drift import DriftKind, DriftStatus


def rules_in_force(on: date | None = None) -> list[DriftRule]:
    """The rules that hold on the day (today unless given), the oldest first."""
    day = on or timezone.localdate()
    rules = DriftRule.objects.order_by("pk")
    return [one for one in rules if one.valid_until is None or one.valid_until >= day]


def judge(finding: DriftFinding, rules: Iterable[DriftRule]) -> None:
    """Let the finding be open, or ignored by the first of `rules` that fits; it is not saved."""
    rule = next((one for one in rules if fits(one, finding)), None)
    finding.rule = rule
    finding.status = (DriftStatus.IGNORED if rule else DriftStatus.OPEN).value


def fits(rule: DriftRule, finding: DriftFinding) -> bool:
    """Whether the rule speaks of the finding.

    Notes: a rule of a field lets only that field differ, never that the whole is missing. A stray
        is of its hypervisor: a rule for any target there speaks of it.
    """
    is_stray = finding.kind == DriftKind.UNKNOWN
    targets = (finding.target, *(finding.beside if is_stray else ()))
    if rule.subject not in ("", finding.subject):
        return False
    if not any(fnmatchcase(one, rule.target) for one in targets):
        return False
    return fnmatchcase(finding.name, rule.machine) and rule.field in ("", finding.field)


def judge_again(_changes: Sequence[Change], _by: Actor) -> None:
    """Judge what stands by the rules as they are now, after rules were written or deleted."""
    rules = rules_in_force()
    standing = list(DriftFinding.objects.filter(status__in=STANDING).order_by("pk"))
    for finding in standing:
        judge(finding, rules)
    # One that is accepted or gone meanwhile stays closed.
    still = DriftFinding.objects.filter(closed_at__isnull=True)
    still.bulk_update(standing, ["status", "rule"], batch_size=500)
