"""Record, hypervisor and state where a machine or network has several of something."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from dcim.planning.document import Network
from dcim.planning.drift.comparison import compare
from provisioning.provider.specs import Kind, Plain, Properties
from provisioning.runs.drift.sides import sides_of
from tests.plan_documents import target, vm

if TYPE_CHECKING:
    from provisioning.program.standing import State
    from provisioning.provider.driver import Driver

NAME = "banyak-db-1"


class Seeing:
    """A hypervisor of one machine and one network."""

    def __init__(self, **seen: Plain) -> None:
        self.of: dict[Kind, Properties] = {
            Kind.DOMAIN: {"name": NAME, **seen},
            Kind.NETWORK: {"mode": "nat", **seen},
        }

    def read(self, kind: Kind, _identity: str) -> Properties | None:
        return self.of.get(kind)

    def beside(self, _machine: str, _volume: str) -> int:
        return 0


@pytest.mark.parametrize(("network", "cidr"), [("apps", "10.64.0.0/24"), (None, None)])
def test_what_is_the_records_by_one_of_several_is_no_drift(
    network: str | None, cidr: str | None
) -> None:
    several: dict[str, Plain] = {"network": "kelola", "networks": ["kelola", "apps"]}
    ranges: dict[str, Plain] = {"cidr": "fd00::/64", "cidrs": ["fd00::/64", "10.64.0.0/24"]}
    machine = {"type": Kind.DOMAIN, "urn": f"::{NAME}", "outputs": {"name": NAME, **several}}
    net = {
        "type": Kind.NETWORK,
        "urn": "::apps",
        "outputs": {"mode": "nat", "vlan": None, **ranges},
    }
    there = target(
        vms=(vm(NAME, network=network),),
        networks=(Network(name="apps", mode="", cidr=cidr, vlan=10),),
    )
    state = cast("State", {"resources": [machine, net]})
    driver = cast("Driver", Seeing(**several, **ranges))
    assert compare(sides_of(there, state, driver, [NAME])) == ()
    off = cast("Driver", Seeing(network="kelola", networks=["kelola", "lain"], **ranges))
    found = [one.field for one in compare(sides_of(there, state, off, [NAME]))]
    assert found == (["network"] if network else [])
    spelled = cast("Driver", Seeing(**several, **ranges, name=NAME.upper()))
    found = [one.field for one in compare(sides_of(there, state, spelled, [NAME.upper()]))]
    assert found == ["name"]
