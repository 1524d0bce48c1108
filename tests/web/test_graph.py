"""The page that draws dependencies: parts, a focus, failures, folded boxes, refusals."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree as Xml

import pytest
from django.test import Client

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
API = "/api/plugins/planner/graph/"


@pytest.fixture
def app(db: None) -> ServiceApp:
    """An app on one machine, on one host, in one rack."""
    rack, cluster = make(Rack, name="PDR-R01"), make(Cluster, name="PDR-KVM")
    place = {"rack": rack, "site": rack.site, "cluster": cluster}
    host = make(Device, name="PDR-H01", cpu_cores=8, **place)
    return on_machines("SIMPEG", 1, cluster=cluster, device=host)


def on_machines(code: str, count: int, **values: object) -> ServiceApp:
    app = make(ServiceApp, code=code, status="active", owner=make(Tenant))
    machines = [make(VirtualMachine, name=f"{code}-{n}", **values) for n in range(count)]
    make(Workload, app=app, name="web", virtual_machines=machines, instances_wanted=count)
    return app


def drawn(client: Client, address: str, **asked: str | int) -> tuple[str, Xml.Element]:
    """The page, and its drawing."""
    answer = client.get(address, asked)
    assert answer.status_code == 200
    page = answer.content.decode()
    found = re.search(r"<svg .*?</svg>", page, re.DOTALL)
    assert found is not None
    return page, Xml.fromstring(found[0])


def boxes(svg: Xml.Element) -> dict[str, Xml.Element]:
    """The boxes by the text that is written into them."""
    parts = [one for one in svg.iter() if "part" in (one.get("class") or "").split()]
    return {list(part.iter(f"{SVG}text"))[1].text or "": part for part in parts}


@pytest.mark.usefixtures("app")
def test_an_app_is_drawn_with_what_it_rests_on(admin_client: Client) -> None:
    page, svg = drawn(admin_client, "/graph/", scope="app:SIMPEG")
    assert {"SIMPEG", "SIMPEG-0", "PDR-H01", "PDR-R01"} <= set(boxes(svg))
    assert svg.get("role", "").startswith("graphics-document")
    assert [one.tag for one in list(svg)[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert "as=graphml" in page


@pytest.mark.usefixtures("app")
def test_a_box_goes_into_the_middle_and_from_there_to_the_record(admin_client: Client) -> None:
    _, svg = drawn(admin_client, "/graph/", scope="app:SIMPEG")
    address = boxes(svg)["PDR-H01"].get("href", "")
    page, svg = drawn(admin_client, address)
    middle = boxes(svg)["PDR-H01"]
    assert "middle" in middle.get("class", "").split()
    assert middle.get("href") == page_of(Device.objects.get())
    assert "hops=3" in unescape(page)


@pytest.mark.usefixtures("app")
def test_a_focus_shows_as_many_steps_as_are_asked_for(admin_client: Client) -> None:
    near = boxes(drawn(admin_client, "/graph/", focus="host:PDR-H01", hops=1)[1])
    assert {"SIMPEG-0", "PDR-R01"} <= set(near)
    assert "SIMPEG" not in near
    far = boxes(drawn(admin_client, "/graph/", focus="host:PDR-H01", hops=3)[1])
    assert "SIMPEG" in far


@pytest.mark.usefixtures("app")
def test_a_failure_is_told_by_mark_and_word_as_well_as_by_colour(admin_client: Client) -> None:
    _, svg = drawn(admin_client, "/graph/", failed="rack:PDR-R01")
    found = boxes(svg)
    assert "failed" in found["PDR-R01"].get("class", "").split()
    assert "down" in found["SIMPEG"].get("class", "").split()
    signs = {name: part.find(f"{SVG}g/{SVG}path") for name, part in found.items()}
    shapes = {name: sign.get("d") for name, sign in signs.items() if sign is not None}
    assert shapes["PDR-R01"] != shapes["SIMPEG"]
    assert "berhenti" in found["SIMPEG"].get("aria-label", "")
    assert next(found["SIMPEG"].iter(f"{SVG}text")).text == "aplikasi · berhenti"


def test_many_machines_are_one_box_that_opens(admin_client: Client) -> None:
    on_machines("SIMPEG", 90, cluster=make(Cluster, name="PDR-KVM"))
    _, svg = drawn(admin_client, "/graph/", scope="app:SIMPEG")
    folded = boxes(svg)["90 VM"]
    assert "folded" in folded.get("class", "").split()
    assert len(list(folded.iter(f"{SVG}rect"))) == 2
    page, opened = drawn(admin_client, folded.get("href", ""))
    assert "SIMPEG-89" in boxes(opened)
    assert 'title="Lipat kembali"' in page


@pytest.mark.usefixtures("app")
def test_the_table_says_what_the_drawing_shows(admin_client: Client) -> None:
    answer = admin_client.get("/graph/", {"failed": "rack:PDR-R01"})
    rows = answer.context["drawing"].rows
    _, svg = drawn(admin_client, "/graph/", failed="rack:PDR-R01")
    assert {row.name for row in rows} == set(boxes(svg))
    (host,) = (row for row in rows if row.name == "PDR-H01")
    assert (host.state, [one.name for one in host.below]) == ("berhenti", ["PDR-R01"])


@pytest.mark.usefixtures("app")
def test_pages_and_the_api_draw_the_same(admin_client: Client) -> None:
    asked = {"failed": "rack:PDR-R01"}
    alone = admin_client.get(API, {**asked, "as": "svg"})
    assert alone.headers["Content-Type"] == "image/svg+xml"
    svg = Xml.fromstring(alone.content)
    assert set(boxes(svg)) == set(boxes(drawn(admin_client, "/graph/", **asked)[1]))
    assert svg.find(f"{SVG}style") is not None
    assert boxes(svg)["PDR-H01"].get("href", "").startswith("/graph/?")


@pytest.mark.usefixtures("app")
def test_pages_of_apps_and_failures_lead_here(admin_client: Client) -> None:
    app = ServiceApp.objects.get()
    page = unescape(admin_client.get(page_of(app)).content.decode())
    assert '"/graph/?scope=app%3ASIMPEG"' in page
    assert f'"{API}?scope=app%3ASIMPEG&as=graphml"' in page
    impact = admin_client.get("/impact/", {"failed": "rack:PDR-R01"}).content.decode()
    assert "/graph/?failed=rack%3APDR-R01" in impact


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"scope": "everything"}, "scope"),
        ({"scope": "app:SIMPEG", "hops": "many"}, "hops"),
        ({"scope": "app:SIMPEG", "focus": "site:NOWHERE"}, "focus"),
        ({"failed": "rack:NOWHERE"}, "thing"),
        ({"failed": "rack"}, "failed"),
        ({"focus": "shelf:1"}, "focus"),
        ({"scope": "region:\0"}, "scope"),
    ],
)
@pytest.mark.usefixtures("app")
def test_what_cannot_be_drawn_is_told(
    admin_client: Client, asked: dict[str, str], field: str
) -> None:
    answer = admin_client.get("/graph/", asked)
    assert answer.status_code == 422
    assert answer.context["refusal"].field == field
    assert admin_client.get(API, {**asked, "as": "svg"}).status_code in {400, 404}


def test_an_office_sees_what_its_own_apps_rest_on(client: Client, app: ServiceApp) -> None:
    on_machines("OPAC", 1, device=Device.objects.get(), cluster=Cluster.objects.get())
    client.force_login(member(make_user("opd"), "opd", tenant=app.owner))
    for asked in ({"failed": "rack:PDR-R01"}, {"focus": "host:PDR-H01", "hops": "9"}):
        found = boxes(drawn(client, "/graph/", **asked)[1])
        assert "SIMPEG" in found
        assert not any("OPAC" in name for name in found)
    assert client.get("/graph/", {"scope": "app:OPAC"}).status_code == 422
