"""The life of a grant on the sample, once by program and once on the pages, with its figures.

The plan of the 31 inactive apps asks the PDN; the draft is signed, countered, accepted in part,
drawn on, renewed, changed in part and given back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from dcim.actions.plans.making import document_of, make_plan
from dcim.actions.sample.paser import load_paser
from dcim.planning.document import PlanDocument
from dcim.planning.load.record import load_snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.account import User
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.plans import Plan
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts
from tests.factories import TESTER, make_user, member
from tests.grant_ways import ByApi, ByPages, Lines

TODAY = timezone.localdate()
UNTIL = TODAY + timedelta(days=365)
LATER = TODAY + timedelta(days=730)
DONE = {200, 201, 302}
NOTHING: Mapping[str, str] = MappingProxyType({})
NO_LINES: Lines = MappingProxyType({})


@pytest.fixture(scope="module")
def plan(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Plan]:
    """The plan of the sample's apps, taken back when the module's tests are through."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_paser(by=TESTER)
        yield make_plan(Stance.BLOCKERS_CURED, by=TESTER)[0]
        transaction.set_rollback(True)


@pytest.fixture
def life(plan: Plan, db: None, request: pytest.FixtureRequest) -> Life:
    """Three people at work on the sample."""
    office = Tenant.objects.get(slug="diskominfostaper")
    return Life(
        request.param(),
        member(make_user("perencana"), "planner", tenant=office),
        member(make_user("penyetuju"), "approver"),
        member(make_user("insinyur"), "engineer"),
    )


@dataclass(frozen=True, slots=True)
class Life:
    """Who does what, by which way."""

    way: ByApi | ByPages
    planner: User
    approver: User
    engineer: User

    def take(
        self,
        request: AllocationRequest,
        deed: str,
        given: Mapping[str, str] = NOTHING,
        *,
        lines: Lines = NO_LINES,
        by: User | None = None,
        expected: set[int] = DONE,
    ) -> str:
        """What is said to a step, by the planner where nobody else is named; the request anew."""
        status, text = self.way.take(by or self.planner, request, deed, lines, given)
        assert status in expected, (deed, status, text)
        request.refresh_from_db()
        return text

    def hand_in(self, request: AllocationRequest, letter: str) -> None:
        """Sign, hand in and take up."""
        self.take(request, "sign", by=self.approver)
        self.take(request, "submit", letter_of(letter))
        self.take(request, "assess")


def letter_of(number: str) -> dict[str, str]:
    return {"letter_number": number, "letter_date": TODAY.isoformat()}


def sizes(grant: Allocation) -> tuple[Amounts, Amounts]:
    """What it grants, and what is drawn of it, as they are stored now."""
    grant.refresh_from_db()
    granted = Amounts(grant.vcpus, grant.memory_mib, grant.storage_gib)
    return granted, Amounts(grant.used_vcpus, grant.used_memory_mib, grant.used_storage_gib)


def machine(life: Life, grant: Allocation, name: str, vcpus: int) -> Mapping[str, Any]:
    """A machine of the provider's cluster that draws on the grant; memory in MiB, disk in MB."""
    return {
        "name": name,
        "status": "active",
        "cluster": Cluster.objects.get(name="PDN").pk,
        "allocation": grant.pk,
        "vcpus": vcpus,
        "memory": 8192,
        "disk": 100_000,
    }


def test_the_plan_decides_on_every_inactive_app(plan: Plan, db: None) -> None:
    document = document_of(plan)
    decided = Counter(one.outcome.value for one in document.apps if one.outcome.value != "stays")
    assert decided == {
        "revive": 17, "revive_after_reclaim": 7, "revive_on_grant": 2, "retire": 5,
    }  # fmt: skip
    assert (document.ask.amounts, len(document.ask.vms)) == (Amounts(16, 40 * 1024, 1600), 6)


def test_another_database_with_other_ids_gives_the_same_plan(plan: Plan, db: None) -> None:
    snapshot = load_snapshot()
    vms = tuple(replace(vm, id=f"{99_999 - int(vm.id)}") for vm in snapshot.vms)
    first, second = (
        plan_reactivation(one, Stance.BLOCKERS_CURED)
        for one in (snapshot, replace(snapshot, vms=vms))
    )
    assert first.apps == second.apps
    assert hosts_in(first) == hosts_in(second)


def hosts_in(document: PlanDocument) -> dict[str, str | None]:
    return {f"{target.name}/{vm.name}": vm.host for target in document.targets for vm in target.vms}


@pytest.mark.parametrize(
    "life", [ByApi, pytest.param(ByPages, marks=pytest.mark.once)], indirect=True
)
def test_from_the_plan_to_a_grant_that_is_given_back(life: Life, plan: Plan) -> None:
    request = asked_by(life, plan)
    grant = granted_in_part(life, request)
    drawn_on(life, grant)
    renewed(life, grant)
    changed_in_part(life, grant)
    given_back(life, grant)


def asked_by(life: Life, plan: Plan) -> AllocationRequest:
    status, text = life.way.draft(life.planner, plan)
    assert status in DONE, text
    request = AllocationRequest.objects.get(plan=plan)
    life.take(request, "sign", expected={403})  # by its author
    life.take(request, "submit", letter_of("600/11"), expected={409})  # before it is signed
    life.hand_in(request, "600/12")
    assert (request.status, request.letter_number) == ("under_assessment", "600/12")
    return request


def granted_in_part(life: Life, request: AllocationRequest) -> Allocation:
    """The provider offers half of the memory, which is accepted by a second person."""
    half = {
        one.pk: Amounts(one.vcpus, one.memory_mib // 2, one.storage_gib)
        for one in request.lines.all()
    }
    life.take(request, "counter", letter_of("B-715"), expected={400, 422})  # nothing differs
    life.take(request, "counter", letter_of("B-715"), lines=half)
    terms = {"reference": "PDN-BARU", "valid_from": TODAY.isoformat()}
    backwards = {**terms, "valid_until": (TODAY - timedelta(days=1)).isoformat()}
    life.take(request, "accept", backwards, by=life.approver, expected={400, 422})
    assert request.status == "countered"
    terms["valid_until"] = UNTIL.isoformat()
    life.take(request, "accept", terms, by=life.approver)
    assert (request.status, request.answer_number) == ("partly_approved", "B-715")
    grant = Allocation.objects.get(reference="PDN-BARU")
    assert request.allocation == grant
    assert (grant.status, grant.valid_until, sizes(grant)) == (
        "active", UNTIL, (Amounts(16, 20 * 1024, 1600), Amounts()),
    )  # fmt: skip
    return grant


def drawn_on(life: Life, grant: Allocation) -> None:
    status, text = life.way.draw(life.engineer, machine(life, grant, "elearn-web-1", 3))
    assert status in DONE, text
    assert sizes(grant)[1] == Amounts(3, 8192, 94)
    status, text = life.way.draw(life.engineer, machine(life, grant, "terlalu-besar", 14))
    assert (status in {409, 422}, "PDN-BARU" in text, "13" in text) == (True, True, True)
    assert sizes(grant)[1].vcpus == 3


def renewed(life: Life, grant: Allocation) -> None:
    status, text = life.way.renew(life.planner, grant, LATER.isoformat())
    assert status in DONE, text
    request = AllocationRequest.objects.get(kind="renewal", predecessor=grant)
    life.hand_in(request, "600/13")
    life.take(request, "approve", {**letter_of("B-800"), "valid_until": LATER.isoformat()})
    assert (request.status, sizes(grant)[0].vcpus, grant.valid_until) == ("approved", 16, LATER)


def changed_in_part(life: Life, grant: Allocation) -> None:
    """Less memory and storage are asked; a letter that grants less than is drawn is refused."""
    values = {
        "number": "PK-UBAH",
        "kind": "change",
        "tenant": life.planner.tenant_id,
        "provider": Provider.objects.get(slug="pdn").pk,
        "predecessor": grant.pk,
        "subject": "Perubahan spesifikasi",
    }
    request = life.way.ask_change(life.planner, values, Amounts(12, 16 * 1024, 800))
    life.hand_in(request, "600/14")
    (line,) = request.lines.all()
    less = {line.pk: Amounts(2, 8192, 400)}
    text = life.take(request, "approve", letter_of("B-801"), lines=less, expected={409})
    assert "3 VCPU" in text
    more = {line.pk: Amounts(13, 8192, 400)}
    life.take(request, "approve", letter_of("B-801"), lines=more, expected={400, 422})
    assert request.status == "under_assessment"
    part = {line.pk: Amounts(10, 16 * 1024, 600)}
    life.take(request, "approve", letter_of("B-801"), lines=part)
    assert (request.status, sizes(grant)) == (
        "partly_approved", (Amounts(10, 16 * 1024, 600), Amounts(3, 8192, 94)),
    )  # fmt: skip


def given_back(life: Life, grant: Allocation) -> None:
    status, text = life.way.give_back(life.planner, grant, letter_of("600/15"))
    assert (status, "elearn-web-1" in text) == (409, True)
    confirmed = {**letter_of("600/15"), "confirm": life.way.word(life.planner, grant)}
    status, text = life.way.give_back(life.planner, grant, confirmed)
    assert status in DONE, text
    grant.refresh_from_db()
    assert grant.status == "returned"
    status, text = life.way.draw(life.engineer, machine(life, grant, "terlambat", 1))
    assert status in {400, 409, 422}, text
