"""Pages of runs: handed over from the plan, watched, approved by another, applied, ended."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcim.actions.changes import Actor
from dcim.actions.drift.scans import Scanned, store_scans
from dcim.actions.plans.making import planning_serial, store_plan
from dcim.actions.provisioning.ending import Ending, begin_run, end_run
from dcim.planning.sentences import kept, tell, tell_error
from dcim.record.people.account import User
from dcim.record.places.sites import Site
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunOutcome, _
from dcim.web.planner import runs
from dcim.web.values.addresses import page_of
from provisioning.engine.report import Op
from provisioning.provider.driver import gone
from tests.factories import make, make_user, member
from tests.plan_documents import document

pytestmark = pytest.mark.django_db

SIZE = "2 vCPU, 2048 MiB, 20 GiB"
NEW = {"op": "create", "kind": "Domain", "name": "sipp-web-1", "app": "SIPP", "note": SIZE}
STEPS = [
    {**NEW, "outcome": "failed"},
    {"op": "create", "kind": "Volume", "name": "sipp-web-1", "app": "SIPP", "outcome": "done"},
]
REPORT = {"targets": [{"name": "pdr-kvm", "hypervisor": "", "steps": STEPS}], "apps": []}
BASES = [{"target": "pdr-kvm", "engine_plan": "a" * 64, "state": "b" * 64, "steps": "c" * 64}]


@pytest.fixture
def plan() -> Plan:
    make(Site)
    author = member(make_user("perencana"), "planner", "approver")
    return store_plan(document(base_serial=planning_serial()), by=Actor.of(author))


def shown(client: Client, user: User, page: str) -> str:
    client.force_login(user)
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def posted(client: Client, user: User, page: str, **values: str) -> ProvisioningRun:
    client.force_login(user)
    answer = client.post(page, values)
    assert answer.status_code == 302, answer.content.decode()
    return ProvisioningRun.objects.latest("id")


def test_from_the_plan_to_the_apply(client: Client, plan: Plan) -> None:
    engineer = member(make_user("teknisi"), "engineer")
    approver = member(make_user("penyetuju"), "approver")
    assert "run/" not in shown(client, approver, page_of(plan))
    assert f"{page_of(plan)}run/" in shown(client, engineer, page_of(plan))
    run = posted(client, engineer, f"{page_of(plan)}run/", kind="preview")
    page = page_of(run)

    Job.objects.update(status="running", done=3, total=12, text="Volume sipp-web-1")
    run = begin_run(run)
    part = shown(client, engineer, f"{page}progress/")
    assert "3 dari 12" in part
    assert "Volume sipp-web-1" in part
    Job.objects.update(status="completed")
    end_run(run, Ending(outcome=RunOutcome.CHANGES, report=REPORT, bases=BASES))
    assert client.get(f"{page}progress/").headers["HX-Refresh"] == "true"

    assert f"{page}approve/" not in shown(client, engineer, page)
    assert f"{page}approve/" not in shown(client, User.objects.get(username="perencana"), page)
    text = shown(client, approver, page)
    assert f"{page}approve/" in text
    assert BASES[0]["engine_plan"][:12] in text
    goes = {"op": "delete", "kind": "Domain", "name": "dulu-1", "app": ""}
    run.refresh_from_db()
    run.report = {"targets": [{"name": "pdr-kvm", "hypervisor": "", "steps": [goes]}], "apps": []}
    run.save()
    text = shown(client, approver, page)
    assert "pdr-kvm/dulu-1" in text
    assert f"{page}approve/" not in text
    run.report = REPORT
    run.save()
    posted(client, approver, f"{page}approve/", digest=plan.digest, comment="Sudah dibahas")
    text = shown(client, approver, page)
    assert "Sudah dibahas" in text
    assert f"{page}apply/" not in text
    assert f"{page}apply/" in shown(client, engineer, page)
    applied = posted(client, engineer, f"{page}apply/")
    assert (applied.kind, applied.status) == ("up", "queued")
    assert f"{page}apply/" not in shown(client, engineer, page)  # it is at work already
    stopped = posted(client, engineer, f"{page_of(applied)}stop/")
    assert stopped.outcome == "stopped"
    text = shown(client, engineer, page_of(stopped))
    assert "Penerapan tidak diulang" in text
    assert "Pratinjau lagi" in text
    assert posted(client, engineer, f"{page_of(plan)}run/", kind="preview").kind == "preview"
    make(Site)
    text = shown(client, engineer, page_of(stopped))
    assert "Buat rencana lagi" in text
    assert "Pratinjau lagi" not in text


def test_a_failed_step_a_lapsed_approval_and_what_the_record_learned_are_told(
    client: Client, plan: Plan
) -> None:
    run = ProvisioningRun.objects.create(
        plan=plan,
        kind="up",
        status="ended",
        outcome="failed",
        message="pdr-kvm: engine: the disk is full",
        report=REPORT,
        followed=[{"target": "pdr-kvm", "machine": "a-1", "error": "The cluster is full."}],
        log=[{"timestamp": "2026-11-29T10:00:00+08:00", "message": "Domain sipp-web-1: failed"}],
    )
    text = shown(client, make_user(is_superuser=True), page_of(run))
    assert "the disk is full" in text
    assert "The cluster is full." in text
    assert "Domain sipp-web-1: failed" in text
    assert SIZE in text
    assert ">gagal<" in text
    assert ">selesai<" in text


def test_what_runs_and_comparisons_say_is_told_in_indonesian_and_kept_in_english(
    client: Client, plan: Plan
) -> None:
    reason = tell_error(gone("vm-1"))
    failed = tell("%(target)s: %(message)s", target="pdr-kvm", message=reason)
    begun = tell(_("%(target)s: comparing with what was approved …"), target="pdr-kvm")
    unknown = tell("Words of %(version)s.", version="another version of us")
    run = ProvisioningRun.objects.create(
        plan=plan,
        kind="up",
        status="ended",
        outcome="failed",
        message=failed,
        report={"targets": [{"name": "pdr-kvm", "message": reason}], "apps": [], "counts": {}},
        followed=[{"machine": "vm-1", **kept(reason, "error")}],
        log=[{"timestamp": "2026-11-29T10:00:00+08:00", **kept(one)}
             for one in (begun, unknown, failed)],
    )  # fmt: skip
    run.refresh_from_db()
    assert run.message == "pdr-kvm: vm-1 is gone. Run refresh, then preview again."
    reader = make_user(is_superuser=True)
    text = shown(client, reader, page_of(run))
    assert "pdr-kvm: membandingkan dengan yang disetujui …" in text
    assert (
        "pdr-kvm: vm-1 sudah tidak ada. Jalankan penyegaran, lalu lakukan pratinjau lagi." in text
    )
    assert text.count("vm-1 sudah tidak ada.") == 4
    assert "is gone" not in text
    assert "Words of another version of us." in text
    scanned = Scanned(
        target="pdr-kvm",
        hypervisor_uri="qemu:///system",
        started=timezone.now(),
        message=reason,
    )
    (scan,) = store_scans([scanned])
    assert scan.message == reason
    for page in (reverse("planner.driftscan_list"), page_of(scan)):
        assert "vm-1 sudah tidak ada." in shown(client, reader, page)


def test_every_word_of_the_engine_has_one_on_the_page() -> None:
    assert set(runs.OPS) == {op.value for op in Op}


def test_an_approver_sees_what_goes_first_each_change_and_how_much_is_not_shown(
    client: Client, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_STEPS", 3)
    changes = [{"field": "memory_mib", "before": 2048, "after": 4096}]
    steps = [
        {"op": "adopt", "kind": "Domain", "name": "simpeg-app-1", "app": "SIMPEG"},
        {"op": "update", "kind": "Domain", "name": "sipp-1", "app": "SIPP", "changes": changes},
        *({"op": "create", "kind": "Domain", "name": f"a-{n}", "app": ""} for n in range(8)),
        {"op": "delete", "kind": "Volume", "name": "lama-1", "app": "LAMA"},
    ]
    loss = {"target": "pdr-kvm", "name": "lama-1", "op": "delete", "kinds": ["Domain", "Volume"]}
    run = ProvisioningRun.objects.create(
        plan=plan,
        status="ended",
        outcome="changes",
        report={
            "targets": [{"name": "pdr-kvm", "steps": steps}],
            "apps": [],
            "counts": {"adopt": 7},
            "losses": [{**loss, "app": "LAMA", "rested_on_by": ["DUKCAPIL", "SIMPEG"]}],
        },
    )
    text = shown(client, make_user(is_superuser=True), page_of(run))
    assert "<strong>7</strong> ambil alih" in text
    assert "DUKCAPIL, SIMPEG" in text
    assert "memory_mib: 2048 → 4096" in text
    last_shown = text.index(">ambil alih</td>")
    assert text.rindex(">dihapus</td>") < last_shown
    assert "a-0" not in text
    assert "dan 8 lagi, semuanya ada di API" in text


@pytest.mark.parametrize("deed", ["stop", "approve", "apply"])
def test_deeds_ask_for_their_right(client: Client, plan: Plan, deed: str) -> None:
    run = ProvisioningRun.objects.create(plan=plan, kind="preview", bases=BASES)
    client.force_login(member(make_user("pembaca"), "viewer"))
    assert client.post(f"{page_of(run)}{deed}/").status_code == 403
    assert client.post(f"{page_of(plan)}run/").status_code == 403
    assert ProvisioningRun.objects.count() == 1
