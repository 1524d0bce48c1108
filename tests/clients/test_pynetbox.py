"""NetBox's own client, unmodified, against a running server."""

from __future__ import annotations

from typing import Any

import pynetbox
import pytest

from dcim.record.equipment.devices import Device
from dcim.record.planner.service_apps import ServiceApp
from tests.factories import make


@pytest.fixture
def site(nb: Any) -> Any:
    return nb.dcim.sites.create(name="Paser", slug="paser", status="active")


def test_knows_the_version(nb: Any) -> None:
    assert nb.version == "4.6"
    assert nb.status()["netbox-version"].startswith("4.6.")
    assert next(iter(nb.plugins.installed_plugins()))["package"] == "planner"


def test_a_site_lives_its_life(nb: Any, site: Any) -> None:
    assert (str(site), site.status.value, str(site.status)) == ("Paser", "active", "Active")
    site.facility = "Gedung A"
    assert site.save()
    assert nb.dcim.sites.get(slug="paser").facility == "Gedung A"
    assert site.delete()
    assert nb.dcim.sites.get(slug="paser") is None


def test_racks_and_devices_are_made_by_attributes(nb: Any, site: Any) -> None:
    rack = nb.dcim.racks.create(name="PDR-R01", site={"slug": "paser"}, u_height=42)
    maker = nb.dcim.manufacturers.create(name="Dell", slug="dell")
    kind = nb.dcim.device_types.create(manufacturer=maker.id, model="R760", slug="r760")
    role = nb.dcim.device_roles.create(name="Server", slug="server")
    device = nb.dcim.devices.create(
        name="pdr-h01", device_type=kind.id, role=role.id, site=site.id, rack=rack.id,
        position=10, face="front",
    )  # fmt: skip
    assert (device.rack.name, device.device_type.manufacturer.slug) == ("PDR-R01", "dell")
    units = {one.id: one for one in rack.elevation.list()}
    assert units[10].device.name == "pdr-h01"
    assert units[11].device is None


def test_lists_are_filtered_paged_and_counted(nb: Any, site: Any) -> None:
    rows = [{"name": f"R{number}", "site": site.id} for number in range(7)]
    assert len(nb.dcim.racks.create(rows)) == 7
    assert nb.dcim.racks.count(site_id=site.id) == 7
    found = nb.dcim.racks.filter(site="paser", name=["R1", "R2"])
    assert [rack.name for rack in found] == ["R1", "R2"]
    assert [rack.name for rack in nb.dcim.racks.filter(name__ic="r", limit=3)] == [
        f"R{number}" for number in range(7)
    ]


def test_nested_objects_fetch_their_rest(nb: Any) -> None:
    device = make(Device, name="pdr-h01")
    assert nb.dcim.devices.get(device.pk).site.status.label == "Active"


def test_refusals_are_told(nb: Any, site: Any) -> None:
    nb.dcim.racks.create(name="R1", site=site.id)
    with pytest.raises(pynetbox.RequestError, match=r"already|unique"):
        nb.dcim.racks.create(name="R1", site=site.id)
    with pytest.raises(pynetbox.RequestError, match="dependent objects"):
        site.delete()


def test_our_own_objects_are_a_plugin(nb: Any) -> None:
    app = make(ServiceApp, code="SIMPEG", name="Kepegawaian")
    (found,) = nb.plugins.planner.service_apps.all()
    assert (found.id, found.code, found.owner.slug) == (app.pk, "SIMPEG", app.owner.slug)


def test_choices_are_read_from_options(nb: Any) -> None:
    values = [one["value"] for one in nb.dcim.racks.choices()["status"]]
    assert values == ["reserved", "available", "planned", "active", "deprecated"]
