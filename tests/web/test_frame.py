"""The frame around every page, the first page, search, and what is said when something is wrong."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.places.racks import Rack
from dcim.record.planner.service_apps import ServiceApp
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db
GROUPS = (
    "Aplikasi &amp; rencana",
    "Pusat data",
    "Daya",
    "Virtualisasi",
    "Jaringan",
    "Organisasi",
    "Administrasi",
)


def body(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def test_a_page_has_skip_link_menu_search_and_way_back(admin_client: Client) -> None:
    page = body(admin_client, "/dcim/racks/")
    assert '<html lang="id">' in page
    assert "Langsung ke isi" in page
    assert [group for group in GROUPS if group not in page] == []
    assert 'role="search"' in page
    assert 'aria-current="page">Rak<' in page


def test_signing_in_leads_to_where_one_wanted_to_go(client: Client) -> None:
    make_user("siti", password="kata-sandi-uji")
    credentials = {"username": "siti", "password": "kata-sandi-uji", "next": "/dcim/racks/"}
    answer = client.post("/sign-in/", credentials)
    assert answer["Location"] == "/dcim/racks/"


def test_a_wrong_password_is_said_above_the_form(client: Client) -> None:
    answer = client.post("/sign-in/", {"username": "siti", "password": "keliru"})
    assert 'role="alert"' in answer.content.decode()


def test_signing_out_leads_to_the_sign_in_page(admin_client: Client) -> None:
    assert admin_client.post("/sign-out/")["Location"] == "/sign-in/"
    assert admin_client.get("/").status_code == 302


def test_an_empty_record_says_how_to_load_the_sample(admin_client: Client) -> None:
    assert "./manage.py load_sample paser" in body(admin_client, "/")


def test_the_first_page_counts_apps_and_names_what_a_rack_takes_along(
    admin_client: Client,
) -> None:
    make(ServiceApp, status="active")
    make(ServiceApp, status="inactive")
    make(Rack, name="PDR-R01")
    answer = admin_client.get("/")
    apps = answer.context["parts"]["apps"].holds
    assert (apps.all, apps.active, apps.inactive) == (2, 1, 1)
    assert "/impact/?failed=rack%3APDR-R01" in answer.content.decode()


def test_search_finds_objects_of_every_kind(admin_client: Client) -> None:
    make(Rack, name="SIMPEG-RAK")
    make(ServiceApp, code="SIMPEG")
    page = body(admin_client, "/search/?q=simpeg")
    assert "SIMPEG-RAK" in page
    assert "/plugins/planner/service-apps/?q=simpeg" in page


def test_search_without_hits_says_so(admin_client: Client) -> None:
    assert "Tidak ada yang memuat teks ini" in body(admin_client, "/search/?q=tak-ada")


def test_what_is_not_there_is_said_in_the_frame(admin_client: Client) -> None:
    answer = admin_client.get("/dcim/racks/999999999/")
    assert answer.status_code == 404
    assert "Tidak ditemukan" in answer.content.decode()


def test_what_is_not_allowed_is_said_with_a_way_out(client: Client) -> None:
    client.force_login(make_user())
    answer = client.get("/dcim/racks/add/")
    assert answer.status_code == 403
    assert "Mintalah hak menulis" in answer.content.decode()


def test_a_broken_server_says_so_without_help_of_the_record(client: Client) -> None:
    from django.views.defaults import server_error

    page = server_error(client.get("/sign-in/").wsgi_request).content.decode()
    assert "Ada yang rusak" in page


def test_search_finds_lists_by_their_names(admin_client: Client) -> None:
    page = body(admin_client, "/search/?q=kelompok+vlan")
    assert '<a href="/ipam/vlan-groups/">Kelompok VLAN</a></li>' in page.partition("<main")[2]
