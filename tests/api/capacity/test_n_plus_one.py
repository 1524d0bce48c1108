"""N+1 by packing: function, API, command and page tell the same."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from dcim.planning.capacity.floor import floors
from dcim.planning.capacity.n_plus_one import n_plus_one
from dcim.planning.capacity.n_plus_one_answers import answer_of_survival
from dcim.planning.load.record import load_cluster, load_snapshot
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.service_apps import ServiceApp, Workload
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db

PATH = "/api/plugins/planner/n-plus-one/"
SIZE = {"cpu_cores": 8, "memory_mib": 16_384, "storage_gib": 500}


@pytest.fixture(autouse=True)
def _two_clusters() -> None:
    """One that survives the loss of a host, and one that does not."""
    app = make(ServiceApp, code="SIMPEG", status="active")
    tier = make(Workload, app=app, name="web", anti_affinity=True, instances_wanted=2)
    machines = []
    for name, memory_mib in (("PDR-KVM", 6_000), ("PDR-OLD", 12_000)):
        cluster = make(Cluster, name=name, host_failures_to_survive=1)
        for n in (1, 2, 3):
            host = make(Device, name=f"{name}-h{n}", cluster=cluster, **SIZE)
            if n < 3:
                sizes = {"vcpus": 2, "memory_mib": memory_mib, "disk_mb": 10_000}
                machines.append(
                    make(VirtualMachine, name=f"{name}-{n}", cluster=cluster, device=host, **sizes)
                )
    make(VirtualMachine, name="third", cluster=cluster, device=host, memory_mib=5_000)
    tier.virtual_machines.set(machines[:2])


def test_function_api_command_and_page_tell_the_same(api: APIClient) -> None:
    snapshot = load_snapshot()
    found = {one.cluster: one for one in n_plus_one(snapshot)}
    told = {one["cluster"]: one for one in api.get(PATH).json()["results"]}
    assert {name: one["verdict"] for name, one in told.items()} == {
        "cluster:PDR-KVM": "survives",
        "cluster:PDR-OLD": "fails",
    }
    (named,) = api.get(PATH, {"cluster": "PDR-OLD"}).json()["results"]
    assert named == answer_of_survival(found["cluster:PDR-OLD"], snapshot.serial)
    out = StringIO()
    call_command("n_plus_one", "PDR-OLD", "--json", stdout=out)
    assert json.loads(out.getvalue()) == [named]
    call_command("n_plus_one", stdout=out)
    assert "PDR-OLD-1: " in out.getvalue()
    client = Client()
    client.force_login(make_user("reader", is_superuser=True))
    page = client.get("/n-plus-one/", {"cluster": "PDR-OLD"}).content.decode()
    assert "PDR-OLD-1" in page
    assert client.get("/n-plus-one/").content.decode().count("?cluster=") == 2


def test_a_cluster_by_itself_is_read_as_among_all_others() -> None:
    alone, whole = load_cluster("PDR-KVM"), load_snapshot()
    assert floors(alone) == tuple(one for one in floors(whole) if one.cluster.name == "PDR-KVM")
    assert {vm.cluster for vm in alone.vms} == {"PDR-KVM"}


def test_a_cluster_without_hosts_is_unknown(api: APIClient) -> None:
    assert api.get(PATH, {"cluster": "NOPE"}).status_code == 404
    with pytest.raises(CommandError, match="NOPE"):
        call_command("n_plus_one", "NOPE")
