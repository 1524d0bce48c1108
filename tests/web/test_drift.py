"""Pages and endpoints of drift: what is open, the three sides, and what is done about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api.metrics import Gauge
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.drift import DriftFinding, DriftRule, DriftScan
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.record.planner.service_apps import ServiceApp
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def found() -> DriftFinding:
    """Memory changed by hand, on a machine that is recorded so."""
    machine = make(VirtualMachine, name="satu", cluster=make(Cluster, name="KVM"), memory_mib=2048)
    assert machine.memory_mib == 2048
    DriftScan.objects.create(
        target="kvm", outcome="drift", found=1, started=NOW, ended=NOW,
        message="a run is at work on it",
    )  # fmt: skip
    return DriftFinding.objects.create(
        target="kvm", name="satu", field="memory_mib", record=2048, hypervisor=4096, state=2048,
        opened_at=NOW, last_seen=timezone.now(),
    )  # fmt: skip


def engineer(client: Client) -> Client:
    client.force_login(member(make_user("budi"), "engineer"))
    return client


def test_the_home_page_warns_and_leads_to_targets_and_findings(
    client: Client, found: DriftFinding
) -> None:
    make(ServiceApp)
    home = engineer(client).get("/").content.decode()
    assert "1 perbedaan antara catatan, hypervisor, dan keadaan masih terbuka." in home
    page = client.get("/drift/").content.decode()
    for text in (
        "kvm",
        "satu",
        "2.048",
        "4.096",
        "Bandingkan sekarang",
        page_of(found),
        "sedang dikerjakan suatu",
    ):
        assert text in page
    assert page_of(found) not in client.get("/drift/?target=lain").content.decode()


def test_a_finding_shows_three_sides_and_is_accepted(client: Client, found: DriftFinding) -> None:
    page = engineer(client).get(page_of(found)).content.decode()
    assert page.count("2.048") >= 2
    assert f'name="seen" value="{found.mark}"' in page
    answer = client.post(f"{page_of(found)}accept/", {"seen": "lain"}, follow=True)
    assert "Yang ditemukan sekarang lain" in answer.content.decode()
    assert "Terima ke dalam catatan" in page
    answer = client.post(f"{page_of(found)}accept/", follow=True)
    assert "Catatan telah menerimanya." in answer.content.decode()
    assert VirtualMachine.objects.get().memory_mib == 4096
    # Once more it is refused, and said on its page.
    answer = client.post(f"{page_of(found)}accept/", follow=True)
    assert "tidak ditemukan lagi" in answer.content.decode()


def test_a_finding_is_ignored_by_rule_with_its_reason(client: Client, found: DriftFinding) -> None:
    engineer(client).post(f"{page_of(found)}ignore/", {"reason": ""})
    assert not DriftRule.objects.exists()
    client.post(f"{page_of(found)}ignore/", {"reason": "uji beban", "valid_until": "2030-01-31"})
    rule = DriftRule.objects.get()
    assert (str(rule), rule.created_by and rule.created_by.username) == (
        "kvm/satu memory_mib", "budi",
    )  # fmt: skip
    found.refresh_from_db()
    assert (found.status, found.rule) == ("ignored", rule)
    assert "masih terbuka" not in client.get("/").content.decode()


def test_the_api_offers_the_same_deeds(client: Client, found: DriftFinding) -> None:
    path = f"/api/plugins/planner/drift-findings/{found.pk}"
    one = engineer(client).get(f"{path}/").json()
    assert (one["record"], one["hypervisor"], one["kind"]["value"]) == (2048, 4096, "changed")

    def post(deed: str, body: Any = None) -> Any:
        return client.post(f"{path}/{deed}/", body or {}, content_type="application/json")

    assert post("ignore").status_code == 400
    assert post("ignore", {"reason": "uji beban"}).status_code == 201
    assert post("accept").json()["name"] == "satu"
    assert post("accept").status_code == 409
    assert client.post("/api/plugins/planner/drift-findings/999999999/accept/").status_code == 404


def test_a_comparison_is_asked_for_as_a_job(client: Client) -> None:
    client.force_login(member(make_user("pembaca"), "viewer"))
    assert client.post("/drift/scan/").status_code == 403
    assert engineer(client).post("/drift/scan/").status_code == 302
    answer = client.post("/api/plugins/planner/drift-findings/scan/")
    assert (answer.status_code, answer.json()["id"]) == (202, Job.objects.get().pk)
    assert "Bandingkan sekarang" not in client.get("/drift/").content.decode()


def test_a_repair_is_a_preview_of_the_whole_target_as_recorded(
    client: Client, found: DriftFinding
) -> None:
    DriftFinding.objects.create(  # which stops no repair
        target="kvm",
        subject="network",
        name="lama",
        kind="unrecorded",
        opened_at=NOW,
        last_seen=NOW,
    )
    answer = engineer(client).post(f"/api/plugins/planner/drift-findings/{found.pk}/repair/")
    run = ProvisioningRun.objects.select_related("plan").get(pk=answer.json()["id"])
    assert (answer.status_code, run.kind, run.targets) == (202, "preview", ["kvm"])
    assert (run.plan.document["kind"], run.plan.created_by) == ("as-is", run.requested_by)
    assert client.post(f"{page_of(found)}repair/").headers["Location"] == page_of(run)
    # No run takes away a stray, or what the record lacks on the way.
    DriftFinding.objects.filter(pk=found.pk).update(
        kind="unknown", field="", record=None, hypervisor={"vcpus": 2}, state=None
    )
    answer = client.post(f"/api/plugins/planner/drift-findings/{found.pk}/repair/")
    assert answer.status_code == 409
    assert "Pratinjau perbaikan" not in client.get(page_of(found)).content.decode()
    DriftFinding.objects.filter(pk=found.pk).update(beside=["g2", "g3"])
    assert "terlihat juga dari g2, g3" in client.get("/drift/").content.decode()
    DriftFinding.objects.filter(pk=found.pk).update(kind="missing", beside=[])
    DriftFinding.objects.create(
        target="kvm", name="liar", kind="unrecorded", opened_at=NOW, last_seen=NOW
    )
    answer = client.post(f"/api/plugins/planner/drift-findings/{found.pk}/repair/")
    assert (answer.status_code, "liar" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"target": "kvm", "field": "name", "record": "A", "hypervisor": "a"}, "a (dua)"),
        ({"target": "kvm", "kind": "moved", "found_on": "lain"}, "dua → lain"),
        ({"target": "lain", "kind": "unrecorded"}, "satu → lain"),
        ({"target": "lain", "kind": "unknown"}, "satu → lain"),
        ({"target": "lain", "kind": "unknown", "status": "ignored"}, ""),
        ({"target": "lain", "kind": "moved", "found_on": "kvm"}, ""),
    ],
)
def test_no_repair_makes_anew_what_stands_elsewhere_or_by_another_spelling(
    client: Client, found: DriftFinding, other: dict[str, Any], named: str
) -> None:
    DriftFinding.objects.filter(pk=found.pk).update(kind="missing", field="", hypervisor=None)
    name = "dua" if other["target"] == "kvm" else "satu"
    beside = DriftFinding.objects.create(name=name, opened_at=NOW, last_seen=NOW, **other)
    answer = engineer(client).post(f"/api/plugins/planner/drift-findings/{found.pk}/repair/")
    assert answer.status_code == (409 if named else 202), answer.content
    assert named in answer.json().get("detail", "")
    page = client.get(page_of(beside)).content.decode()
    assert ("Hypervisor membedakan" in page) is ("field" in other)
    assert not ("field" in other and "Pratinjau perbaikan" in page)


def test_a_target_is_previewed_as_the_record_has_it(client: Client, found: DriftFinding) -> None:
    client.force_login(member(make_user("pembaca"), "viewer"))
    assert "Pratinjau sesuai catatan" not in client.get("/drift/").content.decode()
    assert client.post("/drift/as-is/", {"targets": "kvm"}).status_code == 403
    assert "Pratinjau sesuai catatan" in engineer(client).get("/drift/").content.decode()
    answer = client.post("/drift/as-is/", {"targets": "kvm"})
    run = ProvisioningRun.objects.select_related("plan").get()
    assert answer.headers["Location"] == page_of(run)
    assert (run.kind, run.targets, run.plan.document["kind"]) == ("preview", ["kvm"], "as-is")
    told = client.post("/drift/as-is/", {"targets": "lain"}, follow=True).content.decode()
    assert "lain" in told
    assert ProvisioningRun.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"as_is": True, "targets": ["kvm"]}, 201, ""),
        ({"as_is": True, "targets": ["lain"]}, 404, "field"),
        ({"as_is": True, "plan": 1}, 400, "plan"),
        ({"as_is": True, "kind": "refresh"}, 400, "kind"),
        ({}, 400, "plan"),
    ],
)
def test_the_api_previews_a_plan_or_the_record_as_it_stands(
    client: Client, found: DriftFinding, body: dict[str, Any], status: int, field: str
) -> None:
    path = "/api/plugins/planner/provisioning-runs/"
    answer = engineer(client).post(path, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    assert not field or field in answer.json()
    assert Plan.objects.count() == ProvisioningRun.objects.count() == (status == 201)


def test_prometheus_reads_drift_and_for_who_sees_all_jobs_the_queue(
    client: Client, found: DriftFinding
) -> None:
    assert client.get("/metrics/").status_code == 403
    for name in ("kvm-2", "lama"):  # the record has no cluster of the second
        DriftScan.objects.create(target=name, outcome="failed", started=NOW, ended=NOW)
    answer = engineer(client).get("/metrics/")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert 'lumbung_drift_findings{target="kvm",kind="changed"} 1' in lines
    assert 'lumbung_drift_scans_failed{target="kvm-2"} 1' in lines
    assert "lama" not in answer.content.decode()
    assert 'x{y="a\\"b"} 1' in Gauge("x", "", (({"y": 'a"b'}, 1),)).lines()
    assert sum(line.startswith("lumbung_drift_scan_age_seconds{") for line in lines) == 1
    assert not any(line.startswith("lumbung_jobs") for line in lines)
    client.post("/drift/scan/")
    client.force_login(member(make_user("pemeriksa"), "auditor"))
    lines = client.get("/metrics/").content.decode().splitlines()
    assert 'lumbung_jobs{kind="drift.scan",status="pending"} 1' in lines
