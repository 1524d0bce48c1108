"""Ledgers of racks: API, command and page tell the same of what the record says."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.record.equipment.component_templates import PowerPortTemplate
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.places.hardware import DeviceRole, DeviceType
from dcim.record.places.racks import Rack
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db

PATH = "/api/plugins/planner/rack-ledgers/"


@pytest.fixture
def rack(api: APIClient) -> Rack:
    """A server with two supplies on the strips of two feeds, and a switch with a free port."""
    rack = make(Rack, name="PDR-R01", u_height=10, max_weight=100, weight_unit="kg")
    panel = make(PowerPanel, site=rack.site)
    size = {"u_height": 2, "weight": 20, "weight_unit": "lb"}
    kind = make(DeviceType, slug="r650", is_full_depth=True, **size)
    for name in ("PSU1", "PSU2"):
        make(PowerPortTemplate, device_type=kind, name=name, allocated_draw_w=400)
    server = make(
        Device, name="s1", rack=rack, site=rack.site, position=1, face="front", device_type=kind
    )
    flat = make(DeviceType, slug="flat", u_height=0)
    role = make(DeviceRole, slug="switch")
    switch = make(Device, name="sw", rack=rack, site=rack.site, device_type=flat, role=role)
    make(Interface, device=switch, name="e1", type="1000base-t")
    for side, psu in (("A", "PSU1"), ("B", "PSU2")):
        feed = make(PowerFeed, power_panel=panel, rack=rack, name=side)
        strip = make(Device, name=f"pdu-{side}", rack=rack, site=rack.site, device_type=flat)
        plug = make(PowerPort, device=strip, name="in")
        outlets = [
            make(PowerOutlet, device=strip, name=name, power_port=plug, type="iec-60320-c13")
            for name in ("1", "2")
        ]
        inlet = PowerPort.objects.filter(device=server, name=psu).first() or make(
            PowerPort, device=server, name=psu, allocated_draw_w=400
        )
        cable(api, ("dcim.powerport", plug.pk), ("dcim.powerfeed", feed.pk))
        cable(api, ("dcim.powerport", inlet.pk), ("dcim.poweroutlet", outlets[0].pk))
    return rack


def cable(api: APIClient, a: tuple[str, int], b: tuple[str, int]) -> None:
    ends = {
        f"{name}_terminations": [{"object_type": kind, "object_id": pk}]
        for name, (kind, pk) in (("a", a), ("b", b))
    }
    assert api.post("/api/dcim/cables/", ends, format="json").status_code == 201


def test_api_command_and_page_tell_the_same(api: APIClient, rack: Rack) -> None:
    (told,) = api.get(PATH, {"rack": rack.name, "device_type": "r650"}).json()["results"]
    out = StringIO()
    call_command("rack_ledgers", rack.name, "--device-type", "r650", "--json", stdout=out)
    assert json.loads(out.getvalue()) == [told]
    assert told["free_units"] == {"front": 8, "rear": 8, "both": 8}
    assert (told["weight_g"], told["max_weight_g"]) == (9072, 100_000)
    assert [(one["name"], one["drawn_w"], one["supplies"]) for one in told["feeds"]] == [
        ("A", 400, 1),
        ("B", 400, 1),
    ]
    assert (told["drawn_w"], told["power_limit_w"]) == (800, 2944)
    assert (told["outlets_free"], told["ports_free"]) == ({"iec-60320-c13": 2}, {"1000base-t": 1})
    assert told["place"] == {"fits": True, "unit": 3.0, "face": "both", "missing": []}
    client = Client()
    client.force_login(make_user("reader", is_superuser=True))
    page = client.get("/rack-ledgers/", {"device_type": "r650"}).content.decode()
    assert "PDR-R01" in page
    assert "2 iec-60320-c13" in page


def test_feeds_of_one_name_and_supplies_elsewhere_are_told_apart(
    api: APIClient, rack: Rack
) -> None:
    other = make(Rack, name="PDR-R02", site=rack.site)
    panel = make(PowerPanel, site=rack.site)
    feed = make(PowerFeed, power_panel=panel, rack=rack, name="A")
    far = make(Device, name="far", rack=other, site=rack.site)
    plug = make(PowerPort, device=far, name="in", allocated_draw_w=150)
    cable(api, ("dcim.powerport", plug.pk), ("dcim.powerfeed", feed.pk))
    on_strip = make(PowerPort, device=far, name="in2", allocated_draw_w=70)
    outlet = PowerOutlet.objects.get(device__name="pdu-B", name="2")
    cable(api, ("dcim.powerport", on_strip.pk), ("dcim.poweroutlet", outlet.pk))
    alone = [api.get(PATH, {"rack": one.name}).json()["results"][0] for one in (rack, other)]
    assert api.get(PATH).json()["results"] == alone
    loads = [(one["name"], one["drawn_w"], one["supplies"]) for one in alone[0]["feeds"]]
    assert loads == [("A", 400, 1), ("A", 150, 1), ("B", 470, 2)]
    assert (alone[0]["drawn_w"], alone[0]["single_fed"]) == (800, [])
    assert (alone[1]["drawn_w"], alone[1]["unfed"], alone[1]["single_fed"]) == (220, [], [])


def test_more_racks_cost_no_more_queries(
    api: APIClient, rack: Rack, django_assert_max_num_queries: object
) -> None:
    for name in ("R2", "R3", "R4"):
        make(Rack, name=name, site=rack.site)
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        assert api.get(PATH).json()["count"] == 4


def test_unknown_names_are_refused(api: APIClient) -> None:
    assert api.get(PATH, {"rack": "NOPE"}).status_code == 404
    assert api.get(PATH, {"device_type": "nope"}).status_code == 404
