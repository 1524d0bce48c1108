"""Whom a new machine sends what goes beyond its network, where the plan does not say."""

from __future__ import annotations

import pytest

from provisioning.provider.on_libvirt.connection import open_connection
from provisioning.provider.on_libvirt.network_xml import network_xml, way_out_of
from provisioning.provider.on_libvirt.networks import way_out
from provisioning.provider.specs import DomainSpec, NetworkSpec

NAT = """
<network><name>apps</name><forward mode='nat'/>
  <ip family='ipv6' address='fd00:64::1' prefix='64'/>
  <ip address='10.64.0.254' netmask='255.255.255.0'/>
</network>
"""
BRIDGE = network_xml(NetworkSpec(name="br0", mode="bridge"))
ISOLATED = network_xml(NetworkSpec(name="lan", cidr="10.9.0.0/24"))


@pytest.mark.parametrize(
    ("xml", "address", "found"),
    [
        (NAT, "10.64.0.12/24", "10.64.0.254"),
        (NAT, "fd00:64::12/64", "fd00:64::1"),
        (NAT, "10.9.0.12/24", ""),
        (BRIDGE, "10.9.0.12/24", "10.9.0.1"),
        (BRIDGE, "10.9.0.1/24", ""),
        (ISOLATED, "10.9.0.12/24", ""),
    ],
)
def test_a_network_leads_out_by_the_hosts_address_or_the_first_of_a_bridge(
    xml: str, address: str, found: str
) -> None:
    assert way_out_of(xml, [address]) == found


@pytest.mark.parametrize(
    ("network", "gateway", "found"),
    [
        ("default", "", "192.168.122.1"),
        ("default", "192.168.122.254", "192.168.122.254"),
        ("br-of-the-host", "", ""),
        (None, "", ""),
    ],
)
def test_the_plan_says_it_or_else_the_network_as_it_stands(
    network: str | None, gateway: str, found: str
) -> None:
    spec = DomainSpec(
        name="simpeg-app-1",
        vcpus=1,
        memory_mib=512,
        volume="default/simpeg-app-1",
        network=network,
        addresses=("192.168.122.9/24",),
        gateway=gateway,
    )
    assert way_out(open_connection("test:///default"), spec) == found
