"""Walking through a drawing by keyboard alone, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.service_apps import ServiceApp, Workload
from tests.e2e.test_browser import sign_in
from tests.factories import make, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCALE = "document.querySelector('svg.chain').getAttribute('width')"


@pytest.fixture
def drawing(page: Page, live_server: LiveServer) -> Page:
    """The drawing of an app on ninety machines of one cluster."""
    make_user("siti", password="kata-sandi-uji", is_superuser=True)
    cluster = make(Cluster, name="PDR-KVM")
    machines = [make(VirtualMachine, name=f"web-{n}", cluster=cluster) for n in range(90)]
    app = make(ServiceApp, code="SIMPEG")
    make(Workload, app=app, name="web", virtual_machines=machines, instances_wanted=90)
    sign_in(page)
    page.goto("/graph/?scope=app:SIMPEG")
    return page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label')"))


def test_arrow_keys_walk_along_the_lines_and_enter_opens(drawing: Page) -> None:
    drawing.get_by_role("region", name="Gambar ketergantungan").focus()
    drawing.keyboard.press("Tab")
    assert focused(drawing).startswith("aplikasi SIMPEG")
    outline = "getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth"
    assert drawing.evaluate(outline) == "4px"
    for _ in ("tier", "group", "machines"):
        drawing.keyboard.press("ArrowDown")
    assert focused(drawing).startswith("90 VM")
    drawing.keyboard.press("ArrowUp")
    drawing.keyboard.press("ArrowDown")
    drawing.keyboard.press("Enter")
    drawing.wait_for_url("**open=vm*")
    expect(drawing.locator("svg.chain a.kind-vm")).to_have_count(90)
    drawing.get_by_title("Lipat kembali").click()
    expect(drawing.locator("svg.chain a.kind-vm")).to_have_count(1)


def test_all_boxes_are_one_stop_of_the_tab_key(drawing: Page) -> None:
    stops = drawing.locator("svg.chain .part[tabindex='0']")
    expect(stops).to_have_count(1)
    drawing.locator("svg.chain a.kind-cluster").focus()
    expect(stops).to_have_attribute("aria-label", "kluster PDR-KVM. Bertumpu pada 0, menopang 1.")
    drawing.keyboard.press("Tab")
    assert drawing.evaluate("document.activeElement.closest('svg')") is None


def test_the_drawing_is_enlarged_and_fitted_by_buttons_and_keys(drawing: Page) -> None:
    before = float(drawing.evaluate(SCALE))
    drawing.get_by_role("button", name="Perbesar").click()
    larger = float(drawing.evaluate(SCALE))
    drawing.locator("svg.chain .part").first.focus()
    drawing.keyboard.press("+")
    assert before < larger < float(drawing.evaluate(SCALE))
    drawing.keyboard.press("0")
    inside = "document.querySelector('svg.chain').clientWidth <= innerWidth"
    assert drawing.evaluate(inside)
    drawing.keyboard.press("-")
    assert float(drawing.evaluate(SCALE)) < larger


def test_without_scripts_every_box_is_a_link_and_the_table_opens(drawing: Page) -> None:
    drawing.get_by_text("Hal yang sama sebagai tabel").click()
    table = drawing.get_by_role("table")
    expect(table.get_by_role("row", name="SIMPEG 90 VM PDR-KVM")).to_be_visible()
    without = drawing.context.browser
    assert without is not None
    context = without.new_context(
        java_script_enabled=False, storage_state=drawing.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(drawing.url)
    plain.locator("svg.chain a.folded").click()
    assert "open=vm" in plain.url
    context.close()
