"""The rules of a plan document: a right plan breaks none, each wrong one exactly its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dcim.planning.document import CapacityLine, Change, Network, PlannedVM, Target, as_is
from dcim.planning.rules import RULE_CODES, violations
from dcim.vocabulary.amounts import ResourceClass
from tests.plan_documents import app_vms, document, target, vm

GOING = vm("lama-app-1", change=Change.RECLAIM, reason="superseded")
APPS = Network(name="apps", cidr="10.64.0.0/16")


def created(name: str = "simpeg-app-1", **fields: object) -> PlannedVM:
    return vm(name, change=Change.CREATE, **fields)


def line(total: int, before: int, after: int) -> tuple[CapacityLine, ...]:
    memory = ResourceClass.MEMORY_MIB
    return (CapacityLine(resource_class=memory, total=total, used_before=before, used_after=after),)


def test_a_right_plan_breaks_no_rule() -> None:
    assert violations(document()) == []
    assert violations(as_is(document())) == []


def test_ninety_apps_break_no_rule() -> None:
    assert violations(document(target(vms=app_vms(90, Change.KEEP)))) == []


BROKEN: dict[str, Target] = {
    "hypervisor.address": target(hypervisor="qemu+ssh://root:hunter2@h1/system"),
    "vm.name_unique": target(vms=(vm(), vm())),
    "vm.name_allowed": target(vms=(created("Server Web 01 (lama)"),)),
    "vm.size_positive": target(vms=(created(vcpus=0),)),
    "vm.change_consistent": target(vms=(replace(vm(), change=Change.RECLAIM),)),
    "vm.kept_and_reclaimed": target(vms=(vm("lama-app-1"),), reclaim=(GOING,)),
    "capacity.adds_up": target(vms=(vm(),), capacity=line(4096, 0, 2048)),
    "capacity.exceeded": target(vms=(vm(change=Change.CREATE),), capacity=line(2047, 0, 2048)),
    "network.unknown": target(vms=(vm(network="dmz"),)),
    "network.range_valid": target(networks=(Network(name="apps", cidr="10.64.0.1/16"),)),
    "network.name_allowed": target(networks=(APPS, Network(name="Server VLAN"))),
    "network.name_unique": target(networks=(APPS, replace(APPS, cidr="10.65.0.0/16"))),
    "address.valid": target(vms=(created(addresses=("ten",)),)),
    "address.outside_network": target(vms=(created(addresses=("10.65.0.1/16",)),)),
    "address.taken": target(
        vms=(created(addresses=("10.64.0.9/16",)), vm("b", addresses=("10.64.0.9/24",)))
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named_with_subject_and_way_out(rule: str) -> None:
    (found,) = violations(document(BROKEN[rule]))
    assert (found.rule, found.target) == (rule, "pdr-kvm")
    assert all((found.subject, found.reason, found.hint))


STANDS = {
    "without a disk": (vm(storage_gib=0, vcpus=0, memory_mib=0),),
    "with a name that hypervisors refuse": (vm("Server Web 01 (lama)"),),
    "with addresses outside its network": (vm(addresses=("10.64.0.9/16", "10.99.0.9/24")),),
    "with an address that another has too": (
        vm(addresses=("10.64.0.9/16",)),
        vm("b", addresses=("10.64.0.9/16",)),
    ),
}


@pytest.mark.parametrize("vms", STANDS.values(), ids=list(STANDS))
def test_what_merely_stands_breaks_no_rule(vms: tuple[PlannedVM, ...]) -> None:
    plan = document(target(vms=(*vms, created("new-1", addresses=("10.64.7.7/16",)))))
    assert violations(plan) == violations(as_is(plan)) == []


def test_a_new_machine_may_have_addresses_in_other_networks_beside_its_own() -> None:
    both = created(addresses=("10.64.0.9/16", "10.99.0.9/24"))
    assert violations(document(target(vms=(both,)))) == []


def test_ranges_may_lie_within_ranges_as_they_are_recorded() -> None:
    dmz = Network(name="dmz", cidr="10.64.9.0/24")
    assert violations(document(target(networks=(APPS, dmz)))) == []


def test_two_targets_of_one_name_are_refused() -> None:
    assert [found.rule for found in violations(document(target(), target()))] == [
        "target.name_unique"
    ]


def test_every_rule_is_tested() -> None:
    assert {*BROKEN, "target.name_unique"} == set(RULE_CODES)


@pytest.mark.parametrize(
    ("total", "vms", "fits"),
    [(2048, (created(),), True), (10, (vm(),), True), (10, (vm(), created("new-1")), False)],
)
def test_what_stood_before_may_stay_but_not_grow(
    total: int, vms: tuple[PlannedVM, ...], fits: bool
) -> None:
    before = sum(one.memory_mib for one in vms if one.change is Change.KEEP)
    one = target(vms=vms, capacity=line(total, before, sum(one.memory_mib for one in vms)))
    assert (violations(document(one)) == []) is fits


def test_an_as_is_document_reclaims_nothing() -> None:
    plan = document(target(vms=(vm(),), reclaim=(GOING,)))
    wrong = replace(plan, kind=as_is(plan).kind)
    assert [found.rule for found in violations(wrong)] == ["vm.change_consistent"]
