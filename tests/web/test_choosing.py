"""Naming other objects where there are more than a menu can hold."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.inventory import InventoryItem
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import Workload
from dcim.web.forms import choosing
from dcim.web.forms.choosing import called
from dcim.web.values.addresses import page_of
from dcim.web.values.rows import named
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _menus_hold_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MOST_IN_A_MENU", 0)


def shown_values(client: Client, obj: Any) -> dict[str, Any]:
    form = client.get(f"{page_of(obj)}edit/").context["form"]
    return {one.html_name: one.value() for one in form if one.value() not in (None, "", [])}


def edited(client: Client, obj: Any, **values: str) -> Any:
    return client.post(f"{page_of(obj)}edit/", {**shown_values(client, obj), **values})


def test_a_form_shows_names_and_saves_them_unchanged(admin_client: Client) -> None:
    rack = make(Rack, site=make(Site, name="Pusat Data"))
    assert shown_values(admin_client, rack)["site"] == "Pusat Data"
    assert edited(admin_client, rack).status_code == 302
    assert not ObjectChange.objects.filter(action="update").exists()


def test_a_typed_name_is_taken(admin_client: Client) -> None:
    rack, other = make(Rack), make(Site, name="Ruang Cadangan")
    assert edited(admin_client, rack, site="Ruang Cadangan").status_code == 302
    assert Rack.objects.get().site == other


@pytest.mark.parametrize(("typed", "said"), [("tak ada", "Tidak ada “tak ada”."), ("", "harus")])
def test_a_name_that_is_not_there_is_said_at_its_field(
    typed: str, said: str, admin_client: Client
) -> None:
    answer = edited(admin_client, make(Rack), site=typed)
    assert said in answer.context["form"].errors["site"][0]


def test_a_name_that_several_bear_asks_for_the_number(admin_client: Client) -> None:
    twins = [make(Device, name="host") for _ in range(2)]
    item = make(InventoryItem, device=twins[0])
    assert shown_values(admin_client, item)["device"] == f"#{twins[0].pk}"
    assert (
        f"#{twins[1].pk}"
        in edited(admin_client, item, device="host").context["form"].errors["device"][0]
    )
    assert edited(admin_client, item, device=f"#{twins[1].pk}").status_code == 302


def test_several_are_named_line_by_line(admin_client: Client) -> None:
    for name in ("simpeg-1", "simpeg-2"):
        make(VirtualMachine, name=name)
    tier = make(Workload)
    answer = edited(admin_client, tier, virtual_machines="simpeg-1\n simpeg-2\n")
    assert answer.status_code == 302
    assert tier.virtual_machines.count() == 2
    assert set(shown_values(admin_client, tier)["virtual_machines"].split("\n")) == {
        "simpeg-1",
        "simpeg-2",
    }


def test_the_browser_is_offered_names_that_contain_what_is_typed(admin_client: Client) -> None:
    port = make(Interface, name="eth0", device=make(Device, name="pdr-h01"))
    make(Interface, name="swp1")
    offered = admin_client.get("/choices/dcim.interface/", {"interface": "pdr-h01 / eth"})
    assert offered.content.decode().count("<option") == 1
    assert f"{port.device} / eth0" in offered.content.decode()


def test_an_unknown_kind_offers_nothing(admin_client: Client) -> None:
    assert admin_client.get("/choices/dcim.nothing/").status_code == 404


@pytest.mark.parametrize("text", [f"#{'9' * 5000}", f"#{'9' * 5000} / eth0", "#9", "\0"])
def test_a_number_that_no_object_has_is_named_as_unknown(text: str) -> None:
    assert called(named(Interface), text) == []


@pytest.mark.parametrize("address", ["/search/?q=%00", "/choices/dcim.rack/?x=%00"])
def test_what_no_database_can_look_for_is_not_asked_of_it(
    admin_client: Client, address: str
) -> None:
    assert admin_client.get(address).status_code == 200


def test_a_form_is_not_broken_by_a_number_in_its_address(admin_client: Client) -> None:
    assert admin_client.get(f"/dcim/racks/add/?site_id={'9' * 5000}").status_code == 200


def test_devices_and_their_ports_are_known_by_name_tag_and_type() -> None:
    tagged, other = make(Device, name="host", asset_tag="A-12"), make(Device, name="host (lama)")
    unnamed = make(Device, name=None)
    marked = make(Device, name=None, asset_tag="A-13")
    for device in (tagged, other, unnamed, marked):
        port = make(Interface, device=device, name="eth0")
        assert called(named(Device), str(device)) == [device]
        assert called(named(Interface), f"{device} / eth0") == [port]
