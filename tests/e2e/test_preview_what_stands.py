"""The real engine previews plans over ordinary records, however odd what stands there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dcim.planning.document import PlanDocument
from dcim.planning.estate import PoolNetwork
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.vocabulary.amounts import Amounts
from provisioning.engine.report import Action, Counts
from provisioning.engine.run import run
from tests.snapshots import app, cluster, snapshot, vm

pytestmark = [pytest.mark.engine, pytest.mark.slow]

NETWORKS = (
    PoolNetwork(name="server", cidr="10.64.0.0/16", vlan=10),
    PoolNetwork(name="Server VLAN", cidr="10.64.10.0/24", vlan=20),
    PoolNetwork(name="loopback", cidr="10.64.10.1/32"),
)
STANDS = (
    vm("no size", amounts=Amounts()),
    vm("Server Web 01 (lama)", network="Server VLAN", addresses=("10.64.10.5/24", "10.64.0.5/16")),
    vm("web", id="1", network="server", addresses=("10.64.0.9/16",)),
    vm("web", id="2", network="server", addresses=("10.64.0.9/16",)),
    vm("giant", amounts=Amounts(999, 2**30, 1)),
)


def plan_for(hypervisor: str) -> PlanDocument:
    """Everything odd stands on one cluster, and SIPP comes back on another."""
    odd = cluster(Amounts(8, 8192, 100), networks=NETWORKS)
    free = cluster(Amounts(8, 8192, 100), name="LVM")
    plan = plan_reactivation(snapshot(app("SIPP"), odd, free, *STANDS))
    return replace(plan, targets=tuple(replace(t, hypervisor=hypervisor) for t in plan.targets))


@pytest.mark.parametrize("hypervisor", ["", "test:///default"], ids=["rehearsal", "libvirt"])
def test_what_stands_blocks_no_preview(
    hypervisor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    report = run(plan_for(hypervisor), Action.PREVIEW)
    assert report.counts == Counts(create=2, same=2 * len(STANDS) + len(NETWORKS))
    assert report.exit_code == 2
