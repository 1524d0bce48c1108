"""The CD for cloud-init says what the plan says, and nothing that must be kept secret."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO

import pytest
from pycdlib import PyCdlib

from provisioning.provider.checks import faults
from provisioning.provider.on_libvirt.marks import mac_of
from provisioning.provider.on_libvirt.seed import seed_files, seed_iso
from provisioning.provider.specs import DomainSpec, Kind, properties_of

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxhdGloYW4gc2VtYXRh admin@paser"
SPEC = DomainSpec(
    name="simpeg-app-1",
    vcpus=1,
    memory_mib=512,
    volume="default/simpeg-app-1",
    network="apps",
    addresses=("10.64.7.12/24",),
    gateway="10.64.7.1",
    name_servers=("10.64.0.53",),
    ssh_keys=(KEY,),
)


def test_the_guest_is_told_its_place_in_the_network() -> None:
    network = json.loads(seed_files(SPEC)["network-config"])
    assert network["ethernets"]["lan"] == {
        "match": {"macaddress": mac_of(SPEC.name)},
        "addresses": ["10.64.7.12/24"],
        "routes": [{"to": "0.0.0.0/0", "via": "10.64.7.1"}],
        "nameservers": {"addresses": ["10.64.0.53"]},
    }


def test_a_machine_without_address_asks_for_one() -> None:
    network = json.loads(seed_files(replace(SPEC, addresses=()))["network-config"])
    assert network["ethernets"]["lan"]["dhcp4"] is True


def test_the_cd_is_the_one_that_cloud_init_looks_for() -> None:
    image = PyCdlib()
    image.open_fp(BytesIO(seed_iso(SPEC)))
    read = BytesIO()
    image.get_file_from_iso_fp(read, rr_path="/user-data")
    assert image.pvd.volume_identifier.decode().strip() == "cidata"
    assert read.getvalue().startswith(b"#cloud-config\n")
    assert KEY in read.getvalue().decode()
    image.close()


@pytest.mark.parametrize(
    ("field", "value", "way_out"),
    [
        ("ssh_keys", ["-----BEGIN OPENSSH PRIVATE KEY-----"], "Never a private one"),
        ("ssh_keys", [f"{KEY}\nroot"], "public keys, one line each"),
        ("name_servers", ["dns.paser.go.id"], "addresses without a width"),
        ("gateway", "10.64.7.1/24", "addresses without a width"),
    ],
)
def test_what_a_guest_could_not_use_is_refused(field: str, value: object, way_out: str) -> None:
    (fault,) = faults(Kind.DOMAIN, {**properties_of(SPEC), field: value}, {})  # type: ignore[dict-item]  # wrong on purpose
    assert fault.field == field
    assert way_out in fault.reason
