"""The record follows a reclaim: what an engine has deleted goes, and what it freed is free.

A machine that is gone has no row, as with NetBox: no status of it means "gone", and every row draws
on its pool and grant. Its last state stays in the change log, and a row of its own says when, by
which plan and run, with which copy or waiver it went.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.plans.making import document_of
from dcim.actions.reclaim.backups import Covered, covers
from dcim.actions.reclaim.machines import machines_going
from dcim.actions.refusals import writing
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.record.planner.reclaims import ReclaimedMachine


def let_go(
    plan: Plan, gone: Mapping[str, Collection[str]], *, run: ProvisioningRun | None, by: Actor
) -> tuple[ReclaimedMachine, ...]:
    """Take the machines of `plan` that an engine says it has deleted out of the record.

    Args:
        plan: The plan that was carried out.
        gone: By target the names of the machines whose deletion is confirmed; what the plan does
            not reclaim is passed over.
        run: The run that did it.
        by: For whom it ran; its plan was approved, so no further right is asked for.

    Raises: AnotherMachine; InUse: something keeps the row.

    Notes: what has gone before is passed over, so a run that is told twice writes nothing. All or
        nothing, in one transaction.
    """
    deed = by.saying(_("Reclaimed by the plan %(plan)s") % {"plan": plan}).for_deed()
    with writing():
        machines = [one for one in machines_going(document_of(plan), gone) if one.row is not None]
        kept = tuple(_keep(plan, run, one, deed) for one in covers(plan, machines))
        rows = [one.row for one in machines if one.row is not None]
        if rows:
            record.delete_many(VirtualMachine, rows, by=deed)
    return kept


def _keep(plan: Plan, run: ProvisioningRun | None, one: Covered, by: Actor) -> ReclaimedMachine:
    machine, row = one.machine, one.machine.row
    target = document_of(plan).target(machine.target)
    values = {
        "plan": plan,
        "run": run,
        "target": machine.target,
        "name": machine.planned.name,
        "machine_id": row.pk if row else 0,
        "pool": target.pool if target else "",
        "apps": ", ".join(machine.apps)[:500],
        "vcpus": machine.amounts.vcpus,
        "memory_mib": machine.amounts.memory_mib,
        "storage_gib": machine.amounts.storage_gib,
        "copy": one.words,
        "allocation": row.allocation if row else None,
    }
    return record.create(ReclaimedMachine, values, by=by)
