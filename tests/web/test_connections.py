"""Where cables lead, as pages of ports and devices show it."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.actions.cables import connect
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Device, Interface
from dcim.record.people.account import ObjectPermission
from dcim.web.values.addresses import page_of
from tests.factories import TESTER, make, make_user, permit

pytestmark = pytest.mark.django_db


def body(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def joined() -> tuple[Interface, Interface]:
    """Two interfaces of two devices with a cable between them."""
    ports = [
        make(Interface, device=make(Device, name=name), name="xe-1") for name in ("sw-a", "sw-b")
    ]
    connect(ports[0], ports[1], {"label": "K-17"}, by=TESTER)
    return ports[0], ports[1]


def test_a_port_shows_the_way_to_its_far_end(admin_client: Client) -> None:
    near, far = joined()
    page = body(admin_client, page_of(near))
    assert f'href="{page_of(far)}">sw-b / xe-1</a>' in page
    assert ">K-17</a>" in page


def test_a_port_without_a_cable_offers_to_plug_one_in(admin_client: Client) -> None:
    port = make(Interface, device=make(Device, name="sw-a"), name="xe-1")
    assert "/dcim/cables/add/?a_terminations=sw-a+%2F+xe-1" in body(admin_client, page_of(port))


def test_a_device_lists_the_far_ends_of_its_ports(admin_client: Client) -> None:
    near, far = joined()
    ways = admin_client.get(page_of(near.device)).context["ways"]
    assert [(way.port.text, [end.url for end in way.ends]) for way in ways] == [
        ("sw-a / xe-1", [page_of(far)])
    ]


def test_cables_are_for_those_who_may_see_them(client: Client) -> None:
    near, _far = joined()
    client.force_login(permit(make_user(), Interface, Device))
    assert "K-17" not in body(client, page_of(near)) + body(client, page_of(near.device))
    client.force_login(permit(make_user("ani"), Interface, Device, Cable))
    assert "K-17" in body(client, page_of(near))


def test_a_cable_ends_in_several_ports(admin_client: Client) -> None:
    switch, panel = make(Device, name="sw"), make(Device, name="core")
    ports = [make(Interface, device=switch, name=f"xe-{number}") for number in (1, 2)]
    far = make(Interface, device=panel, name="et-1")
    form = {"a_terminations": "sw / xe-1; sw / xe-2", "b_terminations": "core / et-1"}
    admin_client.post("/dcim/cables/add/", {**form, "status": "connected"})
    page = body(admin_client, page_of(far))
    assert [port.name for port in ports if f">sw / {port.name}</a>" not in page] == []


def edit_form(client: Client, cable: Cable) -> tuple[str, dict[str, str]]:
    """Where a cable is edited, and what its form holds."""
    address = f"{page_of(cable)}edit/"
    form = client.get(address).context["form"]
    return address, {one.html_name: one.value() for one in form if one.value()}


def ends_of(cable: Cable) -> list[str]:
    return [str(one.endpoint) for one in cable.terminations.order_by("end")]


def test_a_cable_is_moved_and_renamed_in_one_form(admin_client: Client) -> None:
    near, _far = joined()
    make(Interface, device=near.device, name="xe-2")
    cable = Cable.objects.get()
    address, given = edit_form(admin_client, cable)
    assert (given["a_terminations"], given["b_terminations"]) == ("sw-a / xe-1", "sw-b / xe-1")
    moved = given | {"a_terminations": "sw-a / xe-2", "label": "K-18"}
    assert admin_client.post(address, moved).status_code == 302
    cable.refresh_from_db()
    assert (cable.label, ends_of(cable)) == ("K-18", ["xe-2", "xe-1"])


def test_a_cable_that_can_not_be_moved_keeps_its_label_too(admin_client: Client) -> None:
    near, _far = joined()
    taken, other = (make(Interface, device=near.device, name=f"xe-{n}") for n in (2, 3))
    connect(taken, other, {}, by=TESTER)
    cable = Cable.objects.get(label="K-17")
    address, given = edit_form(admin_client, cable)
    answer = admin_client.post(address, given | {"a_terminations": "sw-a / xe-2", "label": "K-18"})
    assert list(answer.context["form"].errors) == ["a_terminations"]
    cable.refresh_from_db()
    assert (cable.label, ends_of(cable)) == ("K-17", ["xe-1", "xe-1"])


def test_devices_are_offered_first_and_then_their_free_ports(admin_client: Client) -> None:
    near, _far = joined()
    make(Interface, device=near.device, name="xe-2")

    def offered(text: str) -> list[str]:
        names = admin_client.get("/choices/ports/", {"a_terminations": text}).context["names"]
        return list(names)

    assert offered("SW-A") == ["sw-a / "]
    assert offered("sw-a / ") == ["sw-a / xe-2"]
    assert offered("sw-a / xe-2; sw-a /") == ["sw-a / xe-2; sw-a / xe-2"]


def test_who_may_not_see_devices_is_offered_none(client: Client) -> None:
    joined()
    client.force_login(permit(make_user(), Cable))
    assert list(client.get("/choices/ports/", {"x": "sw"}).context["names"]) == []


def reader_of_one(client: Client, seen: Interface) -> None:
    """Sign in someone who may write cables, and view no other interface than `seen`."""
    user = permit(make_user(), Cable, actions=["view", "add", "change"])
    make(
        ObjectPermission,
        object_types=["dcim.interface"],
        actions=["view"],
        constraints={"pk": seen.pk},
        users=[user],
    )
    client.force_login(user)


def test_a_port_that_may_not_be_seen_takes_no_cable(client: Client) -> None:
    seen, hidden = (
        make(Interface, device=make(Device, name=name), name="xe-1") for name in ("sw-a", "sw-b")
    )
    reader_of_one(client, seen)
    for text in ("sw-b / xe-1", f"#{hidden.pk}", "sw-c / xe-1"):
        form = {"a_terminations": "sw-a / xe-1", "b_terminations": text, "status": "connected"}
        answer = client.post("/dcim/cables/add/", form)
        assert list(answer.context["form"].errors) == ["b_terminations"]
    assert not Cable.objects.exists()


def test_an_end_that_may_not_be_seen_is_a_number_and_stays(client: Client) -> None:
    near, far = joined()
    reader_of_one(client, near)
    cable = Cable.objects.get()
    pages = "".join(body(client, page_of(one)) for one in (cable, near))
    assert f"#{far.pk}" in pages
    assert "sw-b" not in pages
    address, given = edit_form(client, cable)
    assert "sw-b" not in given["b_terminations"]
    assert client.post(address, given | {"label": "K-18"}).status_code == 302
    cable.refresh_from_db()
    assert (cable.label, ends_of(cable)) == ("K-18", ["xe-1", "xe-1"])


def test_a_device_lists_no_ports_that_may_not_be_seen(client: Client) -> None:
    near, _far = joined()
    client.force_login(permit(make_user(), Cable, Device))
    assert client.get(page_of(near.device)).context["ways"] == []
