"""A client generated from docs/openapi.json, as strict as generators make them.

It refuses an answer that lacks a required key, or whose value is not among the stated ones.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from dcim.actions.changes import Actor
from dcim.actions.forecasts.snapshots import snapshot_ledgers
from dcim.actions.jobs.queue import enqueue
from dcim.actions.papers.files import MEDIA_TYPES
from dcim.actions.plans.approvals import approve_plan
from dcim.actions.plans.making import make_plan
from dcim.actions.provisioning.ending import Ending, begin_inline, end_run
from dcim.actions.sample.paser import load_paser
from dcim.catalog import BY_MODEL, RESOURCES
from dcim.catalog.resource import Resource
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.drift import DriftFinding, DriftScan
from dcim.record.planner.reclaims import BackupWaiver, ReclaimedMachine
from dcim.vocabulary.choices import RunKind, RunOutcome
from dcim.vocabulary.choices_requests import RequestStatus
from tests.factories import TESTER, make, make_user
from tests.requests import bring, new_request

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = "lumbung_client"

pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The generated package, importable."""
    folder = tmp_path_factory.mktemp("generated")
    programs = Path(sys.executable).parent
    settings = folder / "settings.yml"
    # It knows of files only as streams of bytes; papers say what kind of file they are.
    files = dict.fromkeys(MEDIA_TYPES.values(), "application/octet-stream")
    settings.write_text(json.dumps({"post_hooks": [], "content_type_overrides": files}))
    command = [
        str(programs / "openapi-python-client"), "generate", "--meta", "none",
        "--path", str(ROOT / "docs" / "openapi.json"), "--output-path", str(folder / PACKAGE),
        "--config", str(settings), "--fail-on-warning",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    sys.path.insert(0, str(folder))
    yield PACKAGE
    sys.path.remove(str(folder))


@pytest.fixture
def client(package: str, token: str, live_server: LiveServer) -> Iterator[Any]:
    """A signed-in client that takes no answer that the schema does not state."""
    module = importlib.import_module(f"{package}.client")
    with module.AuthenticatedClient(
        base_url=live_server.url, token=token, prefix="Token", raise_on_unexpected_status=True
    ) as client:
        yield client


def operation(package: str, resource: Resource, name: str) -> ModuleType:
    """The generated module of one operation on a resource."""
    words = resource.path.replace("/", "_").replace("-", "_")
    app = resource.path.partition("/")[0]
    return importlib.import_module(f"{package}.api.{app}.{words}_{name}")


def test_every_list_and_every_object_is_read(package: str, client: Any) -> None:
    load_paser(by=TESTER)
    plan, _ = make_plan(Stance.AS_DECLARED, by=TESTER)
    ending = Ending(outcome=RunOutcome.CHANGES, report={"steps": []})
    end_run(begin_inline(plan, RunKind.PREVIEW, [], by=TESTER), ending)
    approve_plan(plan, digest=plan.digest, by=Actor.of(make_user("budi", is_superuser=True)))
    enqueue("ledgers.snapshot", {}, by=TESTER)
    snapshot_ledgers()
    now = timezone.now()
    make(DriftScan, started=now, ended=now)
    make(DriftFinding, opened_at=now, last_seen=now)
    make(BackupWaiver, plan=plan)
    make(ReclaimedMachine, plan=plan)
    bring(new_request(), RequestStatus.SIGNED)
    unread = {}
    for resource in RESOURCES:
        if resource.writable:
            make(resource.model)
        try:
            listed = operation(package, resource, "list").sync(client=client, limit=1000)
            newest = max(one.id for one in listed.results)
            assert operation(package, resource, "retrieve").sync(newest, client=client).id == newest
        except Exception as err:  # noqa: BLE001 - whatever a client stumbles over is to be told
            unread[resource.kind] = f"{type(err).__name__}: {err}"
    assert unread == {}


def test_an_object_is_written_and_written_again(package: str, client: Any) -> None:
    models = importlib.import_module(f"{package}.models")
    body = models.SiteRequest(name="Paser", slug="paser", facility="Gedung A")
    site = importlib.import_module(f"{package}.api.dcim.dcim_sites_create").sync(
        client=client, body=body
    )
    update = importlib.import_module(f"{package}.api.dcim.dcim_sites_partial_update")
    patch = models.PatchedSiteRequest(facility="Gedung B")
    assert update.sync(site.id, client=client, body=patch).facility == "Gedung B"


def test_a_rack_is_made_moved_and_taken_away(package: str, client: Any) -> None:
    models = importlib.import_module(f"{package}.models")
    racks = BY_MODEL[Rack]
    body = models.RackRequest(name="PDR-R01", site=make(Site).pk, u_height=42)
    made = operation(package, racks, "create").sync(client=client, body=body)
    elsewhere = make(Site).pk
    patch = models.PatchedRackRequest(site=elsewhere, name="PDR-R02")
    moved = operation(package, racks, "partial_update").sync(made.id, client=client, body=patch)
    assert (moved.name, moved.site.id, moved.u_height) == ("PDR-R02", elsewhere, 42)
    gone = operation(package, racks, "destroy").sync_detailed(made.id, client=client)
    assert (gone.status_code, Rack.objects.count()) == (204, 0)


def test_a_machine_is_made_changed_and_taken_away(package: str, client: Any) -> None:
    models = importlib.import_module(f"{package}.models")
    machines = BY_MODEL[VirtualMachine]
    body = models.VirtualMachineRequest(name="simpeg-web-1", cluster=make(Cluster).pk, vcpus=2.5)
    made = operation(package, machines, "create").sync(client=client, body=body)
    patch = models.PatchedVirtualMachineRequest(memory=4096)
    update = operation(package, machines, "partial_update")
    changed = update.sync(made.id, client=client, body=patch)
    assert (changed.vcpus, changed.memory) == (2.5, 4096)
    gone = operation(package, machines, "destroy").sync_detailed(made.id, client=client)
    assert (gone.status_code, VirtualMachine.objects.count()) == (204, 0)
