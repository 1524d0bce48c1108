"""The real engine over a whole life: as is, preview, up, no drift, preview without change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from dcim.planning.document import Change, PlanDocument, PlannedVM, as_is
from provisioning.engine.markdown import as_markdown
from provisioning.engine.report import Action, Counts, Op, Report, Result, as_json
from provisioning.engine.run import run
from provisioning.engine.text import as_text
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind
from tests.plan_documents import app_vms, document, target, vm

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    # Where an engine stops at an error, the SDK leaves its loop open for the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


STARTS, OFF = vm("mulai-web-1", runs_now=False), vm("padam-web-1", running=False)


def plan_of(hypervisor: str, keep: int, create: int, reclaim: int) -> PlanDocument:
    """A plan with one machine per app: so many kept, made and reclaimed; one is off, one starts."""
    kept = (*app_vms(keep, Change.KEEP), STARTS, OFF)
    made = app_vms(create, Change.CREATE, first=keep)
    gone = app_vms(reclaim, Change.RECLAIM, first=keep + create, reason="superseded")
    return document(target(hypervisor=hypervisor, vms=kept + made, reclaim=gone))


@dataclass(frozen=True)
class Life:
    """The reports of one life of a target, and which machines ran at its end."""

    plan: PlanDocument
    running: dict[str, object]
    preview: Report
    up: Report
    refresh: Report
    again: Report


@pytest.fixture(
    scope="module",
    params=[("rehearsal:life", 30, 10, 4), ("test:///default", 8, 3, 2)],
    ids=["rehearsal", "libvirt"],
)
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    plan = plan_of(*request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUMBUNG_DATA", str(tmp_path_factory.mktemp("data")))
        deeds = (Action.PREVIEW, Action.UP, Action.REFRESH, Action.PREVIEW)
        reports = [run(plan, deed) for deed in deeds]
        ran = running(plan)
        assert run(plan, Action.DESTROY).exit_code == 0
        return Life(plan, ran, *reports)


def running(plan: PlanDocument) -> dict[str, object]:
    (one,) = plan.targets
    seen = {vm.name: driver_for(one.uri).read(Kind.DOMAIN, vm.name) for vm in one.vms}
    return {name: machine["running"] for name, machine in seen.items() if machine}


def machines(life: Life, change: Change) -> list[PlannedVM]:
    (one,) = life.plan.targets
    return [vm for vm in (*one.vms, *one.reclaim) if vm.change is change]


def test_a_preview_shows_revivals_and_reclaims_and_not_what_runs(life: Life) -> None:
    create, delete = (2 * len(machines(life, one)) for one in (Change.CREATE, Change.RECLAIM))
    same = 2 * len(machines(life, Change.KEEP)) + 1
    same -= 1  # the domain that starts
    assert life.preview.counts == Counts(create=create, update=1, delete=delete, same=same)
    assert life.preview.exit_code == 2


def test_a_revival_in_place_is_an_update_that_starts_the_machine(life: Life) -> None:
    (step,) = life.preview.steps(Op.UPDATE)
    assert (step.kind, step.name) == ("Domain", STARTS.name)
    assert [(one.field, one.before, one.after) for one in step.changes] == [
        ("running", False, True)
    ]


def test_a_machine_that_is_off_is_left_off(life: Life) -> None:
    assert [name for name, runs in life.running.items() if not runs] == [OFF.name]


def test_a_preview_says_that_it_rests_on_how_things_stand(life: Life) -> None:
    assert life.preview.targets[0].based_on_as_is
    assert "how things stand was applied" in as_text(life.preview)
    assert "how things stand was applied" in as_markdown(life.preview)


def test_a_preview_names_the_app_of_each_machine(life: Life) -> None:
    created = {step.app for step in life.preview.steps(Op.CREATE)}
    assert created == {vm.app for vm in machines(life, Change.CREATE)}


def test_up_does_what_the_preview_said(life: Life) -> None:
    done = [replace(step, outcome="") for step in life.up.targets[0].steps]
    assert done == list(life.preview.targets[0].steps)
    assert life.up.result is Result.DONE


def test_a_refresh_after_up_finds_no_drift(life: Life) -> None:
    assert life.refresh.exit_code == 0
    assert life.refresh.counts.changed == 0
    assert life.refresh.counts.same == life.again.counts.same


def test_a_preview_after_up_shows_no_change(life: Life) -> None:
    assert life.again.exit_code == 0
    assert life.again.counts.changed == 0
    assert not life.again.targets[0].based_on_as_is


def test_only_a_rehearsal_is_labelled_as_one(life: Life) -> None:
    is_rehearsal = life.plan.targets[0].uri.startswith("rehearsal:")
    outputs = (as_text(life.preview), as_markdown(life.preview))
    assert all(("REHEARSAL" in output) is is_rehearsal for output in outputs)
    assert json.loads(as_json(life.preview))["rehearsal"] is is_rehearsal


# Changes of one machine


only_rehearsed = pytest.mark.parametrize("hypervisor", ["rehearsal:small"], indirect=True)


@pytest.fixture(params=["rehearsal:small", "test:///default"])
def hypervisor(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    yield request.param
    if request.param.startswith("test:"):  # it lives as long as this process
        assert run(with_vms(request.param, vm()), Action.DESTROY).exit_code == 0


def with_vms(hypervisor: str, *vms: PlannedVM) -> PlanDocument:
    """An as-is document: it is applied as it is, whatever stood before."""
    return as_is(document(target(hypervisor=hypervisor, vms=vms)))


def stand(plan: PlanDocument) -> PlanDocument:
    """Makes the hypervisor look like `plan`."""
    assert run(plan, Action.UP).exit_code == 0
    return plan


def test_what_the_record_learned_since_is_no_change_of_the_plan(hypervisor: str) -> None:
    stand(with_vms(hypervisor, vm(), vm("sipp-web-1")))
    kept, new = vm("baru-web-1"), vm("arsip-web-1", change=Change.CREATE)
    smaller = document(target(hypervisor=hypervisor, vms=(vm(storage_gib=10), kept, new)))
    report = run(smaller, Action.PREVIEW)
    assert report.counts == Counts(create=2, same=5)
    assert report.targets[0].based_on_as_is


@only_rehearsed
def test_a_plan_of_the_same_record_finds_what_stands_already(hypervisor: str) -> None:
    stand(with_vms(hypervisor, vm()))
    plan = document(target(hypervisor=hypervisor, vms=(vm(),)), base_serial=99)
    report = run(plan, Action.PREVIEW)
    assert report.counts == Counts(same=3)
    assert not report.targets[0].based_on_as_is


@only_rehearsed
def test_what_another_plan_rehearsed_is_no_loss_of_the_next(hypervisor: str) -> None:
    first, second = (
        document(target(hypervisor=hypervisor, vms=(vm(), vm(name, change=Change.CREATE))))
        for name in ("surat-app-1", "sipp-web-1")
    )
    assert run(first, Action.UP).result is Result.DONE
    report = run(second, Action.PREVIEW)
    assert (report.counts, report.losses) == (Counts(create=2, same=3), ())


def test_a_larger_machine_is_resized_in_place(hypervisor: str) -> None:
    stand(with_vms(hypervisor, vm()))
    larger = with_vms(hypervisor, vm(memory_mib=4096, storage_gib=40))
    report = run(larger, Action.UP)
    changed = [change for step in report.steps(Op.UPDATE) for change in step.changes]
    changes = {change.field: (change.before, change.after) for change in changed}
    assert changes == {"memory_mib": (2048, 4096), "size_gib": (20, 40)}
    assert "WARNING: machine simpeg-app-1 was restarted." in as_text(report)
    assert run(larger, Action.REFRESH).exit_code == 0


def test_drift_is_found_and_repaired(hypervisor: str) -> None:
    plan = stand(with_vms(hypervisor, vm(), vm("sipp-web-1")))
    driver_for(hypervisor).delete(Kind.DOMAIN, "simpeg-app-1")
    drift = run(plan, Action.REFRESH)
    assert [step.name for step in drift.steps(Op.DELETE)] == ["simpeg-app-1"]
    repair = run(plan, Action.UP)
    assert [step.name for step in repair.steps(Op.CREATE)] == ["simpeg-app-1"]


@only_rehearsed
def test_a_machine_handed_to_another_app_is_not_made_anew(hypervisor: str) -> None:
    stand(with_vms(hypervisor, vm()))
    report = run(with_vms(hypervisor, vm(app="ARSIP")), Action.UP)
    assert (report.counts.create, report.counts.delete, report.counts.update) == (0, 0, 1)
    assert driver_for(hypervisor).read(Kind.DOMAIN, "simpeg-app-1") is not None


@only_rehearsed
def test_a_smaller_disk_is_refused(hypervisor: str) -> None:
    stand(with_vms(hypervisor, vm()))
    report = run(with_vms(hypervisor, vm(storage_gib=10)), Action.PREVIEW)
    assert report.exit_code == 3
    assert "would shrink from 20 to 10 GiB" in report.targets[0].message


@only_rehearsed
def test_another_image_leaves_a_running_machine_alone(hypervisor: str) -> None:
    stand(with_vms(hypervisor, vm()))
    assert run(with_vms(hypervisor, vm(image="debian-13")), Action.PREVIEW).exit_code == 0


@only_rehearsed
def test_what_was_rehearsed_is_dropped_when_the_target_moves(hypervisor: str) -> None:
    plan = stand(with_vms(hypervisor, vm()))
    anew = (vm(change=Change.CREATE),)
    moved = document(replace(plan.targets[0], hypervisor="qemu+tcp://127.0.0.1:1/system", vms=anew))
    assert run(moved, Action.PREVIEW).counts == Counts(create=3)


def test_what_runs_on_a_host_that_is_down_can_not_be_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    report = run(with_vms("qemu+tcp://127.0.0.1:1/system", vm()), Action.PREVIEW)
    assert report.exit_code == 1
    assert "qemu+tcp://127.0.0.1:1/system says:" in report.targets[0].message
