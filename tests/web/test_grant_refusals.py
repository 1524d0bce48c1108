"""A grant that is full is told where the size was written, in the language of who reads it."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db
TOLD = (
    "PDN-1 memiliki sisa 2 VCPU, sedangkan simpeg-db-2 meminta tambahan 3. Kurangi permintaan"
    " sebanyak 1, kosongkan sebanyak itu pada alokasi, atau pilih alokasi lain."
)


@pytest.mark.parametrize("stands", [False, True])
def test_a_form_tells_the_field_and_the_way_out(client: Client, stands: bool) -> None:
    client.force_login(make_user(is_superuser=True))
    grant, cluster = make(Allocation, reference="PDN-1", vcpus=8), make(Cluster)
    make(VirtualMachine, allocation=grant, vcpus=6)
    page = "/virtualization/virtual-machines/"
    if stands:
        page = page_of(make(VirtualMachine, name="simpeg-db-2", cluster=cluster))
    row = {"name": "simpeg-db-2", "cluster": cluster.pk, "allocation": grant.pk, "vcpus": 3}
    start = {"status": "active", "start_on_boot": "off"}
    page = f"{page}{'edit' if stands else 'add'}/"
    seen = client.get(page).context["form"].initial.get("seen_change") or ""
    answer = client.post(page, {**row, **start, "seen_change": seen})
    assert answer.context["form"].errors == {"vcpus": [TOLD]}
