"""Requests in the order and form in which other clients of NetBox send them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from pytest_django.live_server_helper import LiveServer

from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import Prefix
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.organisation import Tag
from dcim.record.places.hardware import DeviceType, Manufacturer
from dcim.record.places.sites import Site
from tests.factories import make

Body = dict[str, Any]


class Program:
    """A program that expects one status of each answer, as Go clients do."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Token {token}"

    def ask(self, method: str, path: str, status: int, body: Any = None, **more: Any) -> Any:
        answer = self.session.request(method, f"{self.url}/api/{path}", json=body, **more)
        assert answer.status_code == status, (method, path, answer.text)
        return answer.json() if answer.content else None

    def found(self, path: str, **query: Any) -> list[Body]:
        rows: list[Body] = self.ask("GET", path, 200, params=query)["results"]
        return rows


@pytest.fixture
def program(token: str, live_server: LiveServer) -> Iterator[Program]:
    told = Program(live_server.url, token)
    yield told
    told.session.close()


@pytest.fixture
def machine(program: Program) -> Body:
    """A virtual machine, made as the Terraform provider makes it."""
    make(Tag, name="Produksi", slug="produksi")
    (tag,) = program.found("extras/tags/", name="Produksi", limit=2)
    nested = {one: tag[one] for one in ("id", "name", "slug", "color")}
    cluster = make(Cluster)
    body = {
        "name": "simpeg-web-1", "cluster": cluster.pk, "vcpus": 2.5, "memory": 2048,
        "status": "active", "comments": "catatan", "tags": [nested], "local_context_data": None,
        "created": None, "last_updated": None,
    }  # fmt: skip
    made: Body = program.ask("POST", "virtualization/virtual-machines/", 201, body)
    return made


def test_terraform_makes_a_machine_and_clears_its_comments(program: Program, machine: Body) -> None:
    assert (machine["vcpus"], machine["tags"][0]["name"]) == (2.5, "Produksi")
    path = f"virtualization/virtual-machines/{machine['id']}/"
    put = {"name": machine["name"], "cluster": machine["cluster"]["id"], "comments": " "}
    assert program.ask("PUT", path, 200, put)["comments"] == ""
    read = program.ask("GET", path, 200)
    assert (read["memory"], [tag["slug"] for tag in read["tags"]]) == (2048, ["produksi"])
    program.ask("DELETE", path, 204)
    program.ask("GET", path, 404)


def test_terraform_gives_a_machine_disks(program: Program, machine: Body) -> None:
    path, mine = "virtualization/virtual-disks/", {"virtual_machine": machine["id"]}
    disk = program.ask("POST", path, 201, {**mine, "name": "vda", "size": 40})
    program.ask("PUT", f"{path}{disk['id']}/", 200, {**mine, "name": "vda", "size": 60})
    read = program.ask("GET", f"virtualization/virtual-machines/{machine['id']}/", 200)
    assert (read["disk"], read["virtual_disk_count"]) == (60, 1)


def test_terraform_takes_the_next_address_and_makes_it_primary(
    program: Program, machine: Body
) -> None:
    prefix = make(Prefix, prefix="10.64.10.0/24")
    nic = {"virtual_machine": machine["id"], "name": "ens3", "enabled": True}
    port = program.ask("POST", "virtualization/interfaces/", 201, nic)
    (given,) = program.ask("POST", f"ipam/prefixes/{prefix.pk}/available-ips/", 201, [{}])
    put = {
        "address": given["address"], "status": "active", "dns_name": "simpeg.example",
        "assigned_object_type": "virtualization.vminterface", "assigned_object_id": port["id"],
    }  # fmt: skip
    program.ask("PUT", f"ipam/ip-addresses/{given['id']}/", 200, put)
    path = f"virtualization/virtual-machines/{machine['id']}/"
    whole = program.ask("GET", path, 200) | {"primary_ip4": given["id"]}
    again = as_written(whole, "cluster", "site", "role", "tenant", "platform", "device")
    assert program.ask("PUT", path, 200, again)["primary_ip"]["address"] == "10.64.10.1/24"


def as_written(read: Body, *references: str) -> Body:
    """An object as it was read, with ids for references and values for choices."""
    body = {name: one["id"] if one else None for name in references for one in [read[name]]}
    return {**read, **body, "status": read["status"]["value"]}


def test_terraform_writes_a_service_over_and_over(program: Program, machine: Body) -> None:
    body = {
        "name": "https", "protocol": "tcp", "ports": [443], "tags": [],
        "parent_object_type": "virtualization.virtualmachine", "parent_object_id": machine["id"],
    }  # fmt: skip
    made = program.ask("POST", "ipam/services/", 201, body)
    put = program.ask("PUT", f"ipam/services/{made['id']}/", 200, {**body, "ports": [443, 8443]})
    assert (put["ports"], put["parent"]["name"]) == ([443, 8443], machine["name"])


def test_netbox_agent_records_a_chassis_and_its_blade(program: Program) -> None:
    site = make(Site, name="Paser", slug="paser")
    frame = make(DeviceType, subdevice_role="parent", u_height=7)
    blade = make(DeviceType, subdevice_role="child", u_height=0)
    outer, inner = (make(Device, site=site, device_type=kind) for kind in (frame, blade))
    assert program.found("dcim/devices/", serial="tidak-ada") == []
    bay = program.ask("POST", "dcim/device-bays/", 201, {"device": outer.pk, "name": "Blade 1"})
    path = f"dcim/device-bays/{bay['id']}/"
    put = program.ask("PATCH", path, 200, {"installed_device": inner.pk})
    assert put["installed_device"]["id"] == inner.pk
    (found,) = program.found("dcim/device-bays/", device_id=outer.pk, name="Blade 1")
    assert found["installed_device"]["id"] == inner.pk


def test_netbox_agent_records_parts_and_cables(program: Program) -> None:
    maker, (near, far) = make(Manufacturer), (make(Interface, name=name) for name in ("a", "b"))
    make(Tag, name="hw:memory", slug="hw-memory")
    part = {
        "device": near.device_id, "manufacturer": maker.pk, "discovered": True, "name": "DIMM",
        "serial": "D1", "tags": [{"name": "hw:memory"}],
    }  # fmt: skip
    assert program.ask("POST", "dcim/inventory-items/", 201, part)["discovered"] is True
    ends = {
        f"{side}_terminations": [{"object_type": "dcim.interface", "object_id": port.pk}]
        for side, port in (("a", near), ("b", far))
    }
    program.ask("POST", "dcim/cables/", 201, ends)
    (read,) = program.found("dcim/interfaces/", device_id=near.device_id, name="a")
    assert [peer["id"] for peer in read["link_peers"]] == [far.pk]


def test_the_library_importer_makes_a_type_with_its_ports(program: Program) -> None:
    maker = make(Manufacturer)
    kind = {"manufacturer": maker.pk, "model": "R760", "slug": "dell-r760", "u_height": 2}
    made = program.ask("POST", "dcim/device-types/", 201, kind)
    make(Interface)
    path = "dcim/interface-templates/"
    assert program.found(path, devicetype_id=made["id"]) == []
    rows = [{"device_type": made["id"], "name": f"e{n}", "type": "1000base-t"} for n in range(3)]
    program.ask("POST", path, 201, rows)
    assert [row["name"] for row in program.found(path, devicetype_id=made["id"])] == [
        "e0", "e1", "e2",
    ]  # fmt: skip


def test_netbox_sdk_reads_what_is_new_only(program: Program) -> None:
    url = f"{program.url}/api/dcim/sites/{make(Site).pk}/"
    tag = program.session.get(url).headers["ETag"]
    again = program.session.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert program.session.patch(url, json={"facility": "B"}).headers["ETag"] != tag
    assert program.session.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_mcp_servers_find_by_text_and_take_few_keys(program: Program) -> None:
    make(Device, name="pdr-h01")
    make(Device, name="pdr-s01")
    shown = program.found("dcim/devices/", q="h01", fields="id,name", limit=5, ordering="-name")
    assert [sorted(one) for one in shown] == [["id", "name"]]
    assert {"id", "url", "display"} <= program.found("dcim/devices/", brief="true")[0].keys()
    kinds = program.found("core/object-types/", limit=100, offset=0)
    assert "/api/plugins/planner/service-apps/" in [one["rest_api_endpoint"] for one in kinds]
