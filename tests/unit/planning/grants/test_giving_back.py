"""What is idle on a grant, and the request that would give it back."""

from __future__ import annotations

from datetime import date

from dcim.planning.estate import VM, Allocation, App, Carried, Snapshot, Workload
from dcim.planning.grants.giving_back import GiveBack, Proposal, give_backs
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import AllocationStatus, AppStatus, Blocker, VirtualMachineStatus
from dcim.vocabulary.choices_grants import IdleReason
from dcim.vocabulary.choices_requests import RequestKind

ONE, TEN = Amounts(1, 1024, 10), Amounts(10, 10240, 100)
WEB = Workload(name="web", vcpus=1, memory_mib=1024)  # type: ignore[arg-type]
APPS = (
    App(code="RUNS", workloads=(WEB,)),
    App(code="WAITS", status=AppStatus.INACTIVE, blocker=Blocker.SERVER, workloads=(WEB,)),
    App(code="GONE", status=AppStatus.INACTIVE, blocker=Blocker.SUPERSEDED, workloads=(WEB,)),
)


def vm(name: str, app: str = "", **fields: object) -> VM:
    carries = (Carried(app=app, tier="web"),) if app else ()
    return VM(id=name, name=name, amounts=ONE, allocation="PDN-1", carries=carries, **fields)  # type: ignore[arg-type]


def of(*vms: VM, **grant: object) -> GiveBack:
    given = Allocation(reference="PDN-1", provider="pdn", amounts=TEN, **grant)  # type: ignore[arg-type]
    (found,) = give_backs(Snapshot(allocations=(given,), vms=vms, apps=APPS))
    return found


def test_what_surely_goes_is_told_from_what_may_come_back() -> None:
    leaving = vm("d", status=VirtualMachineStatus.DECOMMISSIONING)
    found = of(vm("a", "RUNS"), vm("b", "WAITS"), vm("c", "GONE"), leaving)
    assert [(one.vm.name, one.reason) for one in found.machines] == [
        ("c", IdleReason.RETIRED),
        ("d", IdleReason.DECOMMISSIONING),
        ("b", IdleReason.INACTIVE),
    ]
    assert (found.goes, found.waits) == (ONE.times(2), ONE)
    assert found.unused == Amounts(6, 6144, 60)
    assert found.proposal == Proposal(RequestKind.CHANGE, Amounts(8, 8192, 80))


def test_a_grant_on_which_everything_goes_is_given_back_whole() -> None:
    assert of(vm("c", "GONE")).proposal == Proposal(RequestKind.TERMINATION, Amounts())
    assert of().proposal == Proposal(RequestKind.TERMINATION, Amounts())


def test_what_runs_is_planned_or_may_come_back_is_not_proposed() -> None:
    assert of(vm("a", "RUNS")).proposal is None
    assert of(vm("b", "WAITS")).proposal is None
    assert of(vm("c", "GONE", status=VirtualMachineStatus.PLANNED)).proposal is None
    assert of(vm("nobody's")).proposal is None


def test_returned_grants_and_those_to_come_are_left_out() -> None:
    grants = (
        Allocation(reference="A", provider="pdn", status=AllocationStatus.RETURNED),
        Allocation(reference="B", provider="pdn", valid_from=date(2026, 12, 1)),
    )
    assert give_backs(Snapshot(as_of=date(2026, 11, 29), allocations=grants)) == ()
