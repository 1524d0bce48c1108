"""A small recorded estate whose plan reclaims a machine, and gives room on a grant back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.plans.making import make_plan
from dcim.actions.provisioning.ending import Ending, begin_inline, end_run
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.account import User
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.record.planner.service_apps import AppDependency, ServiceApp, Workload
from dcim.vocabulary.choices import AppStatus, ProviderKind, RunKind, RunOutcome, Verdict
from tests.factories import TESTER, make, make_user, member

SIZE = {"vcpus": Decimal(2), "memory_mib": 2048, "disk_mb": 21_474}


@dataclass(frozen=True)
class Room:
    """A retired app on a machine that draws on a grant of the PDN; another app that runs."""

    grant: Allocation
    old: ServiceApp
    machine: VirtualMachine
    tier: Workload
    other: ServiceApp
    author: User
    approver: User

    def plan(self) -> Plan:
        """The plan of the record as it is."""
        return make_plan(Stance.AS_DECLARED, by=Actor.of(self.author))[0]

    def rest(self) -> AppDependency:
        """Let the app that runs rest on the one that goes."""
        return make(AppDependency, app=self.other, needs=self.old)

    def copy(self, days: int = 1) -> BackupCopy:
        """A copy of the machine's tier, so many days old."""
        made = timezone.now() - timedelta(days=days)
        values = {"workload": self.tier, "provider": self.grant.provider, "last_success": made}
        return record.create(BackupCopy, values, by=TESTER)


def room() -> Room:
    """The estate, recorded."""
    pdn = make(Provider, kind=ProviderKind.PDN.value)
    grant = make(
        Allocation, reference="PDN-1", provider=pdn, vcpus=8, memory_mib=8192, storage_gib=100
    )
    old = make(
        ServiceApp, code="LAMA", status=AppStatus.RETIRED.value, verdict=Verdict.RETIRE.value
    )
    other = make(ServiceApp, code="BARU")
    cluster = make(Cluster, name="PDR-KVM", hypervisor_uri="test:///default")
    machine = make(VirtualMachine, name="lama-1", cluster=cluster, allocation=grant, **SIZE)
    tier = make(Workload, app=old, name="db", virtual_machines=[machine])
    runs = make(VirtualMachine, name="baru-1", cluster=cluster, allocation=grant, **SIZE)
    make(Workload, app=other, name="web", virtual_machines=[runs])
    author = member(make_user("perencana"), "planner", "approver")
    return Room(
        grant, old, machine, tier, other, author, member(make_user("penyetuju"), "approver")
    )


def applied(plan: Plan, *, rehearsal: bool = False, by: Actor = TESTER) -> ProvisioningRun:
    """A run that did what its approved preview showed: the machine of `room` is gone."""
    step = {"op": "delete", "kind": "Domain", "name": "lama-1", "outcome": "done"}
    report = {"targets": [{"name": "pdn-1", "rehearsal": rehearsal, "steps": [step]}]}
    preview = begin_inline(plan, RunKind.PREVIEW, [], by=by)
    preview = end_run(preview, Ending(outcome=RunOutcome.CHANGES, report=report))
    user, shown = make_user(f"saksi-{preview.pk}"), {"digest": plan.digest, "base_serial": 1}
    approval = PlanApproval.objects.create(plan=plan, preview=preview, user=user, **shown)
    run = begin_inline(plan, RunKind.UP, [], by=by, approval=approval)
    return end_run(run, Ending(outcome=RunOutcome.DONE, report=report))
