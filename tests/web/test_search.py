"""The search over all kinds of objects."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from dcim.catalog import BY_MODEL, RESOURCES
from dcim.record.equipment.devices import Device
from dcim.record.people.account import ObjectPermission, User
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.web.frame.finding import found_by
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db
SEARCHED = [one for one in RESOURCES if one.search]


def first_of(client: Client, text: str) -> list[list[str]]:
    """What is shown of each kind, in the page's order."""
    hits = client.get("/search/", {"q": text}).context["hits"]
    return [[one.text for one in hit.first] for hit in hits if "object-changes" not in hit.url]


def test_what_bears_the_text_as_a_whole_comes_first_however_many_contain_it(
    admin_client: Client,
) -> None:
    for number in range(12):
        make(Rack, name=f"aa-r1-{number:02}")
    make(Rack, name="zz-r1", serial="R1")
    assert first_of(admin_client, "R1")[0][0] == "zz-r1"


def test_a_kind_with_an_exact_hit_comes_before_the_others(admin_client: Client) -> None:
    make(Site, name="pdr pusat", slug="pusat"), make(Device, name="pdr")
    assert first_of(admin_client, "pdr")[0] == ["pdr"]


@pytest.mark.parametrize(
    ("text", "name"),
    [("100%", "100% penuh"), ("a_b", "a_b"), ("ÉTÉ", "RAK ÉTÉ"), ("rÁk", "rÁk"), ("'", "o'ne")],
)
def test_any_text_is_found_as_it_is_written(admin_client: Client, text: str, name: str) -> None:
    make(Rack, name=name), make(Rack, name="100 penuh axb rak-rak")
    assert first_of(admin_client, text) == [[name]]


def test_letters_are_found_whatever_their_case(admin_client: Client) -> None:
    make(Rack, name="Rak-Timur")
    assert first_of(admin_client, "rAK-tIMUR") == [["Rak-Timur"]]


def test_text_that_runs_over_two_fields_is_not_found(admin_client: Client) -> None:
    make(Rack, name="utara", serial="selatan")
    assert first_of(admin_client, "utaraselatan") == []


def test_a_limited_reader_finds_what_may_be_seen_and_no_more(client: Client) -> None:
    user, mine = make_user(), make(Rack, name="rak mine")
    make(Rack, name="rak lain")
    limit = make(
        ObjectPermission,
        object_types=["dcim.rack"],
        actions=["view"],
        constraints={"name": mine.name},
    )
    limit.users.add(user)
    client.force_login(user)
    assert first_of(client, "rak") == [["rak mine"]]


def test_every_kind_is_asked_in_one_statement(
    admin_user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make(Rack, name="cari")
    found_by("cari", SEARCHED, admin_user, 9)
    with django_assert_num_queries(1):
        found = found_by("cari", SEARCHED, admin_user, 9)
    assert BY_MODEL[Rack] in found


def test_who_may_see_nothing_asks_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert found_by("cari", SEARCHED, AnonymousUser(), 9) == {}  # type: ignore[arg-type]
