"""A plan as an ordinary Pulumi project: what the CLI by itself makes of `Pulumi.yaml`.

Here the provider is a plugin, a program that the engine starts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcim.planning.document import Change, Network, PlanDocument, encode
from provisioning.engine.command import find_engine, get_language_host
from tests.plan_documents import document, target, vm
from tests.setup.guest import make_disk
from tests.setup.libvirt import Hypervisor

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.once]
ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "provisioning" / "engine" / "project"


def pulumi(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The CLI at work on a copy of the project, with this Python first on PATH.

    It writes the stack's settings beside the project's file; state lies in `folder` too.
    """
    if not (copy := folder / "project").exists():
        shutil.copytree(PROJECT, copy)
        said = (copy / "Pulumi.yaml").read_text().replace("../../", f"{PROJECT.parents[1]}/")
        (copy / "Pulumi.yaml").write_text(said)
    places = [Path(sys.executable).parent, get_language_host(print).parent]
    settings = {
        "PATH": ":".join([*map(str, places), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "LUMBUNG_DATA": str(folder / "data"),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "any",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    command = [find_engine().command, "--non-interactive", "-C", str(copy), *words]
    return subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )


def test_the_cli_previews_a_plan_file_and_tells_a_fault_in_a_sentence(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(encode(document(target(vms=(vm(),)))))
    made = pulumi(tmp_path, "stack", "init", "pdr-kvm")
    assert made.returncode == 0, made.stderr
    done = pulumi(tmp_path, "preview", "--json", "--config", f"lumbung:plan={plan}")
    assert done.returncode == 0, done.stdout + done.stderr
    steps = json.loads(done.stdout)["steps"]
    names = [one["urn"].rpartition("$")[2] for one in steps if one["op"] == "create"]
    assert "lumbung:index:Domain::simpeg-app-1" in names
    absent = pulumi(tmp_path, "preview", "--config", "lumbung:plan=absent.json")
    assert absent.returncode != 0
    assert "absent.json can't be read: No such file" in absent.stdout + absent.stderr
    assert "Traceback" not in absent.stdout + absent.stderr


BRIDGE, ADDRESS = "br-kantor", "10.64.9.12"


def bridged(hypervisor: Hypervisor) -> PlanDocument:
    """A guest on the host's own bridge, which the plan names and does not make."""
    guest = vm(
        "simpeg-web-1", change=Change.CREATE, image="guest", network=BRIDGE,
        addresses=(f"{ADDRESS}/24",), vcpus=1, memory_mib=192, storage_gib=1,
    )  # fmt: skip
    networks = (Network(name=BRIDGE, mode="bridge"),)
    return document(target(hypervisor=hypervisor.uri, networks=networks, vms=(guest,)))


@pytest.fixture
def bridge(hypervisor: Hypervisor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A bridge on the hypervisor's host, and the image of a guest; all gone with the test."""
    for words in (
        f"link add {BRIDGE} type bridge",
        f"address add 10.64.9.1/24 dev {BRIDGE}",
        f"link set {BRIDGE} up",
    ):
        hypervisor.run_inside(["ip", *words.split()])
    hypervisor.add_image("guest", make_disk(tmp_path_factory.mktemp("guest")))
    yield
    hypervisor.clear()
    hypervisor.run_inside(["ip", "link", "delete", BRIDGE])


def test_the_cli_makes_a_guest_on_a_bridge_of_the_host_and_removes_none(
    hypervisor: Hypervisor, bridge: None, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(encode(bridged(hypervisor)))
    told = ("--config", f"lumbung:plan={plan}")
    pulumi(tmp_path, "stack", "init", "pdr-kvm")
    made = pulumi(tmp_path, "up", "--yes", *told)
    assert made.returncode == 0, made.stdout + made.stderr
    assert hypervisor.ask(f"http://{ADDRESS}/", seconds=120) == "simpeg-web-1\n"
    assert pulumi(tmp_path, "preview", "--expect-no-changes", *told).returncode == 0
    removal = pulumi(tmp_path, "destroy", "--yes", *told)
    assert removal.returncode != 0
    assert "protected" in removal.stdout + removal.stderr
    assert {one.name() for one in hypervisor.connection.listAllDomains()} == {"simpeg-web-1"}
