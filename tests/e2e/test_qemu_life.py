"""A plan on a real hypervisor: a guest boots and answers where the plan says, grows as it runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import libvirt
import pytest

from dcim.planning.document import Change, Network, PlanDocument
from provisioning.engine.report import Action, Counts, Op, Report, Result
from provisioning.engine.run import apply, run
from provisioning.engine.saved import Shelf
from provisioning.engine.text import as_text
from provisioning.provider.opening import driver_for
from provisioning.provider.specs import Kind
from tests.plan_documents import document, target, vm, without_machines
from tests.setup.guest import make_disk
from tests.setup.libvirt import Hypervisor

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
WEB, DB = "simpeg-web-1", "simpeg-db-1"
ADDRESS = "10.64.7.12"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxhdGloYW4gc2VtYXRh admin@paser"


def plan_of(hypervisor: Hypervisor, **of_web: object) -> PlanDocument:
    """A guest that boots, and a machine without a system that is off."""
    small = {"change": Change.CREATE, "app": "SIMPEG", "vcpus": 1, "storage_gib": 1}
    web = vm(WEB, **small, memory_mib=192, image="guest", addresses=(f"{ADDRESS}/24",))
    off = vm(DB, **small, memory_mib=64, running=False)
    networks = (Network(name="apps", mode="nat", cidr="10.64.7.0/24"),)
    return document(
        target(
            hypervisor=hypervisor.uri,
            networks=networks,
            vms=(replace(web, **of_web), off),  # type: ignore[arg-type]  # fields of a machine
            ssh_keys=(KEY,),
            name_servers=("10.64.7.1",),
        )
    )


def up(plan: PlanDocument) -> Report:
    return run(plan, Action.UP, disposable_only=False)


@dataclass(frozen=True)
class Life:
    """What was seen, in the order in which it was done."""

    preview: Report
    made: Report
    answer: str
    again: Report
    growth: Report
    grown: Report
    live: dict[str, object]
    narrower: Report
    drift: Report
    repair: Report
    no_drift: Report
    disk_gone: Report
    disk_back: Report
    cleared: Report
    forgotten: Report
    spared: set[str]
    left: set[str]


@pytest.fixture(scope="module")
def life(hypervisor: Hypervisor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUMBUNG_DATA", str(tmp_path_factory.mktemp("data")))
        hypervisor.add_image("guest", make_disk(tmp_path_factory.mktemp("guest")))
        yield live(hypervisor, tmp_path_factory.mktemp("plans"))
        hypervisor.clear()


def live(hypervisor: Hypervisor, folder: Path) -> Life:
    plan = plan_of(hypervisor)
    preview, made = run(plan, Action.PREVIEW), up(plan)
    answer = hypervisor.ask(f"http://{ADDRESS}/", seconds=120)
    again = run(plan, Action.PREVIEW)
    run_number = hypervisor.connection.lookupByName(WEB).ID()
    larger = plan_of(hypervisor, vcpus=2, storage_gib=2)
    growth, grown = run(larger, Action.PREVIEW), up(larger)
    seen = {**seen_live(hypervisor), "is_same_run": seen_live(hypervisor)["run"] == run_number}
    narrower = run(plan_of(hypervisor, vcpus=1, storage_gib=2), Action.PREVIEW)
    tamper(hypervisor)
    drift, repair, no_drift = run(larger, Action.REFRESH), up(larger), run(larger, Action.REFRESH)
    hypervisor.connection.storagePoolLookupByName("default").storageVolLookupByName(DB).delete()
    plans = Shelf(folder)
    disk_gone = run(larger, Action.PREVIEW, shelf=plans)
    disk_back = apply(larger, list(plans.bases.values()), plans)
    cleared = run(larger, Action.DESTROY, disposable_only=False)
    forgotten = up(without_machines(larger, reclaims=False))
    spared = names_on(hypervisor)
    up(without_machines(larger, reclaims=True))
    return Life(
        preview, made, answer, again, growth, grown, seen, narrower, drift, repair, no_drift,
        disk_gone, disk_back, cleared, forgotten, spared, names_on(hypervisor),
    )  # fmt: skip


def names_on(hypervisor: Hypervisor) -> set[str]:
    driver = driver_for(hypervisor.uri)
    return {name for kind in Kind for name in driver.names(kind)}


def seen_live(hypervisor: Hypervisor) -> dict[str, object]:
    """The machine as it runs, and the disk as its guest has it."""
    web = hypervisor.connection.lookupByName(WEB)
    vcpus = web.vcpusFlags(libvirt.VIR_DOMAIN_AFFECT_LIVE)
    return {"run": web.ID(), "vcpus": vcpus, "disk_bytes": web.blockInfo("vda")[0]}


def tamper(hypervisor: Hypervisor) -> None:
    """By hand: the guest is switched off, the other machine gets more memory."""
    hypervisor.connection.lookupByName(WEB).destroy()
    off = hypervisor.connection.lookupByName(DB)
    off.setMemoryFlags(96 * 1024, libvirt.VIR_DOMAIN_AFFECT_CONFIG | libvirt.VIR_DOMAIN_MEM_MAXIMUM)
    off.setMemoryFlags(96 * 1024, libvirt.VIR_DOMAIN_AFFECT_CONFIG)


def changes(report: Report) -> set[tuple[str, str, object, object]]:
    return {
        (step.name, one.field, one.before, one.after)
        for step in report.steps(Op.UPDATE)
        for one in step.changes
    }


def test_what_a_preview_shows_is_made_and_stays(life: Life) -> None:
    assert life.preview.counts == life.made.counts == Counts(create=5)
    assert life.made.result is Result.DONE
    assert life.again.counts == Counts(same=5)


def test_the_guest_answers_on_the_address_that_the_plan_gave_it(life: Life) -> None:
    assert life.answer == f"{WEB}\n"


def test_a_machine_and_its_disk_grow_as_they_run(life: Life) -> None:
    assert changes(life.growth) == {(WEB, "vcpus", 1, 2), (WEB, "size_gib", 1, 2)}
    assert "restarted" not in as_text(life.growth)
    assert life.grown.result is Result.DONE
    assert life.live["is_same_run"]
    assert (life.live["vcpus"], life.live["disk_bytes"]) == (2, 2 * 2**30)


def test_a_preview_says_that_less_takes_a_restart(life: Life) -> None:
    assert changes(life.narrower) == {(WEB, "vcpus", 2, 1)}
    assert f"WARNING: machine {WEB} would be restarted." in as_text(life.narrower)


def test_what_was_changed_by_hand_is_found_and_repaired(life: Life) -> None:
    assert changes(life.drift) == {(WEB, "running", True, False), (DB, "memory_mib", 64, 96)}
    assert life.repair.result is Result.DONE
    assert life.no_drift.counts == Counts(same=5)


def test_a_disk_that_was_lost_is_made_anew_under_its_machine(life: Life) -> None:
    assert life.disk_gone.counts == life.disk_back.counts == Counts(create=1, same=4)
    assert life.disk_back.result is Result.DONE


def test_the_engine_removes_no_machine_that_no_plan_reclaims(life: Life) -> None:
    for told in (life.cleared, life.forgotten):
        assert told.result is Result.REFUSED
        assert "is protected" in told.targets[0].message
    assert {WEB, DB, f"default/{WEB}", f"default/{DB}"} <= life.spared


def test_nothing_of_what_a_plan_reclaims_stays(life: Life, hypervisor: Hypervisor) -> None:
    images = (hypervisor.folder / "images").iterdir()  # other tests of this process add theirs
    assert life.left <= {f"default/{one.name}" for one in images}
