"""An app's category follows from its ten answers, however these or it are written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from dcim.actions import record
from dcim.record.log.changes import ObjectChange
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.categories import BSSN_8_2020
from dcim.vocabulary.errors import InvalidInput
from tests.factories import TESTER, make, make_user, member
from tests.record.change_log import after, before

pytestmark = pytest.mark.django_db
KEYS = [one.key for one in BSSN_8_2020.questions]
URL = "/api/plugins/planner/category-assessments/"
APPS = "/api/plugins/planner/service-apps/"


def answers(letters: str) -> dict[str, str]:
    return dict(zip(KEYS, letters, strict=True))


STRATEGIC, HIGH = answers("AAAAABBBBB"), answers("ABBCCCCCCC")


def category(app: ServiceApp) -> str:
    return ServiceApp.objects.get(pk=app.pk).category


def test_answers_make_the_category_and_the_app_says_so_in_the_log() -> None:
    app = make(ServiceApp, category="low")
    form = make(CategoryAssessment, app=app, **STRATEGIC)
    assert category(app) == "strategic"
    entry = ObjectChange.objects.filter(changed_object_type="planner.serviceapp").latest("id")
    assert (before(entry)["category"], after(entry)["category"]) == ("low", "strategic")
    record.update(form, HIGH, by=TESTER)
    assert category(app) == "high"


def test_the_category_stays_as_declared_when_the_answers_go() -> None:
    app = make(ServiceApp)
    record.delete(make(CategoryAssessment, app=app, **HIGH), by=TESTER)
    assert category(app) == "high"
    record.update(app, {"category": "low"}, by=TESTER)


def test_a_set_of_answers_makes_all_categories_with_a_few_statements(
    django_assert_max_num_queries: Any,
) -> None:
    apps = [make(ServiceApp) for _ in range(20)]
    with django_assert_max_num_queries(20):
        record.create_many(
            CategoryAssessment, [{"app": one, **STRATEGIC} for one in apps], by=TESTER
        )
    assert {category(one) for one in apps} == {"strategic"}


def test_a_category_beside_the_answers_is_refused_alone_and_in_sets() -> None:
    app, free = make(ServiceApp), make(ServiceApp)
    form = make(CategoryAssessment, app=app, **HIGH)
    with pytest.raises(InvalidInput, match=rf"16 .*\(no\. {form.pk}\)") as refused:
        record.update(app, {"category": "low"}, by=TESTER)
    assert set(refused.value.errors) == {"category"}
    with pytest.raises(InvalidInput, match="16 "):
        record.update_many(
            ServiceApp, [(free, {"category": "low"}), (app, {"category": ""})], by=TESTER
        )
    assert (category(app), category(free)) == ("high", "")


def test_programs_write_answers_and_read_what_they_come_to(api: APIClient) -> None:
    app, other = make(ServiceApp, category="low"), make(ServiceApp)
    made = api.post(URL, {"app": app.pk, **STRATEGIC}, format="json")
    assert made.status_code == 201, made.json()
    assert (made.json()["score"], made.json()["category"]["value"]) == (35, "strategic")
    shown = api.get(f"{APPS}{app.pk}/").json()
    assert (shown["category"]["value"], shown["category_score"]) == ("strategic", 35)
    assert shown["category_basis"]["value"] == "answers"
    refused = api.patch(f"{APPS}{app.pk}/", {"category": "low"}, format="json")
    assert refused.status_code == 400
    assert "35 " in refused.json()["category"][0]
    missing = api.get(f"{APPS}?has_category_assessment=false").json()["results"]
    assert [(one["id"], one["category_basis"]) for one in missing] == [(other.pk, None)]


def test_each_missing_or_unknown_answer_is_named(api: APIClient) -> None:
    body = {"app": make(ServiceApp).pk, **HIGH, "users": "D"}
    del body["compliance"]
    refused = api.post(URL, body, format="json")
    assert (refused.status_code, set(refused.json())) == (400, {"users", "compliance"})
    assert not CategoryAssessment.objects.exists()


def test_an_app_has_one_form(api: APIClient) -> None:
    form = make(CategoryAssessment, **HIGH)
    refused = api.post(URL, {"app": form.app_id, **HIGH}, format="json")
    assert (refused.status_code, list(refused.json())) == (400, ["app"])


def test_the_page_takes_ten_answers_and_tells_their_points(admin_client: Client) -> None:
    app = make(ServiceApp)
    address = "/plugins/planner/category-assessments/"
    shown = admin_client.get(f"{address}add/?app={app.pk}").content.decode()
    assert shown.count('type="radio"') == 30
    assert shown.count("data-points=") >= 30
    answer = admin_client.post(
        f"{address}add/", {"app": app.pk, "instrument": "bssn-8-2020", **HIGH}
    )
    form = CategoryAssessment.objects.get()
    assert answer["Location"] == f"{address}{form.pk}/"
    assert category(app) == "high"
    assert "16" in admin_client.get(answer["Location"]).content.decode()


def test_the_page_of_an_app_writes_no_category_beside_the_answers(admin_client: Client) -> None:
    app = make(CategoryAssessment, **HIGH).app
    address = f"/plugins/planner/service-apps/{app.pk}/edit/"
    form = admin_client.get(address).context["form"]
    assert form.fields["category"].disabled
    shown = {one.html_name: "" if one.value() is None else one.value() for one in form}
    answer = admin_client.post(address, {**shown, "category": "low", "tags": []})
    assert answer.status_code == 302
    assert category(app) == "high"


def test_the_apps_without_answers_are_listed(admin_client: Client) -> None:
    make(CategoryAssessment, app=make(ServiceApp, code="FILLED"), **HIGH)
    make(ServiceApp, code="MISSING")
    page = admin_client.get("/app-categories/").content.decode()
    assert "MISSING" in page
    assert "FILLED" not in page
    assert "FILLED" in admin_client.get("/app-categories/?assessed=yes").content.decode()


def test_an_office_answers_for_its_own_apps_only(client: Client) -> None:
    own, foreign = make(ServiceApp), make(ServiceApp)
    client.force_login(member(make_user(), "opd", tenant=own.owner))
    bodies = [{"app": one.pk, **HIGH} for one in (own, foreign)]
    answers = [client.post(URL, one, content_type="application/json") for one in bodies]
    assert [one.status_code for one in answers] == [201, 400]
    assert (category(own), category(foreign)) == ("high", "")
