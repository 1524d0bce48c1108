"""What a run would take away although no plan reclaims it.

The engine deletes whatever a stack holds and its program no longer names: a machine that the record
calls otherwise now, has on another target, or has no row of. Only what `reclaim` names was asked
about apps and copies, so nothing else may go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from dcim.actions.plans.making import document_of
from dcim.planning.document import Change, PlanDocument, Target
from dcim.record.planner.plans import ProvisioningRun
from dcim.vocabulary.errors import NotReclaimed

# Words of the engine's reports.
CREATE: Final = "create"
DELETE: Final = "delete"
REPLACE: Final = "replace"
NETWORK: Final = "Network"
VOLUME: Final = "Volume"
MOST_NAMED: Final = 8

Step = Mapping[str, Any]


def check_losses(document: PlanDocument, run: ProvisioningRun) -> None:
    """Let pass a run whose preview takes away nothing but what `document` reclaims.

    Args: `run` is the preview itself, or the apply of one that was approved.

    Raises: NotReclaimed.
    """
    lost = losses_of(document, run)
    if lost:
        more = f", … ({len(lost)})" if len(lost) > MOST_NAMED else ""
        raise NotReclaimed(
            _("Machines would go that the plan does not reclaim: %(names)s.")
            % {"names": f"{', '.join(lost[:MOST_NAMED])}{more}"},
            hint=_(
                "Give them back their name, cluster or row in the record (drift: accept), or"
                " reclaim them by a plan."
            ),
            machines=lost,
        )


def unplanned_losses(preview: ProvisioningRun) -> list[str]:
    """What `preview` would take away and its plan does not reclaim, as TARGET/MACHINE.

    Raises: BadDocument.
    """
    return losses_of(document_of(preview.plan), preview)


def losses_of(document: PlanDocument, run: ProvisioningRun) -> list[str]:
    """The same of the preview that `run` is or applies, in order."""
    preview = run if run.approval is None else run.approval.preview
    report: Mapping[str, Any] = (preview and preview.report) or {}
    found = {
        f"{shown['name']}/{name}"
        for shown in report.get("targets", ())
        for name in _lost(document.target(shown["name"]), shown.get("steps", ()))
    }
    return sorted(found)


def _lost(target: Target | None, steps: Iterable[Step]) -> Iterator[str]:
    """Names of what goes from `target`, and of what is replaced together with its data.

    Notes: what the plan itself makes holds no data yet, so an attempt that failed may be replaced;
        and of a machine whose disk is gone already, and made anew, there is nothing left to lose.
    """
    going = {vm.name for vm in target.reclaim} if target else set()
    made = {vm.name for vm in target.vms if vm.change is Change.CREATE} if target else set()
    theirs = [step for step in steps if step["kind"] != NETWORK]
    made |= {one["name"] for one in theirs if (one["op"], one["kind"]) == (CREATE, VOLUME)}
    for step in theirs:
        is_lost = step["op"] == DELETE or (step["op"] == REPLACE and step["name"] not in made)
        if is_lost and step["name"] not in going:
            yield step["name"]
