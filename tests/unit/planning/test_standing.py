"""How things stand in the record is what plans of the same record start from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dcim.planning.document import as_is, encode, parse
from dcim.planning.drift.sides import recorded
from dcim.planning.drift.standing import standing
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.rules import violations
from dcim.vocabulary.amounts import Amounts
from tests.snapshots import active, cluster, grant, paser, snapshot, vm

QEMU, CLOUD = "qemu:///system", "openstack://awan.test/v3"


@pytest.mark.parametrize(
    "record",
    [paser(), snapshot(cluster(), active("A"), vm("Server A (lama)", "A/web"), vm("dua"))],
    ids=["paser", "odd names"],
)
def test_it_is_what_a_plan_says_of_how_things_stand(record: Snapshot) -> None:
    stands, planned = standing(record), as_is(plan_reactivation(record))
    assert stands.targets == planned.targets
    assert violations(stands) == []
    assert encode(parse(encode(stands))) == encode(stands)
    assert [recorded(one) for one in stands.targets] == [recorded(one) for one in planned.targets]


@pytest.mark.parametrize(
    ("address", "names"),
    [
        (QEMU, ["web", "web-2", "web-3"]),
        (CLOUD, ["web", "web", "web-2"]),
        ("", ["web", "web", "web-2"]),
    ],
)
def test_machines_on_one_hypervisor_are_called_apart_whatever_their_pool(
    address: str, names: list[str]
) -> None:
    again = f"{address}/" if address == QEMU else address  # the same, spelled otherwise
    pools = (cluster(name="K1", hypervisor=address), cluster(name="K2", hypervisor=again))
    alike = [vm("web", cluster=pool, id=number) for pool, number in (("K1", "1"), ("K2", "2"))]
    record = snapshot(*pools, *alike, vm("Web!", cluster="K2", id="3"))
    stands = standing(record)
    assert sorted(one.name for target in stands.targets for one in target.vms) == names
    assert {one.id: one.name for target in stands.targets for one in target.vms}["1"] == "web"
    assert violations(stands) == []


def test_grants_of_one_provider_share_its_hypervisor() -> None:
    grants = (grant(Amounts(9, 9999, 999), name) for name in ("G1", "G2"))
    alike = (vm("web", cluster=None, allocation=name, id=name) for name in ("G1", "G2"))
    record = snapshot(*grants, *alike)
    providers = tuple(replace(one, hypervisor=QEMU) for one in record.providers)
    stands = standing(replace(record, providers=providers))
    assert [one.name for target in stands.targets for one in target.vms] == ["web", "web-2"]
    assert violations(stands) == []
