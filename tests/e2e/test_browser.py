"""A person at work, in a real browser: sign in, open a rack, ask what falls without it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.web.forms import choosing
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rack(live_server: LiveServer) -> Rack:
    """A rack with one host that carries one running app."""
    make_user("siti", password="kata-sandi-uji", is_superuser=True)
    rack = make(Rack, name="PDR-R01")
    cluster = make(Cluster)
    place = {"site": rack.site, "rack": rack, "position": 3, "face": "front"}
    host = make(Device, name="PDR-H01", cluster=cluster, **place)
    machine = make(VirtualMachine, cluster=cluster, device=host)
    app = make(ServiceApp, code="SIMPEG", name="Sistem Kepegawaian")
    make(Workload, app=app, virtual_machines=[machine])
    return rack


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Nama pengguna").fill("siti")
    page.get_by_label("Sandi").fill("kata-sandi-uji")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ikhtisar")


def test_from_signing_in_to_what_falls_without_a_rack(page: Page, rack: Rack) -> None:
    sign_in(page)
    page.get_by_role("navigation", name="Menu utama").get_by_role(
        "link", name="Rak", exact=True
    ).click()
    page.get_by_role("link", name="PDR-R01").click()
    expect(page.locator("svg.rack a.box").first).to_contain_text("PDR-H01")
    page.get_by_role("link", name="Apa yang jatuh tanpanya?").click()
    down = page.locator("section", has=page.get_by_role("heading", name="Berhenti 1"))
    expect(down.get_by_role("row", name="SIMPEG")).to_contain_text("PDR-H01")


def test_a_list_narrows_while_one_types(page: Page, rack: Rack) -> None:
    make(Rack, name="DRC-R01")
    sign_in(page)
    page.goto("/dcim/racks/")
    page.locator("form.filters").get_by_label("Cari").press_sequentially("DRC")
    expect(page.get_by_role("link", name="PDR-R01")).to_have_count(0)
    expect(page.get_by_role("link", name="DRC-R01")).to_be_visible()
    assert "q=DRC" in page.url


def test_a_phone_has_the_menu_behind_a_button(page: Page, rack: Rack) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page)
    menu = page.get_by_role("navigation", name="Menu utama")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(menu).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_phone_writes_headings_beside_the_cells_that_stand_alone(page: Page, rack: Rack) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page)
    page.goto("/rack-ledgers/")
    cells = page.locator("table.stack tbody tr").first.locator("td")
    expect(cells.nth(2)).to_have_attribute("data-heading", "Bobot (kg)")
    shown = "cell => getComputedStyle(cell, '::before').content"
    assert cells.nth(2).evaluate(shown) == '"Bobot (kg): "'
    page.set_viewport_size({"width": 1280, "height": 900})
    assert cells.nth(2).evaluate(shown) == "none"


def test_names_are_offered_where_a_menu_would_be_too_long(
    page: Page, rack: Rack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "MOST_IN_A_MENU", 0)
    make(Site, name="Ruang Cadangan")
    sign_in(page)
    page.goto(f"{page_of(rack)}edit/")
    page.get_by_label("Situs").fill("cadang")
    expect(page.locator("#id_site_options option")).to_have_attribute("value", "Ruang Cadangan")


def test_the_category_form_tells_its_points_while_it_is_filled_in(page: Page, rack: Rack) -> None:
    sign_in(page)
    page.goto(f"{page_of(ServiceApp.objects.get())}")
    page.get_by_role("link", name="Isi formulir").click()
    told = page.locator("output[data-bands]")
    expect(told).to_contain_text("10 belum dijawab")
    for number in range(1, 11):
        question = page.locator("fieldset", has_text=re.compile(rf"^\s*{number}\. "))
        question.get_by_label("A. " if number <= 5 else "B. ").check()
    expect(told).to_have_text("35 poin: Strategis")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SIMPEG")
    assert ServiceApp.objects.get().category == "strategic"
