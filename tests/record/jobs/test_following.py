"""What the record learns of a machine that was made: where it runs, and its primary address."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext, override

from dcim.actions import record
from dcim.actions.plans.making import planning_serial, store_plan
from dcim.actions.provisioning.ending import Ending, begin_inline, end_run
from dcim.planning.document import Change, Network
from dcim.planning.sentences import retold
from dcim.record.equipment.devices import Device
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.plans import PlanApproval
from dcim.vocabulary.choices import RunKind, RunOutcome
from provisioning.program.clouds import address_in
from tests.factories import TESTER, make, make_user
from tests.plan_documents import document, target, vm

pytestmark = pytest.mark.django_db
LOW, HIGH = "10.64.20.20/24", "10.64.20.100/24"  # HIGH is the first one as text


def follow(cluster: Cluster, **planned: object) -> VirtualMachine:
    """The machine of a plan that has been applied, as the record has it then."""
    new = vm("web-1", change=Change.CREATE, addresses=(LOW, HIGH), **planned)
    there = target("beta", pool=f"cluster:{cluster.name}", hypervisor="test:///x", vms=(new,))
    plan = store_plan(document(there, base_serial=planning_serial()), by=TESTER)
    step = {"op": "create", "kind": "Domain", "name": "web-1", "outcome": "done"}
    report = {"targets": [{"name": "beta", "rehearsal": False, "steps": [step]}]}
    preview = begin_inline(plan, RunKind.PREVIEW, [], by=TESTER)
    preview = end_run(preview, Ending(outcome=RunOutcome.CHANGES, report=report))
    shown = {"digest": plan.digest, "base_serial": plan.base_serial}
    approval = PlanApproval.objects.create(plan=plan, preview=preview, user=make_user(), **shown)
    run = begin_inline(plan, RunKind.UP, [], by=TESTER, approval=approval)
    with override("id"):  # as workers are: kept in English, and told by pages
        (line,) = end_run(run, Ending(outcome=RunOutcome.DONE, report=report)).followed
        assert line["change"].startswith(("now Active, ", "recorded as Active, ")), line
        told = retold(line["change"], line["said"], gettext)
        assert told.startswith(("kini Aktif, ", "dicatat sebagai Aktif, "))
    return VirtualMachine.objects.get(name="web-1")


@pytest.mark.parametrize(
    ("chosen", "primary"), [(None, LOW), (LOW, LOW), (HIGH, HIGH)], ids=["none", "low", "high"]
)
def test_a_planned_machine_keeps_its_primary_address_and_is_on_its_host(
    chosen: str | None, primary: str
) -> None:
    cluster = make(Cluster, name="Beta")
    host = make(Device, name="node-7", cluster=cluster)
    planned = make(VirtualMachine, name="web-1", cluster=cluster, status="planned")
    port = make(VMInterface, virtual_machine=planned, name="eth0")
    for text in (HIGH, LOW):
        address = make(IPAddress, address=text, vm_interface=port)
        if text == chosen:
            record.update(planned, {"primary_ip4": address}, by=TESTER)
    made = follow(cluster, id=str(planned.pk), host="node-7")
    assert (made.pk, made.status, made.device) == (planned.pk, "active", host)
    assert str(made.primary_ip4) == primary


def test_a_machine_that_is_new_to_the_record_has_its_first_address_by_number() -> None:
    cluster = make(Cluster, name="Beta")
    made = follow(cluster, host="nowhere")
    assert (str(made.primary_ip4), made.device) == (LOW, None)


def test_a_cloud_is_given_the_address_that_the_record_will_have() -> None:
    network = Network(name="apps", cidr="10.64.0.0/16")
    assert str(address_in(vm(addresses=(HIGH, LOW)), network)) == LOW
