"""What a new machine reads at its first start (cloud-init's NoCloud): a small CD, as bytes.

It says who the machine is, which addresses it has and which public keys may log in. It holds no
secret: nobody gets a password by it.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import Final

from provisioning.provider.on_libvirt.marks import mac_of
from provisioning.provider.specs import DomainSpec, Plain

LABEL: Final = "cidata"  # how cloud-init knows the CD


def seed_iso(spec: DomainSpec) -> bytes:
    """The CD for the machine of `spec`; the same spec gives the same files."""
    from pycdlib import PyCdlib

    image = PyCdlib()
    image.new(interchange_level=3, vol_ident=LABEL, joliet=3, rock_ridge="1.09")
    for number, (name, text) in enumerate(seed_files(spec).items()):
        data = text.encode()
        image.add_fp(
            BytesIO(data),
            len(data),
            f"/FILE{number}.;1",
            rr_name=name,
            joliet_path=f"/{name}",
        )
    whole = BytesIO()
    image.write_fp(whole)
    image.close()
    return whole.getvalue()


def seed_files(spec: DomainSpec) -> dict[str, str]:
    """The files of the CD by name. JSON is YAML as well, and needs no rules for quotes."""
    meta: dict[str, Plain] = {"instance-id": spec.name, "local-hostname": spec.name}
    user: dict[str, Plain] = {"hostname": spec.name, "growpart": {"mode": "auto"}}
    if spec.ssh_keys:
        user["ssh_authorized_keys"] = [*spec.ssh_keys]
    return {
        "meta-data": json.dumps(meta),
        "user-data": f"#cloud-config\n{json.dumps(user)}",
        "network-config": json.dumps(_network(spec)),
    }


def _network(spec: DomainSpec) -> dict[str, Plain]:
    """Version 2 of cloud-init's form: the interface is known by its MAC address, not by a name."""
    if not spec.network:
        return {"version": 2}
    interface: dict[str, Plain] = {"match": {"macaddress": mac_of(spec.name)}}
    if spec.addresses:
        interface["addresses"] = [*spec.addresses]
    else:
        interface["dhcp4"] = True
    if spec.gateway:
        interface["routes"] = [
            {"to": "0.0.0.0/0" if "." in spec.gateway else "::/0", "via": spec.gateway}
        ]
    if spec.name_servers:
        interface["nameservers"] = {"addresses": [*spec.name_servers]}
    return {"version": 2, "ethernets": {"lan": interface}}
