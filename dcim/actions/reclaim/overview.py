"""All that is to be known before machines go: order, who is hit, copies, what is freed, and back.

What page, API and command show, and what is asked before an engine starts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dcim.actions.plans.making import document_of
from dcim.actions.reclaim.backups import Covered, covers, require_covered
from dcim.actions.reclaim.guard import Verdict, ask_guard, guard
from dcim.graph.load.record import current_graph
from dcim.planning.document import PlanDocument
from dcim.planning.reclaim.order import networks_left, target_order, waves
from dcim.record.planner.plans import Plan
from dcim.record.planner.reclaims import ReclaimedMachine
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices_reclaim import Cover


@dataclass(frozen=True, slots=True)
class Going:
    """A machine that goes: in which wave, from 1, and what keeps its data; 0 when it has gone."""

    wave: int
    covered: Covered


@dataclass(frozen=True, slots=True)
class Freed:
    """What a pool, by its public name, gets back: vCPUs, MiB, GiB."""

    pool: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Overview:
    """A plan's reclaim in the state of the record that `verdict` names.

    Attributes:
        going: The machines in the order in which they go.
        verdict: Who is hit.
        targets: The targets in the order in which they are worked through.
        networks: By target the networks that are left without machines, which go last.
        freed: What ledgers get back: clusters, and the grants drawn on.
        reclaimed: What has gone by this plan already.
    """

    going: tuple[Going, ...]
    verdict: Verdict
    targets: tuple[str, ...]
    networks: Mapping[str, tuple[str, ...]]
    freed: tuple[Freed, ...]
    reclaimed: tuple[ReclaimedMachine, ...]

    @property
    def is_free_to_go(self) -> bool:
        """Whether nothing stands in the way: no app stops, all is copied or waived."""
        is_covered = all(one.covered.cover is not Cover.MISSING for one in self.going)
        return is_covered and not self.verdict.hit.down


def overview(plan: Plan) -> Overview:
    """The reclaim of `plan` in the record as it is now.

    Raises: AnotherMachine, BadDocument.
    """
    document = document_of(plan)
    verdict = ask_guard(document)
    return Overview(
        _going(covers(plan, verdict.machines)),
        verdict,
        target_order(document),
        networks_left(document),
        _freed(document, verdict),
        tuple(plan.reclaimed.select_related("allocation", "request").order_by("pk")),
    )


def require_reclaimable(plan: Plan, targets: Collection[str] = ()) -> Verdict:
    """What the guard found, if `plan` may be carried out on `targets` (none: all of them).

    Asked before an engine starts, whatever was approved: what rests on what may have changed.

    Raises:
        StillNeeded: running apps would stop.
        NotBackedUp: machines of these targets have neither a young copy nor a waiver.
        AnotherMachine: the plan means a machine that the record does not have so.
    """
    verdict = guard(document_of(plan), targets)
    here = [one for one in verdict.machines if not targets or one.target in targets]
    require_covered(covers(plan, here))
    return verdict


def _going(found: tuple[Covered, ...]) -> tuple[Going, ...]:
    standing = {one.machine.name: one.machine.apps for one in found if one.cover is not Cover.GONE}
    at = waves(current_graph(), standing) if standing else {}
    rows = [Going(at.get(one.machine.name, 0), one) for one in found]
    return tuple(sorted(rows, key=lambda one: (one.wave, one.covered.machine.name)))


def _freed(document: PlanDocument, verdict: Verdict) -> tuple[Freed, ...]:
    found: dict[str, list[Amounts]] = defaultdict(list)
    pools = {target.name: target.pool for target in document.targets}
    for one in verdict.machines:
        if one.row is None:
            continue
        grant = one.row.allocation
        for pool in {pools[one.target], *([f"allocation:{grant.reference}"] if grant else [])}:
            found[pool].append(one.amounts)
    return tuple(Freed(pool, total(found[pool])) for pool in sorted(found))
