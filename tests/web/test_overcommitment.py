"""A machine that overfills its cluster is written, and its page says which class lacks how much."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db
SIZE = {"cpu_cores": 8, "memory_mib": 16_384, "storage_gib": 500}
WARNING = (
    "Kluster PDR-KVM telah menjanjikan lebih dari yang dimilikinya, termasuk cadangan untuk"
    " kegagalan host. Kelebihannya: Memori: 1 GiB."
)


def save(client: Client, cluster: Cluster, machine: VirtualMachine | None, gib: int) -> list[str]:
    """What the page after the form says, one message after another."""
    page = f"{page_of(machine)}edit/" if machine else "/virtualization/virtual-machines/add/"
    form = client.get(page).context["form"]
    row: dict[str, Any] = {"name": "simpeg-db-2", "cluster": cluster.pk, "memory_mib": gib * 1024}
    row |= {"status": "active", "start_on_boot": "off"}
    row |= {"seen_change": form.initial.get("seen_change") or ""}
    answer = client.post(page, row, follow=True)
    assert "form" not in answer.context, answer.context["form"].errors
    return [f"{one.level_tag}: {one}" for one in answer.context["messages"]]


@pytest.mark.parametrize("stands", [False, True])
def test_the_form_of_a_machine_warns_of_what_its_cluster_lacks(
    client: Client, stands: bool
) -> None:
    client.force_login(make_user(is_superuser=True))
    cluster = make(Cluster, name="PDR-KVM", host_failures_to_survive=1)
    for name in ("h1", "h2"):
        make(Device, name=name, cluster=cluster, **SIZE)
    make(VirtualMachine, name="simpeg-db-1", cluster=cluster, memory_mib=1024)
    machine = make(VirtualMachine, name="simpeg-db-2", cluster=cluster) if stands else None
    _done, *warnings = save(client, cluster, machine, 16)
    assert warnings == [f"warning: {WARNING}"]
    _done, *warnings = save(client, cluster, VirtualMachine.objects.get(name="simpeg-db-2"), 15)
    assert warnings == []


def test_another_cluster_that_is_overfull_is_not_spoken_of(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    make(VirtualMachine, cluster=make(Cluster, name="DRC-KVM"), memory_mib=4096)
    cluster = make(Cluster, name="PDR-KVM", host_failures_to_survive=0)
    make(Device, name="h1", cluster=cluster, **SIZE)
    assert len(save(client, cluster, None, 8)) == 1
