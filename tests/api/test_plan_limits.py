"""Plans that are limited: half-solved ones say their gap, impossible limits are refused."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.actions.plans.making import store_plan
from dcim.planning.document import Objective
from dcim.planning.snapshot import encode
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan
from dcim.web.values.addresses import page_of
from tests.factories import TESTER, make
from tests.hard_snapshots import fragments
from tests.plan_documents import document

pytestmark = pytest.mark.django_db
MAKE = "/plugins/planner/plans/make/"


def planned(*words: str) -> str:
    out = StringIO()
    call_command("plan", *words, stdout=out)
    return out.getvalue()


def test_a_half_solved_plan_says_its_gap_on_its_page_in_the_api_and_by_the_command(
    admin_client: Client, api: APIClient, tmp_path: Path
) -> None:
    reached = Objective(revived_weight=300, bound=400, gap=0.25, limit_s=0.5)
    plan = store_plan(replace(document(), objective=reached, digest=""), by=TESTER)
    page = admin_client.get(page_of(plan)).content.decode()
    assert "Setengah terselesaikan" in page
    assert "25 %" in page
    assert "Setelah 0,5 detik per tahap" in page
    told = api.get(f"/api/plugins/planner/plans/{plan.pk}/").json()["objective"]
    assert (told["proved"], told["gap"], told["bound"]) == (False, 0.25, 400)
    file = tmp_path / "snapshot.json"
    file.write_bytes(encode(fragments(5, 0)))
    told_by_command = planned("--from", str(file))
    assert "12.50 %" in told_by_command
    assert "s were up" in told_by_command or "detik habis" in told_by_command


def test_a_plan_tells_which_pools_were_open_to_new_machines(
    admin_client: Client, api: APIClient
) -> None:
    plan = store_plan(replace(document(), pools=("cluster:PDR-KVM",), digest=""), by=TESTER)
    page = admin_client.get(page_of(plan)).content.decode()
    assert "cluster:PDR-KVM" in page
    told = api.get(f"/api/plugins/planner/plans/{plan.pk}/document/").json()
    assert told["pools"] == ["cluster:PDR-KVM"]


@pytest.mark.parametrize("background", ["", "1"])
@pytest.mark.parametrize(
    ("form", "reason"),
    [({"limit_s": "0"}, "0 s"), ({"limit_s": "-1,5"}, "-1.5 s"), ({"limit_s": "lama"}, "lama")],
)
def test_a_limit_that_leaves_no_time_is_refused_by_the_page(
    admin_client: Client, form: dict[str, str], reason: str, background: str
) -> None:
    answer = admin_client.post(MAKE, {"stance": "as-declared", "background": background, **form})
    assert answer.status_code == 400
    assert reason in answer.content.decode()
    assert (Plan.objects.count(), Job.objects.count()) == (0, 0)


def test_a_pool_without_hosts_is_refused_by_page_api_and_command(
    admin_client: Client, api: APIClient
) -> None:
    make(Cluster, name="KOSONG")
    page = admin_client.post(MAKE, {"stance": "as-declared", "pools": ["cluster:KOSONG"]})
    assert (page.status_code, "KOSONG" in page.content.decode()) == (400, True)
    answer = api.post("/api/plugins/planner/plans/", {"pools": ["cluster:KOSONG"]}, format="json")
    assert (answer.status_code, [*answer.json()]) == (400, ["pools"])
    with pytest.raises(CommandError, match="KOSONG has no active hosts"):
        planned("--pool", "cluster:KOSONG")
    with pytest.raises(CommandError, match="no time to plan in"):
        planned("--limit", "0")
    assert not Plan.objects.exists()


def test_the_page_offers_limits_and_keeps_to_them(admin_client: Client) -> None:
    make(Cluster, name="KOSONG")
    assert (
        "<option>cluster:KOSONG</option>"
        in admin_client.get("/plugins/planner/plans/").content.decode()
    )
    form = {"stance": "as-declared", "limit_s": "1,5", "background": "1"}
    admin_client.post(MAKE, form)
    assert Job.objects.get().arguments["limit_s"] == 1.5
