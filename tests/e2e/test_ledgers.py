"""Ledgers of the sample: function, API, command and page give the same figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker
from rest_framework.test import APIClient

from dcim.planning.capacity.dates import on_day
from dcim.planning.capacity.fitting import Fitting
from dcim.planning.capacity.holdings import By, holdings
from dcim.planning.capacity.ledger import ledgers
from dcim.planning.capacity.ledger_answers import answer_of_holding, answer_of_ledger
from dcim.planning.capacity.n_plus_one import n_plus_one
from dcim.planning.capacity.n_plus_one_answers import answer_of_survival
from dcim.planning.load.record import load_snapshot
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster
from dcim.vocabulary.amounts import ResourceClass
from dcim.web.values.amounts import WRITTEN
from tests.api.clients import client_of
from tests.factories import make_user
from tests.loaded_sample import loaded_sample, told

PLANNER = "/api/plugins/planner"
FIGURES = ("used", "planned", "reclaimable")
SIZE = {"vcpus": "4", "memory_mib": "8192", "storage_gib": "100", "apart": "true"}
TYPE = "server-2u"


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The loaded sample, one host of which goes in a month; taken back after the module's tests."""
    with loaded_sample(django_db_blocker):
        last = timezone.localdate() + timedelta(days=30)
        Device.objects.filter(name="PDR-H01").update(service_until=last)
        yield


@pytest.fixture(autouse=True)
def record(sample: None, db: None) -> None:
    """Each test sees the loaded sample."""


@pytest.fixture
def api() -> APIClient:
    return client_of(make_user("sri", is_superuser=True))


def answer(api: APIClient, path: str, **asked: str) -> list[Any]:
    got = api.get(f"{PLANNER}/{path}/", {"limit": "0", **asked})
    assert got.status_code == 200, got.json()
    return list(got.json()["results"])


def shown(client: Client, path: str, **asked: str) -> Any:
    """What a page shows, all of its leaves, by its context."""
    got = client.get(f"/{path}/", asked)
    assert got.status_code == 200
    return got.context


def leaves(client: Client, path: str, **asked: str) -> Iterator[Any]:
    """The rows that a page shows, leaf by leaf."""
    at = 1
    while at:
        context = shown(client, path, **asked, page=str(at))
        yield from context["shown"]
        at = at + 1 if context["rows"].has_next() else 0


def written(line: dict[str, Any]) -> list[str]:
    """The figures of a line of the API as a page writes them."""
    write = WRITTEN[ResourceClass(line["resource_class"])]
    names = ("total", "reserved", "min_unit", "max_unit", "step_size", "capacity", *FIGURES, "free")
    return [write(line[name]) for name in names]


@pytest.mark.parametrize("days", [0, 31, 3650])
def test_ledgers_of_a_day_are_the_same_everywhere(
    days: int, api: APIClient, admin_client: Client
) -> None:
    day = timezone.localdate() + timedelta(days=days)
    snapshot = load_snapshot()
    by_function = [answer_of_ledger(one, snapshot.serial) for one in ledgers(on_day(snapshot, day))]
    by_api = answer(api, "ledgers", on=day.isoformat())
    assert by_api == told("ledgers", "--on", day.isoformat()) == by_function
    assert len(by_api) == len(snapshot.pools) > 4
    page = shown(admin_client, "pools", on=day.isoformat())
    pools = {one.name: one for one in page["pools"]}
    for book in by_api:
        pool = pools.pop(book["pool"].partition(":")[2], None)
        if pool is None:  # without room it has no figures
            assert not any(line["total"] or line["used"] for line in book["lines"])
            continue
        bars = [
            [
                *(one.total, one.reserved, one.min_unit, one.max_unit, one.step_size),
                *(one.bar.capacity, *(getattr(one.bar, name) for name in FIGURES), one.bar.free),
            ]
            for one in pool.lines
        ]
        assert bars == [written(line) for line in book["lines"]]
    assert not pools


def test_a_host_that_goes_takes_its_room_along(api: APIClient) -> None:
    later = (timezone.localdate() + timedelta(days=31)).isoformat()
    now, then = (
        {one["pool"]: one["lines"] for one in answer(api, "ledgers", **asked)}
        for asked in ({}, {"on": later})
    )
    gone = Device.objects.get(name="PDR-H01").capacity
    pool = "cluster:PDR-KVM"
    lost = [was["total"] - left["total"] for was, left in zip(now[pool], then[pool], strict=True)]
    assert lost == [gone.vcpus, gone.memory_mib, gone.storage_gib]
    assert later in {one["day"] for one in told("ledgers", "--days")}
    assert answer(api, "ledger-days") == told("ledgers", "--days")


@pytest.mark.parametrize("by", By)
def test_holders_are_the_same_everywhere_and_add_up_to_the_ledgers(
    by: By, api: APIClient, admin_client: Client
) -> None:
    by_api = answer(api, "holdings", by=by)
    assert by_api == told("ledgers", "--by", by)
    assert by_api == [answer_of_holding(one) for one in holdings(load_snapshot(), by)]
    rows = [(one.pool, one.holder, one.cells) for one in leaves(admin_client, "holdings", by=by)]
    assert rows == [(one["pool"], one["holder"], cells(one)) for one in by_api]
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in by_api:
        for name in FIGURES:
            for kind, amount in one[name].items():
                sums[one["pool"], kind, name] += amount
    for book in answer(api, "ledgers"):
        for line in book["lines"]:
            for name in FIGURES:
                assert line[name] == sums[book["pool"], line["resource_class"], name]


def cells(one: dict[str, Any]) -> list[tuple[str, ...]]:
    """The figures of a holding as its page writes them."""
    return [
        tuple(WRITTEN[kind](one[name][kind.value]) for name in ("used", "planned", "reclaimable"))
        for kind in ResourceClass
    ]


def test_racks_are_the_same_everywhere(api: APIClient, admin_client: Client) -> None:
    by_api = answer(api, "rack-ledgers", device_type=TYPE)
    assert by_api == told("rack_ledgers", "--device-type", TYPE)
    assert any(one["place"]["fits"] for one in by_api)
    assert sum(one["drawn_w"] for one in by_api) > 0
    rows = list(leaves(admin_client, "rack-ledgers", device_type=TYPE))
    assert [
        (
            row["rack"].name,
            dict(row["ledger"].free_units),
            dict(row["ledger"].largest_gap),
            row["weight_kg"] * 1000,
            row["ledger"].power_free_w,
            [(load.feed.name, load.drawn_w) for load in row["ledger"].loads],
            row["place"].unit,
        )
        for row in rows
    ] == [
        (
            one["rack"],
            one["free_units"],
            one["largest_gap"],
            one["weight_g"],
            one["power_free_w"],
            [(feed["name"], feed["drawn_w"]) for feed in one["feeds"]],
            one["place"]["unit"],
        )
        for one in by_api
    ]


def test_losses_of_hosts_are_the_same_everywhere(api: APIClient, admin_client: Client) -> None:
    snapshot = load_snapshot()
    found = {one.cluster: one for one in n_plus_one(snapshot)}
    by_api = answer(api, "n-plus-one")
    assert by_api == told("n_plus_one")
    assert {one["cluster"]: one["verdict"] for one in by_api} == {
        name: one.verdict.value for name, one in found.items()
    }
    for name, one in found.items():
        plain = name.partition(":")[2]
        (named,) = answer(api, "n-plus-one", cluster=plain)
        assert [named] == told("n_plus_one", plain)
        assert named == answer_of_survival(one, snapshot.serial)
        page = shown(admin_client, "n-plus-one", cluster=plain)["one"]
        moves = [(loss.loss.hosts, len(loss.loss.moves)) for loss in page.losses]
        assert moves == [(tuple(loss["hosts"]), len(loss["moves"])) for loss in named["losses"]]
        assert sum(count for _hosts, count in moves) > 0


def test_what_fits_is_the_same_everywhere(api: APIClient, admin_client: Client) -> None:
    by_api = answer(api, "fitting", **SIZE)
    size = ("--vcpus", "4", "--memory-mib", "8192", "--storage-gib", "100", "--apart")
    assert by_api == told("fitting", *size)
    rows: list[tuple[Fitting, str]] = list(leaves(admin_client, "fitting", **SIZE))
    assert [(one.pool, one.count, one.at_most, dict(one.hosts)) for one, _why in rows] == [
        (one["pool"], one["count"], one["at_most"], one["hosts"]) for one in by_api
    ]
    local = next(one for one in by_api if one["pool"] == "cluster:PDR-KVM")
    hosts = Cluster.objects.get(name="PDR-KVM").devices.count()
    assert 0 < local["count"] <= hosts
    assert local["count"] == sum(local["hosts"].values())
