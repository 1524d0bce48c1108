"""Many writers at once are never given the same thing."""

from __future__ import annotations

import pytest

from dcim.actions.available import give_addresses, give_prefixes, give_vlans
from dcim.record.ipam import IPAddress, Prefix
from dcim.record.vlans import VLAN, VLANGroup
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
