"""A second person approves a plan: never its author, nothing but what was shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.actions.changes import Actor
from dcim.actions.plans.approvals import approve_plan, standing_approvals
from dcim.actions.plans.making import make_plan
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import User
from dcim.record.places.sites import Site
from dcim.record.planner.plans import Plan
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import BadDocument, NotPermitted, Refused
from dcim.web.values.addresses import page_of
from tests.factories import TESTER, make, make_user, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    return member(make_user("perencana"), "planner", "approver")


@pytest.fixture
def approver() -> User:
    return member(make_user("penyetuju"), "approver")


@pytest.fixture
def plan(author: User) -> Plan:
    make(ServiceApp)
    return make_plan(Stance.AS_DECLARED, by=Actor.of(author))[0]


def approve(plan: Plan, user: User | None, **given: Any) -> Any:
    by = Actor.of(user) if user else TESTER
    return approve_plan(plan, by=by, **{"digest": plan.digest, **given})


def test_a_second_person_approves_and_it_is_logged(plan: Plan, approver: User) -> None:
    made = approve(plan, approver, comment="Sudah dibahas")
    assert standing_approvals(plan) == [made]
    entry = ObjectChange.objects.latest("id")
    assert (entry.changed_object_type, entry.user) == ("planner.planapproval", approver)


def test_the_author_does_not_approve_with_the_right_either(plan: Plan, author: User) -> None:
    with pytest.raises(NotPermitted, match="Whoever made it"):
        approve(plan, author)


@pytest.mark.parametrize("role", ["viewer", "planner", "auditor", "opd"])
def test_it_takes_the_right(plan: Plan, role: str) -> None:
    with pytest.raises(NotPermitted):
        approve(plan, member(make_user("lain"), role))


def test_a_command_is_no_second_person(plan: Plan) -> None:
    with pytest.raises(NotPermitted, match="signed in"):
        approve(plan, None)


def test_nothing_but_what_was_shown_is_approved(plan: Plan, approver: User) -> None:
    with pytest.raises(Refused, match="not the one that was shown"):
        approve(plan, approver, digest="sha256:0")


def test_a_document_that_was_tampered_with_is_not_approved(plan: Plan, approver: User) -> None:
    document = {**plan.document, "name": "lain"}
    Plan.objects.update(document=document)
    with pytest.raises((Refused, BadDocument)):
        approve(plan, approver)


def test_once_the_record_has_changed_nobody_approves(plan: Plan, approver: User) -> None:
    make(Site)
    with pytest.raises(Refused, match="has changed since"):
        approve(plan, approver)


def test_an_approval_lapses_when_the_record_changes(plan: Plan, approver: User) -> None:
    approve(plan, approver)
    make(Site)
    assert standing_approvals(plan) == []


def test_one_person_approves_once(plan: Plan, approver: User) -> None:
    approve(plan, approver)
    with pytest.raises(Refused, match="already"):
        approve(plan, approver)


def test_the_page_offers_it_to_the_second_person_only(
    client: Client, plan: Plan, author: User, approver: User
) -> None:
    address = f"{page_of(plan)}approve/"
    client.force_login(author)
    assert address not in client.get(page_of(plan)).content.decode()
    assert client.post(address, {"digest": plan.digest}).status_code == 403
    client.force_login(approver)
    assert address in client.get(page_of(plan)).content.decode()
    assert client.post(address, {"digest": plan.digest}).status_code == 302
    assert plan.approvals.get().user == approver


@pytest.mark.parametrize(("given", "status"), [({}, 400), ({"digest": "x"}, 409)])
def test_the_api_says_why_not(plan: Plan, approver: User, given: Any, status: int) -> None:
    from rest_framework.test import APIClient

    program = APIClient()
    program.force_authenticate(approver)
    address = f"/api/plugins/planner/plans/{plan.pk}/approve/"
    assert program.post(address, given, format="json").status_code == status
    answer = program.post(address, {"digest": plan.digest}, format="json")
    assert (answer.status_code, answer.json()["user"]["username"]) == (201, "penyetuju")
