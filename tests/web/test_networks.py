"""Pages of prefixes and VLAN groups: what is inside, and giving out the next that is free."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.vlans import VLAN, VLANGroup
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user, permit

pytestmark = pytest.mark.django_db


def body(client: Client, address: str) -> str:
    return str(client.get(address, follow=True).content.decode())


def test_a_prefix_shows_what_is_inside_and_what_is_free(admin_client: Client) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24")
    make(Prefix, prefix="10.1.0.0/25")
    make(IPAddress, address="10.1.0.1/24")
    page = body(admin_client, page_of(prefix))
    assert ">10.1.0.0/25</a>" in page
    assert ">10.1.0.1/24</a>" in page
    assert "10.1.0.128/25" in page
    assert '<strong class="code">10.1.0.2/24</strong>' in page


def test_the_next_address_is_given_out_with_its_name(admin_client: Client) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24")
    address = f"{page_of(prefix)}give-address/"
    answer = admin_client.post(address, {"dns_name": "web.paser.go.id"})
    given = IPAddress.objects.get()
    assert answer.headers["Location"] == page_of(given)
    assert (given.address, given.dns_name) == ("10.1.0.1/24", "web.paser.go.id")


def test_a_full_prefix_says_that_nothing_is_free(admin_client: Client) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24", mark_utilized=True)
    answer = admin_client.post(f"{page_of(prefix)}give-address/", follow=True)
    assert 'class="message error"' in answer.content.decode()
    assert not IPAddress.objects.exists()


@pytest.mark.parametrize(("length", "made"), [("26", "10.1.0.0/26"), ("24", ""), ("x", "")])
def test_a_prefix_of_a_length_is_given_out(admin_client: Client, length: str, made: str) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24")
    admin_client.post(f"{page_of(prefix)}give-prefix/", {"length": length})
    others = Prefix.objects.exclude(pk=prefix.pk).values_list("prefix", flat=True)
    assert "".join(others) == made


def test_a_group_gives_out_its_next_number(admin_client: Client) -> None:
    group = make(VLANGroup, vid_ranges=[[100, 199]])
    make(VLAN, group=group, vid=100)
    admin_client.post(f"{page_of(group)}give-vlan/", {"name": "kamera"})
    assert VLAN.objects.get(name="kamera").vid == 101
    assert "102" in body(admin_client, page_of(group))


def test_who_may_only_look_is_given_nothing(client: Client) -> None:
    prefix = make(Prefix, prefix="10.1.0.0/24")
    client.force_login(permit(make_user(), Prefix, IPAddress))
    assert client.post(f"{page_of(prefix)}give-address/").status_code == 403
    assert "give-address" not in body(client, page_of(prefix))
