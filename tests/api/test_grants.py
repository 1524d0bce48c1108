"""Grants by the API: a refusal has its figures and names its row; room is committed and drawn."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.commitments import Commitment
from tests.factories import make

pytestmark = pytest.mark.django_db
MACHINES = "/api/virtualization/virtual-machines/"
COMMITMENTS = "/api/plugins/planner/commitments/"


def grant_of(reference: str, vcpus: int) -> Allocation:
    return make(Allocation, reference=reference, vcpus=vcpus, memory_mib=8192, storage_gib=100)


def machine_on(grant: Allocation, vcpus: int, **values: Any) -> VirtualMachine:
    return make(VirtualMachine, allocation=grant, vcpus=vcpus, **values)


def test_a_grant_shows_what_is_drawn_and_takes_no_word_for_it(api: APIClient) -> None:
    grant = grant_of("PDN-1", 8)
    machine_on(grant, 3)
    path = f"/api/plugins/planner/allocations/{grant.pk}/"
    body = api.patch(path, {"used_vcpus": 0, "committed_vcpus": 5}, format="json").json()
    assert (body["used_vcpus"], body["committed_vcpus"]) == (3, 0)


def test_a_refusal_has_its_figures(api: APIClient) -> None:
    grant = grant_of("PDN-1", 8)
    machine = machine_on(grant, 6, name="simpeg-db-1")
    answer = api.patch(f"{MACHINES}{machine.pk}/", {"vcpus": 10}, format="json")
    assert answer.status_code == 409
    body = answer.json()
    assert body.pop("detail").startswith("PDN-1 has 2 VCPU free, and simpeg-db-1 asks for 4 more.")
    assert body == {
        "code": "allocation.quota_exceeded",
        "field": "vcpus",
        "pool": "PDN-1",
        "resource_class": "VCPU",
        "asked": 4,
        "free": 2,
    }


def test_the_row_of_a_set_that_does_not_fit_is_named(api: APIClient) -> None:
    grant, cluster = grant_of("PDN-1", 8), make(Cluster)
    row = {"cluster": cluster.pk, "allocation": grant.pk, "vcpus": 3}
    body = api.post(MACHINES, [{**row, "name": f"m{n}"} for n in range(4)], format="json").json()
    assert (body["index"], body["asked"], body["free"]) == (2, 3, 2)
    machines = [machine_on(grant, 4) for _ in range(2)]
    rows = [{"id": one.pk, "vcpus": 5} for one in machines]
    body = api.patch(MACHINES, rows, format="json").json()
    assert (body["id"], body["asked"], body["free"]) == (machines[0].pk, 1, 0)


def test_machines_swap_full_grants_in_one_set(api: APIClient) -> None:
    grants = [grant_of(name, 4) for name in ("PDN-1", "PDN-2")]
    machines = [machine_on(one, 4) for one in grants]
    empty, full = grant_of("PDN-3", 4), grant_of("PDN-4", 4)
    shrinking, growing = (machine_on(one, 2) for one in (empty, full))
    rows: list[dict[str, Any]] = [
        {"id": one.pk, "allocation": grant.pk}
        for one, grant in zip(machines, reversed(grants), strict=True)
    ]
    assert api.patch(MACHINES, rows, format="json").status_code == 200
    api.patch(f"{MACHINES}{shrinking.pk}/", {"allocation": full.pk}, format="json")
    rows = [{"id": growing.pk, "vcpus": 3}, {"id": shrinking.pk, "vcpus": 1}]
    answer = api.patch(MACHINES, rows, format="json")
    assert [one["allocation"]["id"] for one in answer.json()] == [full.pk] * 2
    drawn = Allocation.objects.order_by("reference").values_list("used_vcpus", flat=True)
    assert list(drawn) == [4, 4, 0, 4]


def test_room_is_committed_drawn_and_released(api: APIClient) -> None:
    grant, machine = grant_of("PDN-1", 8), make(VirtualMachine, vcpus=4)
    row = {"allocation": grant.pk, "vcpus": 6, "description": "pindah dari klaster lama"}
    made = api.post(COMMITMENTS, {**row, "virtual_machine": machine.pk}, format="json").json()
    drawn = api.post(f"{COMMITMENTS}{made['id']}/draw/", {}, format="json")
    assert (drawn.status_code, drawn.json()["id"]) == (200, machine.pk)
    assert api.post(f"{COMMITMENTS}{made['id']}/draw/", {}, format="json").status_code == 404
    named = api.post(COMMITMENTS, {**row, "vcpus": 4, "name": "baru"}, format="json").json()
    body = {"virtual_machine": 999999999}
    path = f"{COMMITMENTS}{named['id']}/draw/"
    assert api.post(path, body, format="json").status_code == 404
    assert api.delete(f"{COMMITMENTS}{named['id']}/").status_code == 204
    assert Commitment.objects.count() == 0


def test_a_grant_that_would_end_before_it_begins_or_be_less_than_nothing_is_refused(
    api: APIClient,
) -> None:
    grant = grant_of("PDN-1", 8)
    path = f"/api/plugins/planner/allocations/{grant.pk}/"
    wrong = {"valid_from": "2027-01-01", "valid_until": "2026-01-01"}
    assert "valid_until" in api.patch(path, wrong, format="json").json()
    assert "vcpus" in api.patch(path, {"vcpus": -1}, format="json").json()
