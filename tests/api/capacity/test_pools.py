"""Ledgers, holders, days and what still fits: function, API, command and page tell the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from dcim.planning.capacity.dates import days_of_change
from dcim.planning.capacity.holdings import By, holdings
from dcim.planning.capacity.ledger import ledgers
from dcim.planning.capacity.ledger_answers import (
    answer_of_day,
    answer_of_holding,
    answer_of_ledger,
)
from dcim.planning.load.record import load_snapshot
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.service_apps import ServiceApp, Workload
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db

PLANNER = "/api/plugins/planner"
SIZE = {"cpu_cores": 8, "memory_mib": 16_384, "storage_gib": 500}
ASKED = {"vcpus": "2", "memory_mib": "4096", "storage_gib": "50"}


@pytest.fixture(autouse=True)
def _pools() -> None:
    day = timezone.localdate() + timedelta(days=30)
    cluster = make(Cluster, name="PDR-KVM", host_failures_to_survive=1, step_memory_mib=1024)
    hosts = [make(Device, name=f"h{n}", cluster=cluster, **SIZE) for n in (1, 2)]
    make(Device, name="h3", cluster=cluster, status="planned", service_from=day, **SIZE)
    grant = make(
        Allocation, reference="PDN-1", vcpus=8, memory_mib=8192, storage_gib=40, valid_until=day
    )
    app = make(ServiceApp, code="SIMPEG", status="inactive")
    sizes = {"vcpus": 2, "memory_mib": 2_000, "disk_mb": 9_000}
    machines = [
        make(VirtualMachine, name="m1", cluster=cluster, device=hosts[0], **sizes),
        make(VirtualMachine, name="m2", cluster=cluster, allocation=grant, **sizes),
    ]
    make(Workload, app=app, name="web", virtual_machines=machines[:1])


def by_command(*arguments: str) -> Any:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def results(api: APIClient, path: str, **asked: str) -> Any:
    answer = api.get(f"{PLANNER}/{path}/", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def page_of(path: str, **asked: str) -> str:
    client = Client()
    client.force_login(make_user(f"reader-{len(asked)}", is_superuser=True))
    answer = client.get(path, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_ledgers_are_told_alike(api: APIClient) -> None:
    snapshot = load_snapshot()
    told = [answer_of_ledger(book, snapshot.serial) for book in ledgers(snapshot)]
    assert results(api, "ledgers") == by_command("ledgers") == told
    assert told[0]["odd"] == ["m1", "m2"]
    assert (told[0]["lines"][1]["step_size"], told[0]["lines"][0]["total"]) == (1024, 16)
    assert "m1, m2" in page_of("/pools/")


@pytest.mark.parametrize("by", By)
def test_holders_are_told_alike(api: APIClient, by: By) -> None:
    told = [answer_of_holding(one) for one in holdings(load_snapshot(), by)]
    assert results(api, "holdings", by=by) == by_command("ledgers", "--by", by) == told
    assert all(f">{one['holder']}<" in page_of("/holdings/", by=by) for one in told[-1:])


def test_days_to_come_are_told_alike(api: APIClient) -> None:
    snapshot = load_snapshot()
    told = [answer_of_day(one, snapshot.serial) for one in days_of_change(snapshot)]
    assert results(api, "ledger-days") == by_command("ledgers", "--days") == told
    day = told[0]["day"]
    (book, *_rest) = results(api, "ledgers", on=day)
    assert book == told[0]["ledgers"][0] == by_command("ledgers", "--on", day)[0]
    assert book["lines"][0]["total"] == 24
    assert f"?on={day}" in page_of("/pools/", on=day)


def test_what_fits_is_told_alike(api: APIClient) -> None:
    options: Sequence[str] = ("--vcpus", "2", "--memory-mib", "4096", "--storage-gib", "50")
    told = results(api, "fitting", **ASKED)
    assert told == by_command("fitting", *options)
    assert [(one["pool"], one["count"], one["binding"]) for one in told] == [
        ("cluster:PDR-KVM", 3, "capacity"),
        ("allocation:PDN-1", 0, "max_unit"),
    ]
    assert f"h1: {told[0]['hosts'].get('h1', 0)}" in page_of("/fitting/", **ASKED)


@pytest.mark.parametrize(
    ("path", "asked", "status", "field"),
    [
        ("fitting", {}, 400, "vcpus"),
        ("fitting", {"vcpus": "-1"}, 400, "vcpus"),
        ("fitting", {"vcpus": "1", "pool": "cluster:NOPE"}, 404, "pool"),
        ("holdings", {"by": "colour"}, 400, "by"),
        ("ledgers", {"on": "soon"}, 400, "on"),
        ("ledgers", {"on": "2020-01-01"}, 400, "on"),
        ("ledgers", {"on": "2027-W09-1"}, 400, "on"),
        ("ledgers", {"on": "2027-02-30"}, 400, "on"),
        ("ledgers", {"pool": "cluster:NOPE"}, 404, "pool"),
        ("holdings", {"pool": "PDR-KVM"}, 404, "pool"),
        ("fitting", {"vcpus": "0", "memory_mib": "0"}, 400, "vcpus"),
        ("fitting", {"storage_gib": "9" * 10}, 400, "storage_gib"),
        ("fitting", {"vcpus": "1", "apart": "perhaps"}, 400, "apart"),
        ("rack-ledgers", {"site": "Nowhere"}, 404, "site"),
    ],
)
def test_a_bad_question_is_refused_with_its_field(
    api: APIClient, path: str, asked: dict[str, str], status: int, field: str
) -> None:
    answer = api.get(f"{PLANNER}/{path}/", asked)
    assert answer.status_code == status
    assert field in json.dumps(answer.json())
    client = Client()
    client.force_login(make_user("reader", is_superuser=True))
    if asked and "site" not in asked:
        page = client.get("/pools/" if path == "ledgers" else f"/{path}/", asked)
        assert page.status_code in {status, 422}
        assert 'role="alert"' in page.content.decode()


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["fitting"], "vcpus"),
        (["ledgers", "NOPE"], "NOPE"),
        (["ledgers", "NOPE", "--by", "app"], "NOPE"),
        (["rack_ledgers", "--site", "Nowhere"], "Nowhere"),
    ],
)
def test_a_command_refuses_on_one_line(arguments: list[str], match: str) -> None:
    with pytest.raises(CommandError, match=match):
        call_command(*arguments)


def test_one_pool_is_told_alone(api: APIClient) -> None:
    pool = "allocation:PDN-1"
    (told,) = results(api, "ledgers", pool=pool)
    assert [told] == by_command("ledgers", pool)
    assert told["pool"] == pool


def test_what_never_ends_changes_on_no_day(api: APIClient) -> None:
    Allocation.objects.update(valid_until=date.max)
    Device.objects.filter(name="h1").update(service_until=date.max)
    (day,) = results(api, "ledger-days")
    assert [one["event"] for one in day["changes"]] == ["host_comes"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vcpu_allocation_ratio", 0),
        ("reserved_memory_mib", -1),
        ("step_storage_gib", 0),
        ("min_vcpus", 9),
        ("step_memory_mib", 16_385),
    ],
)
def test_a_cluster_refuses_numbers_that_let_no_machine_in(
    api: APIClient, field: str, value: int
) -> None:
    cluster = Cluster.objects.get(name="PDR-KVM")
    was = getattr(cluster, field)
    answer = api.patch(f"/api/virtualization/clusters/{cluster.pk}/", {field: value}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    cluster.refresh_from_db()
    assert getattr(cluster, field) == was
