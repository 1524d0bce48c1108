"""Forms: what is wrong is said at its field, what is written is logged."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.actions import record
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.devices import Device, Interface
from dcim.record.log.changes import ObjectChange
from dcim.record.places.hardware import DeviceRole, DeviceType
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Region, Site
from dcim.web.forms.edit import EditPage
from dcim.web.values.addresses import page_of
from tests.factories import TESTER, make, make_user, permit

pytestmark = pytest.mark.django_db
SITE = {"name": "Pusat Data Paser", "slug": "pdr", "status": "active"}


def errors_of(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


def mounted(rack: Rack, position: int) -> dict[str, Any]:
    return {
        "name": f"host-{position}",
        "site": rack.site_id,
        "rack": rack.pk,
        "position": position,
        "face": "front",
        "status": "active",
        "role": make(DeviceRole).pk,
        "device_type": make(DeviceType).pk,
    }


def shown_values(client: Client, obj: Any) -> dict[str, Any]:
    form = client.get(f"{page_of(obj)}edit/").context["form"]
    return {one.html_name: one.value() for one in form if one.value()}


def test_a_form_creates_an_object_and_logs_who_and_why(admin_client: Client) -> None:
    answer = admin_client.post("/dcim/sites/add/", {**SITE, "changelog_message": "ruang baru"})
    site = Site.objects.get()
    assert answer["Location"] == page_of(site)
    entry = ObjectChange.objects.get()
    assert (entry.user_name, entry.message, entry.object_repr) == (
        "admin",
        "ruang baru",
        "Pusat Data Paser",
    )


def test_a_missing_value_is_said_at_its_field(admin_client: Client) -> None:
    answer = admin_client.post("/dcim/sites/add/", {**SITE, "name": ""})
    assert list(errors_of(answer)) == ["name"]
    assert 'id="id_name_error"' in answer.content.decode()


def test_a_taken_name_is_said_to_be_taken(admin_client: Client) -> None:
    make(Site, name="Pusat Data Paser")
    answer = admin_client.post("/dcim/sites/add/", SITE)
    assert errors_of(answer)["name"] == ["Situs dengan Nama ini sudah ada."]


def test_a_name_taken_within_a_site_is_said_to_be_taken(admin_client: Client) -> None:
    taken = make(Location, name="Ruang Server")
    values = {"site": taken.site_id, "name": "Ruang Server", "slug": "lain", "status": "active"}
    answer = admin_client.post("/dcim/locations/add/", values)
    assert errors_of(answer)["__all__"] == ["Ruang dengan Situs dan Nama ini sudah ada."]


def test_a_taken_rack_unit_is_said_at_the_position(admin_client: Client) -> None:
    rack = make(Rack)
    admin_client.post("/dcim/devices/add/", mounted(rack, 5))
    answer = admin_client.post("/dcim/devices/add/", {**mounted(rack, 5), "name": "lain"})
    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["position"]
    assert Device.objects.count() == 1


def test_an_edit_writes_what_was_changed_and_nothing_else(admin_client: Client) -> None:
    rack = make(Rack, name="R1", u_height=42)
    values = {**shown_values(admin_client, rack), "name": "PDR-R01"}
    admin_client.post(f"{page_of(rack)}edit/", values)
    entry = ObjectChange.objects.filter(action="update").get()
    before, after = entry.prechange_data or {}, entry.postchange_data or {}
    assert [name for name in after if before[name] != after[name]] == ["name"]


def test_what_another_writer_changed_meanwhile_is_not_overwritten_unseen(
    admin_client: Client,
) -> None:
    rack = make(Rack, name="R1")
    values = {**shown_values(admin_client, rack), "name": "PDR-R01"}
    record.update(rack, {"name": "R2"}, by=TESTER)
    answer = admin_client.post(f"{page_of(rack)}edit/", values)
    assert "__all__" in errors_of(answer)
    again = {**values, "seen_change": answer.context["form"].data["seen_change"]}
    assert admin_client.post(f"{page_of(rack)}edit/", again).status_code == 302
    assert Rack.objects.get().name == "PDR-R01"


def test_a_stale_form_shows_what_changed_meanwhile_beside_what_was_typed(
    admin_client: Client,
) -> None:
    rack, site = make(Rack, name="R1", serial="S1"), make(Site, name="Cadangan")
    values = {**shown_values(admin_client, rack), "name": "PDR-R01"}
    record.update(rack, {"name": "R2", "site": site}, by=TESTER)
    answer = admin_client.post(f"{page_of(rack)}edit/", values)
    theirs = {(one.before, one.after) for one in answer.context["theirs"]}
    assert theirs == {("R2", "PDR-R01"), ("Cadangan", rack.site.name)}
    assert "Simpan, timpa perubahan itu" in answer.content.decode()
    assert answer.context["form"]["name"].value() == "PDR-R01"
    assert Rack.objects.get().name == "R2"


def test_a_change_between_the_look_and_the_write_is_not_overwritten_either(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rack = make(Rack, name="R1")
    values = {**shown_values(admin_client, rack), "name": "PDR-R01"}
    looked = EditPage._is_current

    def late(page: EditPage, *args: Any) -> bool:
        verdict = looked(page, *args)
        record.update(rack, {"name": "R2"}, by=TESTER)
        return verdict

    monkeypatch.setattr(EditPage, "_is_current", late)
    assert admin_client.post(f"{page_of(rack)}edit/", values).status_code == 422
    assert Rack.objects.get().name == "R2"


def test_the_address_fills_in_a_new_form(admin_client: Client) -> None:
    rack = make(Rack)
    answer = admin_client.get(f"/dcim/devices/add/?rack_id={rack.pk}&position=7&face=rear")
    form = answer.context["form"]
    assert [str(form[name].value()) for name in ("rack", "position", "face")] == [
        str(rack.pk),
        "7",
        "rear",
    ]


def test_what_others_rest_on_names_them_and_stays(admin_client: Client) -> None:
    rack = make(Rack, name="PDR-R01")
    address = f"{page_of(rack.site)}delete/"
    answer = admin_client.post(address)
    assert answer.status_code == 409
    assert "PDR-R01" in answer.content.decode()
    assert Site.objects.exists()


def test_deletion_names_the_parts_that_go_too(admin_client: Client) -> None:
    port = make(Interface, name="eth0")
    answer = admin_client.get(f"{page_of(port.device)}delete/")
    assert f"{port.device} / eth0" in answer.content.decode()


def test_a_cable_is_made_between_two_named_ports(admin_client: Client) -> None:
    ends = [make(Interface, name="eth0"), make(Interface, name="swp1")]
    names = [f"{one.device} / {one}" for one in ends]
    values = {"a_terminations": names[0], "b_terminations": names[1], "status": "connected"}
    answer = admin_client.post("/dcim/cables/add/", values)
    assert answer["Location"] == page_of(Cable.objects.get())
    assert names[1] in admin_client.get(answer["Location"]).content.decode()


def test_an_unknown_port_is_said_at_its_end(admin_client: Client) -> None:
    values = {"a_terminations": "tak ada / eth0", "b_terminations": "", "status": "connected"}
    answer = admin_client.post("/dcim/cables/add/", values)
    assert set(errors_of(answer)) == {"a_terminations", "b_terminations"}


def test_one_who_was_given_the_right_may_add(client: Client) -> None:
    client.force_login(permit(make_user("teknisi"), Site, actions=["view", "add"]))
    assert "/dcim/sites/add/" in client.get("/dcim/sites/").content.decode()
    assert client.post("/dcim/sites/add/", SITE).status_code == 302


def test_a_page_never_sends_people_to_another_server(admin_client: Client) -> None:
    rack = make(Rack)
    values = {**shown_values(admin_client, rack), "next": "https://example.org/"}
    answer = admin_client.post(f"{page_of(rack)}edit/", values)
    assert answer["Location"] == page_of(rack)


def test_a_menu_shows_where_in_its_tree_an_object_stands(admin_client: Client) -> None:
    top = make(Region, name="Kaltim")
    make(Region, name="Paser", parent=top)
    page = admin_client.get("/dcim/sites/add/").content.decode()
    assert "Kaltim / Paser</option>" in page
