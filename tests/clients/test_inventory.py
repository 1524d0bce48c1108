"""The inventory plugin netbox.netbox.nb_inventory against a running server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dcim.actions.accounts.users import create_token
from dcim.record.equipment.devices import Device, Interface
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.account import TokenVersion, User
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from tests.clients.ansible import Ansible
from tests.factories import TESTER, make

pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture
def room(transactional_db: None) -> None:
    """A host in a rack with an address, and a machine on it."""
    site = make(Site, name="Paser", slug="paser")
    rack = make(Rack, name="R01", site=site)
    cluster = make(Cluster, name="Paser", site=site)
    host = make(Device, name="pdr-h01", site=site, rack=rack, cluster=cluster)
    address = make(IPAddress, address="10.64.10.5/24", interface=make(Interface, device=host))
    host.primary_ip4 = address
    host.save()
    make(VirtualMachine, name="simpeg-web-1", cluster=cluster, device=host)


def test_hosts_and_machines_come_with_their_addresses(ansible: Ansible, room: None) -> None:
    found = ansible.inventory({})
    hosts = found["_meta"]["hostvars"]
    assert set(hosts) == {"pdr-h01", "simpeg-web-1"}
    assert hosts["pdr-h01"]["ansible_host"] == "10.64.10.5"
    assert hosts["pdr-h01"]["sites"] == ["paser"]


EVERY_GROUP = (
    "site", "site_group", "region", "location", "tenant", "rack", "rack_role",
    "role", "device_type", "manufacturer", "platform", "cluster", "cluster_type",
    "cluster_group", "status", "is_virtual", "tag", "services", "facility", "time_zone",
    "utc_offset",
)  # fmt: skip


def test_every_way_of_grouping_works(ansible: Ansible, room: None) -> None:
    options: dict[str, Any] = {
        "group_by": list(EVERY_GROUP),
        "plurals": False,
        "config_context": True,
        "flatten_config_context": True,
        "interfaces": True,
        "services": True,
        "virtual_disks": True,
        "dns_name": True,
        "site_data": True,
        "prefixes": True,
    }
    found = ansible.inventory(options)
    assert found["site_paser"]["hosts"] == ["pdr-h01", "simpeg-web-1"]
    assert found["rack_R01"]["hosts"] == ["pdr-h01"]
    (nic,) = found["_meta"]["hostvars"]["pdr-h01"]["interfaces"]
    assert nic["ip_addresses"][0]["address"] == "10.64.10.5/24"


def test_a_filter_of_the_query_reaches_the_server(ansible: Ansible, room: None) -> None:
    found = ansible.inventory({"query_filters": [{"name": "pdr-h01"}], "fetch_all": False})
    assert set(found["_meta"]["hostvars"]) == {"pdr-h01"}


def test_a_token_of_the_first_kind_reads_the_same(ansible: Ansible, room: None) -> None:
    user = User.objects.get(api_tokens__isnull=False)
    old = replace(ansible, token=create_token(user, by=TESTER, version=TokenVersion.V1))
    assert old.inventory({}) == ansible.inventory({})


def test_hosts_and_machines_have_filters_of_their_own(ansible: Ansible, room: None) -> None:
    options: dict[str, Any] = {
        "fetch_all": False,
        "racks": False,
        "interfaces": True,
        "services": True,
        "device_query_filters": [{"has_primary_ip": "true"}, {"site": "paser"}],
        "vm_query_filters": [{"cluster": "Paser"}, {"name__n": "simpeg-web-1"}],
    }
    found = ansible.inventory(options)["_meta"]["hostvars"]
    assert list(found) == ["pdr-h01"]
    assert found["pdr-h01"]["interfaces"][0]["ip_addresses"][0]["address"] == "10.64.10.5/24"
    assert "racks" not in found["pdr-h01"]
