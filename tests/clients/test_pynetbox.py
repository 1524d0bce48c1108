"""NetBox's own client, unmodified, against a running server."""

from __future__ import annotations

from typing import Any

import pynetbox
import pytest
from pytest_django.live_server_helper import LiveServer

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.service_apps import ServiceApp
from tests.factories import make, make_user


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


def test_a_full_grant_is_told(nb: Any) -> None:
    grant, cluster = make(Allocation, reference="PDN-1", vcpus=2), make(Cluster)
    row = {"cluster": cluster.pk, "allocation": grant.pk, "vcpus": 1}
    machines = nb.virtualization.virtual_machines
    with pytest.raises(pynetbox.AllocationError) as full:
        machines.create([{**row, "name": name} for name in "abc"])
    told = full.value.req.json()
    assert (told["pool"], told["resource_class"], told["index"]) == ("PDN-1", "VCPU", 2)
    machine = machines.create(**row, name="a")
    with pytest.raises(pynetbox.RequestError, match="PDN-1 has 1 VCPU free, and a asks for 4"):
        machine.update({"vcpus": 5})


def test_our_own_objects_are_a_plugin(nb: Any) -> None:
    app = make(ServiceApp, code="SIMPEG", name="Kepegawaian")
    (found,) = nb.plugins.planner.service_apps.all()
    assert (found.id, found.code, found.owner.slug) == (app.pk, "SIMPEG", app.owner.slug)


def test_choices_are_read_from_options(nb: Any) -> None:
    values = [one["value"] for one in nb.dcim.racks.choices()["status"]]
    assert values == ["reserved", "available", "planned", "active", "deprecated"]


def test_only_what_has_changed_is_sent(nb: Any, site: Any) -> None:
    found = nb.dcim.sites.get(site.id)
    nb.dcim.sites.update([{"id": site.id, "comments": "oleh yang lain"}])
    found.facility = "Gedung C"
    assert found.updates() == {"facility": "Gedung C"}
    assert found.save()
    assert nb.dcim.sites.get(site.id).comments == "oleh yang lain"


def test_custom_fields_keep_what_is_not_named(nb: Any, site: Any) -> None:
    for name in ("garansi", "kontrak"):
        nb.extras.custom_fields.create(name=name, type="text", object_types=["dcim.site"])
    assert site.update({"custom_fields": {"garansi": "2029"}})
    assert site.update({"custom_fields": {"kontrak": "K-1"}})
    found = nb.dcim.sites.get(site.id).custom_fields
    assert found == {"garansi": "2029", "kontrak": "K-1"}


def test_a_full_prefix_gives_no_address(nb: Any) -> None:
    prefix = nb.ipam.prefixes.create(prefix="10.64.10.0/31")
    assert len(prefix.available_ips.create([{}, {}])) == 2
    with pytest.raises(pynetbox.AllocationError):
        prefix.available_ips.create()


def test_strict_filters_know_every_parameter(token: str, live_server: LiveServer) -> None:
    nb = pynetbox.api(live_server.url, token=token, strict_filters=True)
    make(Device, name="pdr-h01")
    assert [one.name for one in nb.dcim.devices.filter(name__isw="pdr", status="active")]
    with pytest.raises(pynetbox.ParameterValidationError):
        nb.dcim.devices.filter(tidak_ada="x")
    nb.http_session.close()


def test_an_elevation_is_drawn(nb: Any, site: Any) -> None:
    rack = nb.dcim.racks.create(name="R1", site=site.id, u_height=42)
    assert rack.elevation.list(render="svg").startswith("<?xml")


def test_a_token_is_made_by_password(live_server: LiveServer, transactional_db: None) -> None:
    make_user("budi", password="nurani sejuk 77", is_superuser=True)
    nb = pynetbox.api(live_server.url)
    nb.create_token("budi", "nurani sejuk 77")
    assert nb.dcim.sites.count() == 0
    nb.http_session.close()
