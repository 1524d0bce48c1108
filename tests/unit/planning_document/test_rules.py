"""The rules of a plan document: a right plan breaks none, each wrong one exactly its own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dcim.planning.document import (
    AppLine,
    CapacityLine,
    Change,
    Network,
    PlanDocument,
    PlannedVM,
    Target,
    as_is,
)
from dcim.planning.document_grounds import Grant, MayHold
from dcim.planning.document_work import Loss, NPlusOne
from dcim.planning.rules import RULE_CODES, violations, violations_of
from dcim.vocabulary.amounts import Amounts, ResourceClass
from tests.plan_documents import app_vms, document, target, vm

GOING = vm("lama-app-1", change=Change.RECLAIM, reason="superseded")
APPS = Network(name="apps", cidr="10.64.0.0/16")


def created(name: str = "simpeg-app-1", **fields: object) -> PlannedVM:
    return vm(name, change=Change.CREATE, **fields)


def line(total: int, before: int, after: int, reserved: int = 0) -> tuple[CapacityLine, ...]:
    return (
        CapacityLine(
            resource_class=ResourceClass.MEMORY_MIB,
            total=total,
            reserved=reserved,
            used_before=before,
            used_after=after,
        ),
    )


def surviving(*without_place: str, before: int) -> NPlusOne:
    loss = Loss(hosts=("h1",), without_place=without_place, before=before)
    return NPlusOne(host_failures=1, losses=(loss,))


def test_a_right_plan_breaks_no_rule() -> None:
    assert violations(document()) == []
    assert violations(as_is(document())) == []


def test_ninety_apps_break_no_rule() -> None:
    assert violations(document(target(vms=app_vms(90, Change.KEEP)))) == []


BROKEN: dict[str, Target] = {
    "hypervisor.address": target(hypervisor="qemu+ssh://root:hunter2@h1/system"),
    "hypervisor.driver": target(driver="openstack"),
    "vm.name_unique": target(vms=(vm(), vm())),
    "vm.name_allowed": target(vms=(created("Server Web 01 (lama)"),)),
    "vm.size_positive": target(vms=(created(vcpus=0),)),
    "vm.change_consistent": target(vms=(replace(vm(), change=Change.RECLAIM),)),
    "vm.kept_and_reclaimed": target(vms=(vm("lama-app-1"),), reclaim=(GOING,)),
    "capacity.adds_up": target(vms=(vm(),), capacity=line(4096, 0, 2048)),
    "vm.shrinks": target(vms=(vm(stands=Amounts(2, 2048, 40)),)),
    "capacity.exceeded": target(vms=(vm(change=Change.CREATE),), capacity=line(2047, 0, 2048)),
    "headroom.reserve": target(vms=(created(),), capacity=line(4096, 0, 2048, reserved=2049)),
    "headroom.host_failures": target(n_plus_one=surviving("a", "b", before=1)),
    "allocation.unknown": target(vms=(created(allocation="PDN-1"),)),
    "network.unknown": target(vms=(vm(network="dmz"),)),
    "network.range_valid": target(networks=(Network(name="apps", cidr="10.64.0.1/16"),)),
    "network.name_allowed": target(networks=(APPS, Network(name="Server VLAN"))),
    "network.overlaps": target(
        vms=(vm(), created("baru-1", network="new")),
        networks=(APPS, Network(name="new", cidr="10.64.9.0/24")),
    ),
    "network.name_unique": target(networks=(APPS, replace(APPS, cidr="10.65.0.0/16"))),
    "address.valid": target(vms=(created(addresses=("ten",)),)),
    "address.outside_network": target(vms=(created(addresses=("10.65.0.1/16",)),)),
    "address.taken": target(
        vms=(created(addresses=("10.64.0.9/16",)), vm("b", addresses=("10.64.0.9/24",)))
    ),
}


def drawing(one: str, other: str, ceiling: int) -> PlanDocument:
    """Two targets whose machines of 2 vCPUs draw on one grant: one stands, the other is new."""
    grant = Grant(name="PDN-1", provider="pdn", amounts=Amounts(ceiling, 9999, 999))
    stands = target(one, vms=(vm(allocation="PDN-1"),))
    return document(
        stands, target(other, vms=(created("baru-1", allocation="PDN-1"),)), grants=(grant,)
    )


def of_app(*vms: PlannedVM, may_hold: MayHold | None = None, **fields: object) -> PlanDocument:
    """A strategic app of closed data without a backup copy, unless `fields` say otherwise."""
    known = {"category": "strategic", "data_class": "closed", "backup_copies": 0, **fields}
    lines = (AppLine(code="SIMPEG", **known),)  # type: ignore[arg-type]
    return document(target(vms=vms, may_hold=may_hold or MayHold()), apps=lines)


BROKEN_BESIDE_OTHERS: dict[str, PlanDocument] = {
    "allocation.exceeded": drawing("allocation-1", "pdr-kvm", ceiling=3),
    "provider.may_not_hold": of_app(
        created("bersama-1", app="LAIN", shared_with=("SIMPEG",)),
        may_hold=MayHold(data_classes=("open", "restricted")),
        backup_copies=1,
    ),
    "backup.missing": of_app(created()),
}
WRONG = {rule: document(one) for rule, one in BROKEN.items()} | BROKEN_BESIDE_OTHERS


@pytest.mark.parametrize("rule", WRONG)
def test_a_broken_rule_is_named_with_subject_and_way_out(rule: str) -> None:
    (found,) = violations(WRONG[rule])
    assert (found.rule, found.target) == (rule, "pdr-kvm")
    assert all((found.subject, found.reason, found.hint))
    assert violations_of(WRONG[rule], WRONG[rule].targets[-1]) == [found]  # as the program asks


RIGHT = {
    "a grant that is drawn on to its last unit": drawing("allocation-1", "pdr-kvm", ceiling=4),
    "closed data where they may be": of_app(
        created(), may_hold=MayHold(data_classes=("closed",)), backup_copies=1
    ),
    "a strategic app without copies that merely stands": of_app(vm()),
    "another app without copies": of_app(created(), category="high"),
    "a machine that grows": document(target(vms=(vm(stands=Amounts(1, 1024, 20)),))),
    "no more without a place than before": document(
        target(n_plus_one=surviving("a", "b", before=2))
    ),
    "a new network of its own range": document(
        target(
            vms=(vm(), created("baru-1", network="new")),
            networks=(APPS, Network(name="new", cidr="10.65.0.0/24")),
        )
    ),
}


@pytest.mark.parametrize("right", RIGHT.values(), ids=list(RIGHT))
def test_what_stays_within_the_rules_breaks_none(right: PlanDocument) -> None:
    assert violations(right) == []


def test_a_strategic_app_that_is_started_needs_a_copy_too() -> None:
    started = of_app(vm(runs_now=False))
    assert [found.rule for found in violations(started)] == ["backup.missing"]


@pytest.mark.parametrize(
    ("percent", "before", "rules"),
    [(50, 0, []), (51, 0, ["headroom.minimum"]), (51, 2048, [])],
)
def test_a_minimum_of_headroom_is_asked_of_pools_that_the_plan_adds_to(
    percent: int, before: int, rules: list[str]
) -> None:
    vms = (vm(),) if before else (created(),)
    plan = document(target(vms=vms, capacity=line(4096, before, 2048)))
    assert [one.rule for one in violations(plan, headroom_percent=percent)] == rules


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
    on_both = (vm(), vm("b", network="dmz"), vm("c", addresses=("10.64.9.9/24",)))
    assert violations(document(target(vms=on_both, networks=(APPS, dmz)))) == []


def test_a_machine_that_grows_on_a_grant_is_held_to_its_ceiling() -> None:
    grown = target(vms=(vm(vcpus=4, allocation="PDN-1", stands=Amounts(2, 2048, 20)),))
    grant = Grant(name="PDN-1", provider="pdn", amounts=Amounts(3, 9999, 999))
    assert [one.rule for one in violations(document(grown, grants=(grant,)))] == [
        "allocation.exceeded"
    ]


def test_two_targets_of_one_name_are_refused() -> None:
    assert [found.rule for found in violations(document(target(), target()))] == [
        "target.name_unique"
    ]


QEMU, CLOUD = "qemu:///system", "openstack://awan.test/v3"


def on(name: str, address: str, *vms: PlannedVM, reclaim: tuple[PlannedVM, ...] = ()) -> Target:
    driver = "openstack" if address == CLOUD else "libvirt"
    return target(name, hypervisor=address, driver=driver, vms=vms, reclaim=reclaim)


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        (on("g2", QEMU, created()), True),
        (on("g2", f"{QEMU}/?no_tty=1", vm()), True),
        (on("g2", QEMU, reclaim=(replace(GOING, name="simpeg-app-1"),)), True),
        (on("g2", QEMU, vm("simpeg-app-2")), False),
        (on("g2", "qemu+ssh://h2/system", vm()), False),
        (on("g2", "", vm()), False),
    ],
)
def test_a_name_stands_once_on_a_hypervisor_whatever_the_target(
    other: Target, refused: bool
) -> None:
    plan = document(on("g1", QEMU, created()), other)
    found = [(one.rule, one.target, one.subject) for one in violations(plan)]
    both = [("vm.name_taken", name, "vm simpeg-app-1") for name in ("g1", "g2")]
    assert found == (both if refused else [])


def test_grants_of_one_cloud_may_share_names_for_it_knows_machines_by_ids() -> None:
    assert violations(document(on("g1", CLOUD, vm()), on("g2", CLOUD, created()))) == []


def test_every_rule_is_tested_and_told() -> None:
    page = (Path(__file__).parents[3] / "docs" / "plan-rules.md").read_text("utf-8")
    assert re.findall(r"^\| `(\S+)` \|", page, re.MULTILINE) == list(RULE_CODES)
    assert {*WRONG, "target.name_unique", "vm.name_taken", "headroom.minimum"} == set(RULE_CODES)


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
