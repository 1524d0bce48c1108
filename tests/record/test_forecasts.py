"""The ledgers' past is kept day by day, and what follows from it is shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from dcim.actions.forecasts.snapshots import snapshot_ledgers
from dcim.record.log.changes import current_serial
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.ledger_snapshots import LedgerSnapshot
from tests.factories import make

pytestmark = pytest.mark.django_db
PATH = "/api/plugins/planner/forecast/"


def measured(pool: str, days: int, *, until: date, grows_by: int = 1) -> None:
    """A history made for the test: so many days, growing by so much a day."""
    LedgerSnapshot.objects.bulk_create(
        LedgerSnapshot(
            day=until - timedelta(days=days - 1 - number),
            pool=pool,
            resource_class="VCPU",
            capacity=300,
            used=100 + grows_by * number,
            planned=0,
            reclaimable=0,
        )
        for number in range(days)
    )


def test_a_day_is_kept_once_with_its_last_word() -> None:
    make(Cluster, name="K")
    before = current_serial()
    snapshot_ledgers()
    LedgerSnapshot.objects.update(used=7)
    snapshot_ledgers()
    kept = LedgerSnapshot.objects.filter(pool="cluster:K")
    assert set(kept.values_list("day", "used")) == {(timezone.localdate(), 0)}
    assert kept.count() == 3
    assert current_serial() == before


def test_old_days_are_thinned_out_to_the_first_of_each_month() -> None:
    measured("cluster:GONE", 90, until=timezone.localdate() - timedelta(days=401))
    snapshot_ledgers()
    days = LedgerSnapshot.objects.filter(pool="cluster:GONE").values_list("day", flat=True)
    assert {one.day for one in days} == {1}


def test_api_and_page_tell_when_and_how_sure(admin_client: Client) -> None:
    make(Cluster, name="K")
    measured("cluster:K", 100, until=date(2026, 6, 30))
    [found] = [
        one for one in admin_client.get(PATH).json()["results"] if one["resource_class"] == "VCPU"
    ]
    assert (found["verdict"], found["days"], found["committed"]) == ("runs_full", 100, 199)
    assert found["full_likely"] == "2026-10-09"
    page = admin_client.get("/forecast/").content.decode()
    assert "full between 9 October 2026 and 9 October 2026" in page
    assert "<polygon" in page
    rows = admin_client.get("/forecast/?export=csv").content.decode().splitlines()
    assert "2026-10-09" in rows[1]


def test_what_is_known_of_days_to_come_counts(admin_client: Client) -> None:
    today = timezone.localdate()
    make(Allocation, reference="PDN-1", vcpus=300, valid_until=today + timedelta(days=30))
    measured("allocation:PDN-1", 60, until=today, grows_by=0)
    results = admin_client.get(PATH).json()["results"]
    [found] = [one for one in results if one["resource_class"] == "VCPU"]
    after = (today + timedelta(days=31)).isoformat()
    assert (found["pool"], found["full_likely"]) == ("allocation:PDN-1", after)


def test_without_a_past_it_says_so(
    admin_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    make(Cluster, name="K")
    assert {one["verdict"] for one in admin_client.get(PATH).json()["results"]} == {
        "not_enough_history"
    }
    assert "not enough history: 0 of 56 days" in admin_client.get("/forecast/").content.decode()
    call_command("forecast", pool="cluster:K")
    assert "0 of 56 days" in capsys.readouterr().out
