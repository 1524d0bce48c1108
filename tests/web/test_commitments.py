"""The page of committed room: drawn by a button, refused where it no longer fits."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.commitments import Commitment
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant() -> Allocation:
    return make(Allocation, reference="PDN-1", vcpus=4)


def test_the_machine_draws_by_a_button(client: Client, grant: Allocation) -> None:
    client.force_login(make_user(is_superuser=True))
    machine = make(VirtualMachine, vcpus=4)
    held = make(
        Commitment,
        allocation=grant,
        virtual_machine=machine,
        vcpus=4,
        storage_gib=0,
        wanted_until="2026-01-31",
    )
    assert "draw/" in client.get(page_of(held)).content.decode()
    answer = client.post(f"{page_of(held)}draw/", follow=True)
    assert answer.redirect_chain[-1][0] == page_of(machine)
    machine.refresh_from_db()
    assert (machine.allocation, Commitment.objects.count()) == (grant, 0)


def test_what_does_not_fit_is_told_on_the_page(client: Client, grant: Allocation) -> None:
    client.force_login(make_user(is_superuser=True))
    machine = make(VirtualMachine, name="simpeg-db-1", vcpus=5)
    held = make(Commitment, allocation=grant, virtual_machine=machine, vcpus=4, storage_gib=0)
    page = client.post(f"{page_of(held)}draw/", follow=True).content.decode()
    assert "PDN-1" in page
    assert "simpeg-db-1" in page
    assert Commitment.objects.count() == 1


def test_who_may_not_delete_it_draws_nothing(client: Client, grant: Allocation) -> None:
    client.force_login(make_user())
    held = make(Commitment, allocation=grant, vcpus=1, storage_gib=0)
    assert client.post(f"{page_of(held)}draw/").status_code == 403
