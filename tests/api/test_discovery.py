"""What Prometheus discovers: targets and labels, of what the token's user may see."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from dcim.record.equipment.devices import Device, Interface
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.custom_fields import CustomField
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.services import Service
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.contacts import Contact, ContactAssignment
from dcim.record.people.organisation import Tag, Tenant, TenantGroup
from dcim.record.places.racks import Rack
from tests.api.test_visibility import reader_of
from tests.factories import make

pytestmark = pytest.mark.django_db
AT = "/api/plugins/prometheus-sd/"
HEAD = "__meta_netbox_"
KEY = "prometheus-plugin-prometheus-sd"


def discovered(client: APIClient, what: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{AT}{what}/", asked)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()
    return found


def labels(target: dict[str, Any]) -> dict[str, str]:
    assert all(isinstance(one, str) for one in target["labels"].values())
    return {name.removeprefix(HEAD): value for name, value in target["labels"].items()}


@pytest.fixture
def device(api: APIClient) -> Device:
    """A device of which as much is known as can be."""
    tenant = make(Tenant, name="Dinas", slug="dinas", group=make(TenantGroup, name="Kab"))
    rack = make(Rack, name="R1", u_height=42)
    place = {"site": rack.site, "rack": rack, "position": 4, "face": "front"}
    make(CustomField, name="kelas-2".replace("-", "_"), object_types=["dcim.device"])
    obj = make(
        Device, name="pdr-h01", tenant=tenant, tags=[make(Tag, name="Inti", slug="inti")], **place
    )
    port = make(Interface, device=obj)
    address = make(IPAddress, address="10.64.10.5/24", interface=port)
    body = {"primary_ip4": address.pk, "custom_fields": {"kelas_2": "emas"}}
    assert api.patch(f"/api/dcim/devices/{obj.pk}/", body, format="json").status_code == 200
    make(Service, device=obj, virtual_machine=None, name="ssh", ports=[22])
    contact = make(Contact, name="Budi", email="budi@paser.go.id")
    of = {"object_type": "dcim.device", "object_id": obj.pk, "priority": "primary"}
    make(ContactAssignment, contact=contact, **of)
    return obj


def test_a_device_is_a_target_with_all_that_is_known_of_it(api: APIClient, device: Device) -> None:
    (target,) = discovered(api, "devices")
    assert target["targets"] == ["pdr-h01"]
    expected = {
        "id": str(device.pk), "name": "pdr-h01", "status": "active", "model": "Device",
        "role": device.role.name, "role_slug": device.role.slug, "site_slug": device.site.slug,
        "device_type": device.device_type.model, "rack": "R1", "rack_u_position": "4",
        "tenant": "Dinas", "tenant_slug": "dinas", "tenant_group": "Kab",
        "primary_ip": "10.64.10.5", "primary_ip4": "10.64.10.5", "tags": "Inti",
        "tag_slugs": "inti", "services": "ssh", "contact_primary_name": "Budi",
        "contact_primary_email": "budi@paser.go.id", "custom_field_kelas_2": "emas",
    }  # fmt: skip
    assert {name: labels(target).get(name) for name in expected} == expected
    assert "platform" not in labels(target)


def test_a_context_says_where_to_scrape(api: APIClient, device: Device) -> None:
    settings = [{"port": 9100}, {"port": 9116, "metrics_path": "/snmp", "scheme": "https"}]
    context = make(ConfigContext, data={KEY: settings})
    first, second = discovered(api, "devices")
    assert (first["targets"], second["targets"]) == (["pdr-h01:9100"], ["pdr-h01:9116"])
    scraped = {"__metrics_path__": "/snmp", "__scheme__": "https"}
    assert scraped.items() <= second["labels"].items()
    body = {"data": {KEY: {"port": 161}}}
    api.patch(f"/api/extras/config-contexts/{context.pk}/", body, format="json")
    assert [one["targets"] for one in discovered(api, "devices")] == [["pdr-h01:161"]]


@pytest.mark.parametrize("stated", [3, "x", [], [3], {}, {"port": None}, None])
def test_a_setting_that_says_nothing_leaves_the_name(
    api: APIClient, device: Device, stated: Any
) -> None:
    make(ConfigContext, data={KEY: stated})
    assert [one["targets"] for one in discovered(api, "devices")] == [["pdr-h01"]]


def test_machines_addresses_and_services_are_targets(api: APIClient, device: Device) -> None:
    machine = make(VirtualMachine, name="web")
    make(Service, virtual_machine=machine, name="https", ports=[443, 8443])
    (found,) = discovered(api, "virtual-machines")
    assert (found["targets"], labels(found)["services"]) == (["web"], "https")
    (address,) = discovered(api, "ip-addresses")
    assert (address["targets"], labels(address)["parent"]) == (["10.64.10.5"], "pdr-h01")
    https, ssh = discovered(api, "services")
    assert (labels(https)["ports"], labels(https)["parent"]) == ("443,8443", "web")
    assert labels(ssh)["primary_ip"] == "10.64.10.5"


def test_the_filters_are_those_of_the_lists(api: APIClient, device: Device) -> None:
    make(Device, name="lain", status="offline")
    assert len(discovered(api, "devices", status="active")) == 1
    assert len(discovered(api, "devices", tag="inti", name__isw="pdr")) == 1
    assert api.get(f"{AT}devices/", {"status": "on"}).status_code == 400


def test_only_what_may_be_seen_is_discovered(device: Device) -> None:
    other = make(Device, name="lain")
    reader = reader_of(device={"pk": device.pk})
    (target,) = discovered(reader, "devices")
    assert target["targets"] == ["pdr-h01"] != [other.name]
    assert not {"services", "contact_primary_name"} & labels(target).keys()
    assert reader.get(f"{AT}services/").status_code == 403


def test_it_asks_as_much_of_many_as_of_one(api: APIClient, device: Device) -> None:
    def asked(what: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            discovered(api, what)
        return len(queries)

    kinds = ("devices", "virtual-machines", "ip-addresses", "services")
    make(VirtualMachine)
    few = [asked(what) for what in kinds]
    for _ in range(3):
        made = make(Device, tags=[Tag.objects.get()], tenant=Tenant.objects.get())
        make(IPAddress, interface=make(Interface, device=made))
        make(Service, device=made, virtual_machine=None)
        make(VirtualMachine, tags=[Tag.objects.get()])
    assert [asked(what) for what in kinds] == few


def test_the_lists_are_named_among_the_plugins(api: APIClient) -> None:
    assert api.get("/api/plugins/").json()["prometheus-sd"].endswith(AT)
    assert set(api.get(AT).json()) == {"devices", "ip-addresses", "services", "virtual-machines"}
