"""The panels that object pages have beside their facts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dcim.record.equipment.devices import Device
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.contexts_applied import contexts_of
from dcim.record.extras.custom_fields import CustomField
from dcim.record.extras.journal import JournalEntry
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.account import User
from dcim.record.people.contacts import Contact, ContactAssignment
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.web.objects.config_contexts import ContextPanel
from dcim.web.values.addresses import deed_page_of, page_of
from tests.factories import make, make_user, permit

pytestmark = pytest.mark.django_db


def note_on(client: Client, obj: Any, **values: str) -> Any:
    """What the form of the journal's panel answers."""
    panel = client.get(page_of(obj)).context["journal"]
    return client.post(panel.add_url, {**panel.about, "kind": "info", **values})


def test_a_note_is_written_on_the_page_and_shown_with_its_author(
    admin_client: Client, admin_user: User
) -> None:
    rack = make(Rack)
    answer = note_on(admin_client, rack, comments="Kipas bunyi", kind="warning")
    assert answer.headers["Location"] == page_of(rack)
    entry = JournalEntry.objects.get()
    assert (entry.object_id, entry.created_by, entry.kind) == (rack.pk, admin_user, "warning")
    page = admin_client.get(page_of(rack)).content.decode()
    assert [
        text for text in ("Kipas bunyi", "tone-plan", str(admin_user)) if text not in page
    ] == []


def test_an_empty_note_is_asked_for_once_more(admin_client: Client) -> None:
    answer = note_on(admin_client, make(Rack, name="R01"), comments="")
    assert answer.status_code == 422
    assert "comments" in answer.context["form"].errors
    assert answer.context["form"]["object_id"].value().startswith("#")


def test_the_newest_five_notes_are_shown_and_all_are_one_link_away(admin_client: Client) -> None:
    rack = make(Rack)
    for number in range(6):
        make(JournalEntry, object_type="dcim.rack", object_id=rack.pk, comments=f"Catatan {number}")
    panel = admin_client.get(page_of(rack)).context["journal"]
    assert [one.comments for one in panel.entries] == [f"Catatan {one}" for one in (5, 4, 3, 2, 1)]
    assert admin_client.get(panel.all_url).context["count"] == 6


def test_who_may_not_write_notes_reads_them_only(client: Client) -> None:
    rack = make(Rack)
    make(JournalEntry, object_type="dcim.rack", object_id=rack.pk, comments="Kipas bunyi")
    client.force_login(permit(make_user(), Rack, JournalEntry))
    panel = client.get(page_of(rack)).context["journal"]
    assert (len(panel.entries), panel.form) == (1, None)


def test_who_may_not_read_notes_has_no_panel(client: Client) -> None:
    client.force_login(permit(make_user(), Rack))
    assert client.get(page_of(make(Rack))).context["journal"] is None


def context_panel(client: Client, obj: Any) -> ContextPanel:
    panel: ContextPanel = client.get(page_of(obj)).context["config_context"]
    return panel


@pytest.mark.parametrize("model", [Device, VirtualMachine])
def test_each_value_of_the_config_context_says_which_context_it_is_from(
    admin_client: Client, model: Any
) -> None:
    obj = make(model, site=make(Site), local_context_data={"pemilik": "Diskominfo"})
    make(ConfigContext, name="umum", weight=1, data={"ntp": {"a": 1, "b": 2}})
    make(ConfigContext, name="paser", weight=2, data={"ntp": {"b": 3}}).sites.add(obj.site)
    make(ConfigContext, name="lain", weight=3, data={"ntp": {"b": 4}}).sites.add(make(Site))
    told = [
        (one.name, one.value, one.source.text) for one in context_panel(admin_client, obj).values
    ]
    assert told[:2] == [("ntp › a", "1", "umum"), ("ntp › b", "3", "paser")]
    assert told[2][:2] == ("pemilik", "Diskominfo")


def test_the_panel_shows_as_json_what_the_interface_answers(admin_client: Client) -> None:
    device = make(Device, local_context_data={"a": {"b": 1}})
    make(ConfigContext, name="umum", data={"a": [1], "c": {"d": None}})
    make(ConfigContext, name="lain", data={"c": "x"}, weight=2000)
    whole = dict(contexts_of(Device, [device.pk])[device.pk])
    panel = context_panel(admin_client, device)
    assert panel.whole.replace("\n", "").replace(" ", "") == '{"a":{"b":1},"c":"x"}'
    assert whole == {"a": {"b": 1}, "c": "x"}


def test_a_context_that_one_may_not_see_is_not_named(client: Client) -> None:
    device = make(Device)
    make(ConfigContext, name="rahasia", data={"a": 1})
    client.force_login(permit(make_user(), Device))
    assert context_panel(client, device).values[0].source.url == ""
    assert "rahasia" not in client.get(page_of(device)).content.decode()


def test_custom_fields_are_shown_by_group(admin_client: Client) -> None:
    given: dict[str, Any] = {"type": "text", "object_types": ["dcim.site"]}
    make(CustomField, name="a", group_name="Listrik", **given)
    make(CustomField, name="b", **given)
    make(CustomField, name="c", ui_visible="if-set", **given)
    site = make(Site, custom_field_data={"a": "dua jalur"})
    groups = admin_client.get(page_of(site)).context["custom_fields"]
    assert [(group, [one.label for one in some]) for group, some in groups] == [
        ("", ["B"]),
        ("Listrik", ["A"]),
    ]


def test_a_contact_is_removed_from_the_page_and_leads_back_to_it(admin_client: Client) -> None:
    rack = make(Rack)
    make(ContactAssignment, object_type="dcim.rack", object_id=rack.pk, contact=make(Contact))
    url = admin_client.get(page_of(rack)).context["contacts"].called[0].remove_url
    assert admin_client.post(url).headers["Location"] == page_of(rack)
    assert not ContactAssignment.objects.exists()


def test_the_object_of_an_assignment_is_named_and_not_numbered(admin_client: Client) -> None:
    rack, siti = make(Rack, name="PDR-R01"), make(Contact)
    given = {"object_type": "dcim.rack", "object_id": "PDR-R01", "contact": siti.pk}
    admin_client.post("/tenancy/contact-assignments/add/", given)
    made = ContactAssignment.objects.get()
    assert made.object_id == rack.pk
    form = admin_client.get(deed_page_of(made, "edit")).context["form"]
    assert form["object_id"].value() == "PDR-R01"


def test_lists_and_pages_name_the_object_that_something_is_attached_to(
    admin_client: Client,
) -> None:
    rack = make(Rack, name="PDR-R01")
    note = make(JournalEntry, object_type="dcim.rack", object_id=rack.pk, comments="x")
    link = f'<a href="{page_of(rack)}">PDR-R01</a>'
    pages = [admin_client.get(one) for one in ("/extras/journal-entries/", page_of(note))]
    assert [link in page.content.decode() for page in pages] == [True, True]


def test_an_object_that_is_not_there_is_said_beside_its_field(admin_client: Client) -> None:
    given = {"object_type": "dcim.rack", "object_id": "PDR-R99", "contact": make(Contact).pk}
    answer = admin_client.post("/tenancy/contact-assignments/add/", given)
    assert list(answer.context["form"].errors) == ["object_id"]


def test_names_of_the_chosen_kind_are_offered(admin_client: Client) -> None:
    make(Rack, name="PDR-R01"), make(Site, name="PDR")
    asked = {"object_type": "dcim.rack", "object_id": "pdr"}
    assert admin_client.get("/choices/", asked).context["names"] == ["PDR-R01"]


@pytest.mark.parametrize("kind", ["", "dcim.nothing", "extras.journalentry\0"])
def test_no_names_are_offered_of_what_is_no_kind(admin_client: Client, kind: str) -> None:
    assert admin_client.get("/choices/", {"object_type": kind}).status_code == 404
