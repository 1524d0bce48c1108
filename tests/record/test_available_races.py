"""Many writers at once are never given the same thing."""

from __future__ import annotations

import pytest

from dcim.actions import record
from dcim.actions.available import give_addresses, give_prefixes, give_vlans
from dcim.record.networks.ipam import VRF, IPAddress, Prefix
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN, VLANGroup
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import InUse, InvalidInput
from tests.factories import TESTER, make
from tests.record.test_races import race

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 32


def test_no_address_is_given_twice_even_from_networks_inside_one_another() -> None:
    outer, inner = make(Prefix, prefix="10.1.0.0/16"), make(Prefix, prefix="10.1.0.0/24")
    sources = [outer, inner] * (WRITERS // 2)
    deeds = [lambda one=one: give_addresses(one, [{}], by=TESTER) for one in sources]
    assert race(*deeds) == []
    assert len(set(IPAddress.objects.values_list("host_key", flat=True))) == WRITERS


def test_no_prefix_is_given_twice() -> None:
    outer = make(Prefix, prefix="10.1.0.0/16")
    deeds = [lambda: give_prefixes(outer, [{}], [24], by=TESTER)] * WRITERS
    assert race(*deeds) == []
    assert len(set(Prefix.objects.values_list("prefix", flat=True))) == WRITERS + 1


def test_no_vlan_is_given_twice_and_no_more_than_there_are() -> None:
    group = make(VLANGroup, vid_ranges=[[1, WRITERS - 2]])
    deeds = [lambda n=n: give_vlans(group, [{"name": f"v{n}"}], by=TESTER) for n in range(WRITERS)]
    assert [err.code for err in race(*deeds)] == ["capacity.does_not_fit"] * 2
    assert sorted(VLAN.objects.values_list("vid", flat=True)) == list(range(1, WRITERS - 1))


def test_an_address_does_not_move_while_it_is_made_a_primary_one() -> None:
    ours, theirs = make(VMInterface), make(VMInterface)
    address = make(IPAddress, vm_interface=ours)
    refused = race(
        lambda: record.update(address, {"vm_interface": theirs}, by=TESTER),
        lambda: record.update(ours.virtual_machine, {"primary_ip4": address}, by=TESTER),
    )
    assert [err.code for err in refused] == ["input.invalid"]


def test_a_group_keeps_the_numbers_of_its_vlans() -> None:
    group = make(VLANGroup)
    make(VLAN, group=group, vid=7)
    with pytest.raises(InvalidInput):
        record.update(group, {"vid_ranges": [[10, 20]]}, by=TESTER)


def test_a_table_is_told_that_it_has_an_address_twice() -> None:
    table = make(VRF, enforce_unique=False)
    for _ in range(2):
        make(IPAddress, vrf=table, address="10.9.0.1/24")
    with pytest.raises(InvalidInput):
        record.update(table, {"enforce_unique": True}, by=TESTER)


def test_an_address_that_comes_while_its_table_begins_to_want_each_once() -> None:
    table = make(VRF, enforce_unique=False)
    make(IPAddress, vrf=table, address="10.9.0.1/24")
    row = {"vrf": table, "address": "10.9.0.1/24"}
    refused = race(
        lambda: record.update(table, {"enforce_unique": True}, by=TESTER),
        lambda: record.create(IPAddress, row, by=TESTER),
    )
    assert [err.code for err in refused] == ["input.invalid"]


def test_of_a_host_not_one_address_is_shared_and_another_its_own() -> None:
    row = {"address": "10.9.0.1/24"}
    refused = race(
        lambda: record.create(IPAddress, row, by=TESTER),
        lambda: record.create(IPAddress, {**row, "role": "vip"}, by=TESTER),
    )
    assert [err.code for err in refused] == ["input.invalid"]
    assert IPAddress.objects.count() == 1


def test_a_cluster_does_not_leave_its_machines_behind() -> None:
    cluster = make(Cluster)
    machine = make(VirtualMachine, name="db-1", site=make(Site), cluster=cluster)
    with pytest.raises(InUse, match="db-1"):
        record.update(cluster, {"site": make(Site)}, by=TESTER)
    record.update(cluster, {"site": machine.site}, by=TESTER)
