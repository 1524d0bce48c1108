"""Filters that no field has by itself and NetBox's clients use."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from dcim.actions import record
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import Cluster, ClusterType, VirtualMachine
from tests.api.examples import end_of
from tests.factories import TESTER, make

pytestmark = pytest.mark.django_db


def shown(api: APIClient, path: str, query: str, field: str) -> list[str]:
    answer = api.get(f"/api/{path}/?{query}")
    assert answer.status_code == 200, answer.json()
    return [row[field] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "prefixes"),
    [
        ("within=10.0.0.0/8", ["10.64.0.0/16", "10.64.10.0/24"]),
        ("within_include=10.0.0.0/8", ["10.0.0.0/8", "10.64.0.0/16", "10.64.10.0/24"]),
        ("within=10.64.0.0/16&within=2001:db8::/16", ["10.64.10.0/24", "2001:db8::/64"]),
        ("contains=10.64.0.0/16", ["10.0.0.0/8", "10.64.0.0/16"]),
        ("contains=10.64.10.9", ["10.0.0.0/8", "10.64.0.0/16", "10.64.10.0/24"]),
        ("contains=192.0.2.1", []),
    ],
)
def test_prefixes_inside_and_around(api: APIClient, query: str, prefixes: list[str]) -> None:
    for prefix in ("10.0.0.0/8", "10.64.0.0/16", "10.64.10.0/24", "2001:db8::/64"):
        make(Prefix, prefix=prefix)
    assert shown(api, "ipam/prefixes", query, "prefix") == prefixes


@pytest.mark.parametrize(
    ("query", "addresses"),
    [
        ("parent=10.64.10.0/24", ["10.64.10.5/24", "10.64.10.6/24"]),
        ("parent=2001:db8::/32", ["2001:db8::5/64"]),
        ("address=10.64.10.5/24", ["10.64.10.5/24"]),
        ("address=10.64.10.5", ["10.64.10.5/24"]),
        ("address=10.64.10.5&address=2001:db8:0::5", ["10.64.10.5/24", "2001:db8::5/64"]),
        ("address=10.64.10.5/32", []),
        ("address=nonsense", []),
        ("assigned_to_interface=false", ["10.64.10.5/24", "10.64.10.6/24", "2001:db8::5/64"]),
        ("assigned_to_interface=true", []),
    ],
)
def test_addresses_inside_and_as_written(api: APIClient, query: str, addresses: list[str]) -> None:
    for address in ("10.64.10.5/24", "10.64.10.6/24", "2001:db8::5/64"):
        make(IPAddress, address=address)
    assert shown(api, "ipam/ip-addresses", query, "address") == addresses


def test_a_network_that_is_none_is_named(api: APIClient) -> None:
    for path, field in (("prefixes", "within"), ("ip-addresses", "parent")):
        answer = api.get(f"/api/ipam/{path}/?{field}=paser")
        assert (answer.status_code, list(answer.json())) == (400, [field])


def test_addresses_of_devices_and_machines(api: APIClient) -> None:
    port = make(Interface, device=make(Device, name="pdr-h01"))
    own = make(VMInterface, virtual_machine=make(VirtualMachine, name="simpeg-app-1"))
    make(IPAddress, address="10.0.0.1/24", interface=port)
    make(IPAddress, address="10.0.0.2/24", vm_interface=own)
    for query in ("device=pdr-h01", f"device_id={port.device_id}", f"interface_id={port.pk}"):
        assert shown(api, "ipam/ip-addresses", query, "address") == ["10.0.0.1/24"]
    for query in (
        "virtual_machine=simpeg-app-1",
        f"virtual_machine_id={own.virtual_machine_id}",
        f"vminterface_id={own.pk}",
    ):
        assert shown(api, "ipam/ip-addresses", query, "address") == ["10.0.0.2/24"]


def test_devices_and_machines_by_what_they_are_made_of(api: APIClient) -> None:
    device = make(Device, name="pdr-h01")
    own = make(IPAddress, interface=make(Interface, device=device))
    record.update(device, {"primary_ip4": own}, by=TESTER)
    kind = make(ClusterType)
    make(VirtualMachine, name="simpeg-app-1", cluster=make(Cluster, type=kind))
    make(Device, name="other"), make(VirtualMachine, name="other")
    maker = device.device_type.manufacturer
    for query in (f"manufacturer={maker.slug}", f"manufacturer_id={maker.pk}", "has_primary_ip=1"):
        assert shown(api, "dcim/devices", query, "name") == ["pdr-h01"]
    machines = "virtualization/virtual-machines"
    for query in (f"cluster_type={kind.slug}", f"cluster_type_id={kind.pk}"):
        assert shown(api, machines, query, "name") == ["simpeg-app-1"]
    assert shown(api, machines, "has_primary_ip=true", "name") == []


def test_endpoints_with_and_without_a_cable(api: APIClient) -> None:
    a, b = make(Interface, name="a"), make(Interface, name="b")
    make(Interface, name="free")
    ends = {"a_terminations": end_of(a), "b_terminations": end_of(b)}
    api.post("/api/dcim/cables/", ends, format="json")
    assert Cable.objects.count() == 1
    assert shown(api, "dcim/interfaces", "cabled=true&ordering=name", "name") == ["a", "b"]
    assert shown(api, "dcim/interfaces", "cabled=false", "name") == ["free"]


@pytest.mark.parametrize("path", ["dcim/interfaces", "virtualization/interfaces"])
def test_a_vlan_that_is_no_number_is_named(api: APIClient, path: str) -> None:
    for name in ("vlan", "vlan_id"):
        answer = api.get(f"/api/{path}/?{name}=kantor")
        assert (answer.status_code, list(answer.json())) == (400, [name])
