"""How many hosts a cluster needs."""

from __future__ import annotations

from decimal import Decimal

from dcim.graph.capacity import ClusterLoad, hosts_needed
from dcim.vocabulary.amounts import Amounts, ResourceClass

RATIOS = {ResourceClass.VCPU: Decimal(4), ResourceClass.MEMORY_MIB: Decimal(1)}
HOSTS = [Amounts(16, 64_000, 0)] * 4


def needed(used: Amounts, hosts: list[Amounts] = HOSTS, reserved: Amounts | None = None) -> int:
    return hosts_needed(ClusterLoad(hosts, used, RATIOS, reserved or Amounts()))


def test_the_class_that_needs_most_hosts_counts() -> None:
    assert needed(Amounts(vcpus=64, memory_mib=130_000)) == 3


def test_a_cluster_without_load_needs_one_host() -> None:
    assert needed(Amounts()) == 1


def test_the_smallest_hosts_are_counted_on() -> None:
    assert needed(Amounts(memory_mib=64_000), [*HOSTS, Amounts(16, 32_000, 0)]) == 2


def test_the_reserve_is_not_for_machines() -> None:
    assert needed(Amounts(memory_mib=128_000), reserved=Amounts(memory_mib=1)) == 3


def test_more_than_all_hosts_carry_needs_all() -> None:
    assert needed(Amounts(memory_mib=999_000)) == 4


def test_a_class_that_no_host_states_is_left_out() -> None:
    assert needed(Amounts(storage_gib=100)) == 1
