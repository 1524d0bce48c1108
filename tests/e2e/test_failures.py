"""Questions about many failures: command, API and page answer alike, on the sample."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker
from rest_framework.test import APIClient

from dcim.record.planner.allocations import Allocation
from dcim.record.planner.service_apps import ServiceApp
from tests.api.clients import client_of
from tests.factories import make_user, member
from tests.loaded_sample import loaded_sample, told

PLANNER = "/api/plugins/planner"


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The loaded sample, taken back when the module's tests are through."""
    with loaded_sample(django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def record(sample: None, db: None) -> None:
    """Each test sees the loaded sample."""


@pytest.fixture
def api() -> APIClient:
    return client_of(make_user("sri", is_superuser=True))


def answer(api: APIClient, path: str) -> Any:
    got = api.get(f"{PLANNER}/{path}")
    assert got.status_code == 200, got.json()
    return got.json()


def test_the_board_is_the_same_everywhere(api: APIClient, admin_client: Client) -> None:
    by_command = told("n_minus_one", "--kind", "host", "--site", "Pusat Data Paser")
    by_api = answer(api, "n-minus-one/?kind=host&site=Pusat+Data+Paser")
    assert by_api["results"] == by_command["results"]
    assert (by_api["count"], by_api["serial"]) == (by_command["count"], by_command["serial"])
    page = admin_client.get("/n-minus-one/?kind=host&site=Pusat+Data+Paser")
    shown = [(str(row.thing.ref), row.cost.down) for row in page.context["shown"]]
    assert shown == [(row["thing"], row["apps_down"]) for row in by_api["results"]]


def test_a_row_of_the_board_is_the_impact_of_its_thing(api: APIClient) -> None:
    for row in answer(api, "n-minus-one/?limit=5")["results"]:
        hit = answer(api, f"impact/?failed={row['thing']}")
        assert row["apps_down"] == len(hit["apps_down"])
        assert row["apps_degraded"] == len(hit["apps_degraded"])
        owners = {one["owner"] for one in hit["apps_down"] + hit["apps_degraded"]}
        assert row["owners_hit"] == len(owners)


def test_the_board_comes_in_pages(api: APIClient, admin_client: Client) -> None:
    first = answer(api, "n-minus-one/?limit=2")
    assert (len(first["results"]), first["previous"]) == (2, None)
    assert "offset=2" in first["next"]
    second = answer(api, "n-minus-one/?limit=2&offset=2")["results"]
    assert told("n_minus_one", "--limit", "4")["results"] == first["results"] + second
    assert admin_client.get("/n-minus-one/?page=2&ordering=-apps_down").status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("kind=shelf", 400, "kind"),
        ("within=R1", 400, "within"),
        ("ordering=names", 400, "ordering"),
        ("rack=R99", 404, None),
    ],
)
def test_what_the_board_does_not_know_is_refused(
    query: str, status: int, field: str | None, api: APIClient, admin_client: Client
) -> None:
    refused = api.get(f"{PLANNER}/n-minus-one/?{query}")
    assert refused.status_code == status
    assert field is None or list(refused.json()) == [field]
    page = admin_client.get(f"/n-minus-one/?{query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    name, value = query.split("=")
    with pytest.raises(CommandError):
        told("n_minus_one", f"--{name}", value)


def test_single_points_of_failure_are_the_same_everywhere(
    api: APIClient, admin_client: Client
) -> None:
    by_command = told("spof", "--kind", "rack", "--apps-limit", "3")
    by_api = answer(api, "single-points-of-failure/?kind=rack&apps_limit=3")
    assert by_api["results"] == by_command["results"]
    assert by_api["count"] == by_command["count"] > 0
    page = admin_client.get("/single-points-of-failure/?kind=rack")
    shown = [(str(one.thing.ref), one.cost.down) for one in page.context["shown"]]
    assert shown == [(one["thing"], one["apps_down"]) for one in by_api["results"]]


def test_each_app_that_a_thing_stops_is_told_what_would_help(
    api: APIClient, admin_client: Client
) -> None:
    worst = answer(api, "single-points-of-failure/?limit=1&kind=rack")["results"][0]
    thing = worst["thing"]
    whole = answer(api, f"single-points-of-failure/?thing={thing}&apps_limit=100")["results"][0]
    hit = answer(api, f"impact/?failed={thing}")["apps_down"]
    assert {one["code"] for one in whole["apps"]} == {one["code"] for one in hit}
    assert whole["apps_count"] == len(hit)
    assert all(one["changes"] and thing in one["changes"][0]["text"] for one in whole["apps"])
    rest = answer(api, f"single-points-of-failure/?thing={thing}&apps_limit=2&apps_offset=1")
    assert rest["results"][0]["apps"] == whole["apps"][1:3]
    body = admin_client.get(f"/single-points-of-failure/?thing={thing}").content.decode()
    assert all(one["code"] in body for one in whole["apps"])


def test_an_apps_own_points_are_those_of_its_requirements(
    api: APIClient, admin_client: Client
) -> None:
    found = answer(api, "single-points-of-failure/?app=SIMPEG&limit=0")
    things = {one["thing"] for one in found["results"]}
    assert all([app["code"] for app in one["apps"]] == ["SIMPEG"] for one in found["results"])
    assert told("spof", "--app", "SIMPEG", "--limit", "1000")["results"] == found["results"]
    app = ServiceApp.objects.get(code="SIMPEG")
    own = answer(api, f"service-apps/{app.pk}/requirements/")["single_points_of_failure"]
    assert things == {one for one in own if not one.startswith("workload:")}
    page = admin_client.get(f"/plugins/planner/service-apps/{app.pk}/")
    shown = {str(thing.ref): cures for thing, cures in page.context["single_points"]}
    assert set(shown) == set(own)
    assert all(shown[thing] for thing in things)


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("thing=R1", 400, "thing"),
        ("thing=rack:R99", 404, None),
        ("app=NONE", 404, None),
        ("apps_limit=many", 400, "apps_limit"),
        ("apps_offset=-1", 400, "apps_offset"),
    ],
)
def test_what_single_points_do_not_know_is_refused(
    query: str, status: int, field: str | None, api: APIClient
) -> None:
    refused = api.get(f"{PLANNER}/single-points-of-failure/?{query}")
    assert refused.status_code == status
    assert field is None or list(refused.json()) == [field]


def test_an_office_is_told_of_its_own_apps_only() -> None:
    app = ServiceApp.objects.get(code="SIMPEG")
    office = client_of(member(make_user("opd"), "opd", tenant=app.owner))
    found = answer(office, "single-points-of-failure/?limit=0&apps_limit=100")
    told_of = {one["code"] for point in found["results"] for one in point["apps"]}
    own = set(ServiceApp.objects.filter(owner=app.owner).values_list("code", flat=True))
    assert "SIMPEG" in told_of <= own
    rows = answer(office, "n-minus-one/?limit=0")["results"]
    assert 0 < max(one["apps_down"] for one in rows) <= len(own)
    assert max(one["owners_hit"] for one in rows) == 1
    other = ServiceApp.objects.exclude(owner=app.owner).filter(status="active").first()
    assert other is not None
    assert office.get(f"{PLANNER}/single-points-of-failure/?app={other.code}").status_code == 404
    for question in ("impact", "n-minus-one", "single-points-of-failure", "failure-pairs"):
        own_things = office.get(f"{PLANNER}/{question}/?kind=app&tenant={app.owner.slug}")
        assert own_things.status_code == 200
        for slug in (other.owner.slug, "nobody"):
            refused = office.get(f"{PLANNER}/{question}/?tenant={slug}")
            assert refused.status_code == 404
            assert other.owner.slug not in refused.json()["detail"].replace(slug, "")


def test_what_can_be_restored_is_the_same_everywhere(api: APIClient, admin_client: Client) -> None:
    by_command = told("impact", "provider:pdn")
    by_api = answer(api, "impact/?failed=provider:pdn")
    assert by_api["copies_lost"] == by_command["copies_lost"] == 27
    kept = [(one["code"], one["reason"], one["needed"]) for one in by_api["restorable"]["apps"]]
    assert kept == [
        (one["code"], one["reason"], one["needed"]) for one in by_command["restorable"]["apps"]
    ]
    page = admin_client.get("/impact/?failed=provider:pdn").context["answer"].restorable
    assert [one.app.name for one in page.restored] == [
        code for code, reason, _ in kept if not reason
    ]
    assert [one.app.name for one in page.lost] == [code for code, reason, _ in kept if reason]


def test_many_things_fail_alike_everywhere(api: APIClient, admin_client: Client) -> None:
    by_command = told("impact", "--kind", "host", "--rack", "PDR-R01")
    by_api = answer(api, "impact/?kind=host&rack=PDR-R01")
    for one in (by_command, by_api):
        one.pop("restorable")  # it holds the hours since each copy, which go on
    assert by_api == by_command
    assert {name.partition(":")[0] for name in by_api["failed"]} == {"host"}
    assert by_api["failed_count"] == len(by_api["failed"]) > 1
    page = admin_client.get("/impact/?kind=host&rack=PDR-R01").context["answer"]
    assert page.cost.down == by_api["apps_down_count"] > 0
    assert [hit.thing.name for hit in page.down] == [one["code"] for one in by_api["apps_down"]]


def test_a_place_and_all_in_it_fall_like_the_place(api: APIClient) -> None:
    inside = answer(api, "impact/?within=rack:PDR-R01")
    alone = answer(api, "impact/?failed=rack:PDR-R01")
    assert inside["things_down"] == alone["things_down"]
    assert inside["failed_count"] > alone["failed_count"] == 1


def test_an_impact_says_whom_it_hits(api: APIClient) -> None:
    found = answer(api, "impact/?failed=site:Pusat Data Paser")
    hit = found["apps_down"] + found["apps_degraded"]
    assert {one["slug"] for one in found["owners"]} == {one["owner"] for one in hit}
    assert found["owners_hit"] == len(found["owners"])
    assert sum(one["apps_down"] for one in found["owners"]) == found["apps_down_count"]
    users = sum(one["users_per_month_down"] for one in found["by_category"].values())
    assert users == found["users_per_month_down"] > 0
    down = [one["code"] for one in found["apps_down"]]
    stored = ServiceApp.objects.filter(code__in=down)
    assert users == sum(app.users_per_month for app in stored)
    assert found["by_category"]["strategic"]["apps_down"] == sum(
        app.category == "strategic" for app in stored
    )


def test_an_impact_comes_in_pages(api: APIClient) -> None:
    whole = answer(api, "impact/?failed=site:Pusat Data Paser")
    part = answer(api, "impact/?failed=site:Pusat Data Paser&limit=3&offset=2")
    assert part["apps_down"] == whole["apps_down"][2:5]
    assert part["owners"] == whole["owners"][2:5]
    assert len(part["restorable"]["apps"]) == 3
    assert part["apps_down_count"] == whole["apps_down_count"]


def test_a_lost_provider_takes_its_grants_and_apps_along(api: APIClient) -> None:
    found = answer(api, "impact/?failed=provider:pdn")
    assert (
        found["things_down"]["allocation"]
        == Allocation.objects.filter(provider__slug="pdn").count()
    )


def test_grants_lapse_on_their_day(api: APIClient, admin_client: Client) -> None:
    grant = Allocation.objects.exclude(valid_until=None).order_by("valid_until").first()
    assert grant is not None
    name, last = f"allocation:{grant.reference}", grant.valid_until
    by_day = answer(api, f"impact/?lapse_on={last}")
    assert name in by_day["failed"]
    by_name = answer(api, f"impact/?failed={name}&lapse_on={last}")
    assert by_name["failed"] == [name]
    assert told("impact", name, "--lapse-on", str(last))["failed"] == [name]
    assert by_name["things_down"] == answer(api, f"impact/?failed={name}")["things_down"]
    shown = admin_client.get("/impact/", {"failed": name, "lapse_on": str(last)})
    assert [str(one.ref) for one in shown.context["answer"].failed] == [name]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "failed"),
        ("kind=allocation&rack=PDR-R01", "within"),
        ("kind=shelf", "kind"),
        ("lapse_on=tomorrow", "lapse_on"),
        ("lapse_on=1999-01-01", "lapse_on"),
        ("failed=rack:PDR-R01&limit=all", "limit"),
    ],
)
def test_an_impact_of_nothing_is_refused(
    query: str, field: str, api: APIClient, admin_client: Client
) -> None:
    refused = api.get(f"{PLANNER}/impact/?{query}")
    assert (refused.status_code, list(refused.json())) == (400, [field])
    if query and field != "limit":
        assert admin_client.get(f"/impact/?{query}").status_code == 422


def test_pairs_of_failures_are_the_same_everywhere(api: APIClient, admin_client: Client) -> None:
    by_command = told("failure_pairs", "--kind", "host", "--with-kind", "rack")
    by_api = answer(api, "failure-pairs/?kind=host&with_kind=rack")
    assert by_api["results"] == by_command["results"]
    assert by_api["count"] == by_command["count"] > 0
    page = admin_client.get("/failure-pairs/?kind=host&with_kind=rack")
    shown = [tuple(str(one.ref) for one in pair.things) for pair in page.context["shown"]]
    assert shown == [(one["first"], one["second"]) for one in by_api["results"]]


def test_a_pair_is_worse_than_both_alone(api: APIClient) -> None:
    for pair in answer(api, "failure-pairs/?kind=host&limit=5&apps_limit=100")["results"]:
        names = (pair["first"], pair["second"])
        alone = [answer(api, f"impact/?failed={name}")["apps_down"] for name in names]
        both = answer(api, f"impact/?failed={names[0]}&failed={names[1]}")["apps_down"]
        known = {one["code"] for hit in alone for one in hit}
        assert {one["code"] for one in both} - known == set(pair["apps"])
        assert pair["apps_down"] == len(pair["apps"]) > 0


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [("", 400, "kind"), ("kind=host&with_kind=shelf", 400, "with_kind"), ("rack=R99", 404, None)],
)
def test_pairs_of_nothing_are_refused(
    query: str, status: int, field: str | None, api: APIClient, admin_client: Client
) -> None:
    refused = api.get(f"{PLANNER}/failure-pairs/?{query}")
    assert refused.status_code == status
    assert field is None or list(refused.json()) == [field]
    assert admin_client.get(f"/failure-pairs/?{query}").status_code == 422


def test_the_room_of_other_pools_is_the_same_everywhere(
    api: APIClient, admin_client: Client
) -> None:
    by_api = answer(api, "impact/?failed=provider:pdn&pools=true")["restorable"]["pools"]
    assert told("impact", "provider:pdn", "--pools")["restorable"]["pools"] == by_api
    assert {one["pool"] for one in by_api} >= {"cluster:PDR-KVM", "cluster:DRC-KVM"}
    assert not any("PDN" in one["pool"] for one in by_api)
    page = admin_client.get("/impact/?failed=provider:pdn&pools=true").context["answer"]
    assert [str(pool.ref) for pool, _ in page.restorable.pools] == [one["pool"] for one in by_api]
