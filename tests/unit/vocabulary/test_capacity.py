"""Capacity is the same number wherever it is counted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template

from dcim.graph.capacity import ClusterLoad, hosts_needed
from dcim.planning.capacity.ledger import Inventory
from dcim.planning.capacity.rooms import host_rooms
from dcim.planning.document import CapacityLine
from dcim.planning.estate import Cluster, Host
from dcim.vocabulary.amounts import Amounts, ResourceClass, capacity
from dcim.vocabulary.choices import DeviceStatus

VCPU = ResourceClass.VCPU


@pytest.mark.parametrize(
    ("total", "reserved", "ratio", "expected"),
    [(100, 0, 1.15, 115), (10, 4, 4.0, 24), (3, 0, 1.5, 4), (2**60 + 1, 0, 1.0, 2**60 + 1)],
)
def test_nothing_is_lost_to_binary_fractions(
    total: int, reserved: int, ratio: float, expected: int
) -> None:
    assert capacity(total, reserved, ratio) == capacity(total, reserved, Decimal(str(ratio)))
    assert capacity(total, reserved, ratio) == expected


@pytest.mark.parametrize("hundredths", range(1, 500))
def test_100_units_have_as_many_as_the_ratio_has_hundredths(hundredths: int) -> None:
    assert capacity(100, 0, hundredths / 100) == hundredths


def test_a_reserve_larger_than_the_total_leaves_less_than_nothing() -> None:
    assert capacity(1, 2, 1.5) == -2


def test_ledgers_documents_hosts_and_graph_agree() -> None:
    host = Host(name="h", status=DeviceStatus.ACTIVE, amounts=Amounts(vcpus=100))
    cluster = Cluster(name="K", vcpu_allocation_ratio=1.15, hosts=(host,))
    counted = {
        Inventory(resource_class=VCPU, total=100, allocation_ratio=1.15).capacity,
        CapacityLine(resource_class=VCPU, total=100, allocation_ratio=1.15).capacity,
        host_rooms(cluster, {})["h"].vcpus,
    }
    load = ClusterLoad([host.amounts] * 2, Amounts(vcpus=115), {VCPU: Decimal("1.15")})
    assert (counted, hosts_needed(load)) == ({115}, 1)


def test_only_classes_are_items_so_that_templates_read_the_attributes() -> None:
    shown = Template("{{ asked.vcpus }} {{ asked.memory_mib }} {{ asked.storage_gib }}")
    assert shown.render(Context({"asked": Amounts(2, 4096, 60)})) == "2 4096 60"
