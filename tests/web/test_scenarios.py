"""Pages of scenarios: rows are added and removed without a script, and the result is told."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.scenarios import Scenario
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user, permit

pytestmark = pytest.mark.django_db
ADD = "/plugins/planner/scenarios/add/"


@pytest.fixture
def cluster(db: None) -> Cluster:
    cluster = make(Cluster, name="KVM", host_failures_to_survive=0, vcpu_allocation_ratio=1)
    make(Device, name="h1", cluster=cluster, cpu_cores=8, memory_mib=16384, storage_gib=500)
    return cluster


def typed(**more: str) -> dict[str, str]:
    return {"name": "dua", "base_date": "2026-12-01", "overlays-rows": "1", **more}


def test_a_row_is_added_filled_in_removed_and_saved_without_a_script(
    admin_client: Client, cluster: Cluster
) -> None:
    more = admin_client.post(ADD, typed(**{"overlays-add": "1", "overlays-new": "add_hosts"}))
    shown = more.content.decode()
    assert more.status_code == 200
    assert 'value="dua"' in shown
    assert 'name="overlays-0-like"' in shown
    row = {
        "overlays-0-entry": "add_hosts", "overlays-0-on": "2027-01-01",
        "overlays-0-cluster": "KVM", "overlays-0-like": "h1", "overlays-0-count": "2",
    }  # fmt: skip
    fewer = admin_client.post(ADD, typed(**row, **{"overlays-remove": "0"})).content.decode()
    assert "overlays-0-entry" not in fewer
    wrong = admin_client.post(ADD, typed(**{**row, "overlays-0-cluster": "X"}))
    assert wrong.status_code == 422
    assert "overlays[0].cluster" in wrong.content.decode()
    assert admin_client.post(ADD, typed(**row)).status_code == 302
    (kept,) = Scenario.objects.get(name="dua").overlays
    assert kept == {
        "kind": "add_hosts", "on": "2027-01-01", "cluster": "KVM", "like": "h1", "count": 2,
    }  # fmt: skip
    edit = admin_client.get(f"{page_of(Scenario.objects.get())}edit/").content.decode()
    assert 'value="2027-01-01"' in edit


def test_the_result_tells_pools_before_and_after_and_when_they_are_full(
    admin_client: Client, cluster: Cluster
) -> None:
    more = {"kind": "add_hosts", "on": "2027-01-01", "cluster": "KVM", "like": "h1"}
    row = make(Scenario, name="satu lagi", base_date="2026-12-01", overlays=[more])
    page = f"{page_of(row)}result/"
    found = admin_client.get(page, {"on": "2027-01-01"}).content.decode()
    assert "0 / 16" in found
    assert "data tercatat" in found
    wrong = admin_client.get(page, {"on": "2026-01-01"})
    assert (wrong.status_code, "2026-12-01" in wrong.content.decode()) == (422, True)
    admin_client.logout()
    admin_client.force_login(permit(make_user(), Scenario))
    assert admin_client.get(page).status_code == 403
