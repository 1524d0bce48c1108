"""What of each grant serves nothing, and what giving it back would leave.

Only what surely goes is proposed: machines on their way out, and those whose apps are retired or to
be given up. What inactive apps hold that may come back is told beside it, for a person to judge,
and so is what was never drawn on: the reactivation plan may want both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dcim.planning.capacity.ledger import is_reclaimable
from dcim.planning.estate import VM, Allocation, Snapshot
from dcim.planning.reactivation.verdicts import Stance, decide, reclaims
from dcim.vocabulary.amounts import Amounts, total
from dcim.vocabulary.choices import AllocationStatus, VirtualMachineStatus
from dcim.vocabulary.choices_grants import IdleReason
from dcim.vocabulary.choices_requests import RequestKind


@dataclass(frozen=True, slots=True)
class IdleMachine:
    """A machine that serves nothing active, and why."""

    vm: VM
    reason: IdleReason

    @property
    def goes(self) -> bool:
        """Whether it surely goes."""
        return self.reason is not IdleReason.INACTIVE


@dataclass(frozen=True, slots=True)
class Proposal:
    """A request that gives room back: its kind, and the amounts that the grant is to have then."""

    kind: RequestKind
    remains: Amounts


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A grant with what is idle on it, and the request that would give it back.

    Attributes:
        grant: The grant.
        machines: What serves nothing active, what surely goes first.
        drawn: What all machines on it draw, planned ones too: vCPUs, MiB, GiB.
        others: How many machines on it serve something, or are planned.
    """

    grant: Allocation
    machines: tuple[IdleMachine, ...]
    drawn: Amounts
    others: int

    @property
    def goes(self) -> Amounts:
        """What surely can be given back."""
        return total(one.vm.amounts for one in self.machines if one.goes)

    @property
    def waits(self) -> Amounts:
        """What apps hold that do not run and may come back."""
        return total(one.vm.amounts for one in self.machines if not one.goes)

    @property
    def unused(self) -> Amounts:
        """What nothing draws on."""
        return self.grant.amounts - self.drawn

    @property
    def proposal(self) -> Proposal | None:
        """What to ask for; None where nothing surely goes.

        A termination where nothing else draws on the grant, else a change of its amounts.
        """
        if not self.others and all(one.goes for one in self.machines):
            return Proposal(RequestKind.TERMINATION, Amounts())
        if self.goes == Amounts():
            return None
        return Proposal(RequestKind.CHANGE, self.grant.amounts - self.goes)


def give_backs(snapshot: Snapshot) -> tuple[GiveBack, ...]:
    """Every grant that has begun and is not returned, in order, with what is idle on it.

    Notes: the judgement is the planner's own (`decide`, `reclaims`), as blockers are declared.
    """
    going = reclaims(snapshot, decide(snapshot, Stance.AS_DECLARED))
    statuses = {app.code: app.status for app in snapshot.apps}
    drawing: dict[str, list[VM]] = {one.reference: [] for one in snapshot.allocations}
    for vm in snapshot.vms:
        if vm.allocation is not None:
            drawing[vm.allocation].append(vm)
    return tuple(
        _give_back(
            grant,
            drawing[grant.reference],
            {
                vm: _reason(vm, going)
                for vm in drawing[grant.reference]
                if not vm.is_planned and is_reclaimable(vm, statuses)
            },
        )
        for grant in snapshot.allocations
        if grant.status is AllocationStatus.ACTIVE and _has_begun(grant, snapshot.as_of)
    )


def _has_begun(grant: Allocation, on: date | None) -> bool:
    return on is None or grant.valid_from is None or grant.valid_from <= on


def _give_back(grant: Allocation, vms: list[VM], idle: Mapping[VM, IdleReason]) -> GiveBack:
    machines = [IdleMachine(vm, reason) for vm, reason in idle.items()]
    return GiveBack(
        grant,
        tuple(sorted(machines, key=lambda one: (not one.goes, one.vm.name, one.vm.id))),
        total(vm.amounts for vm in vms),
        len(vms) - len(machines),
    )


def _reason(vm: VM, going: Mapping[VM, str]) -> IdleReason:
    if vm.status is VirtualMachineStatus.DECOMMISSIONING:
        return IdleReason.DECOMMISSIONING
    return IdleReason.RETIRED if vm in going else IdleReason.INACTIVE
