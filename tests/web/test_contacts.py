"""The panel of those to be called about an object."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.people.contacts import Contact, ContactAssignment
from dcim.record.places.racks import Rack
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user, permit

pytestmark = pytest.mark.django_db


def test_a_page_names_whom_to_call(admin_client: Client) -> None:
    rack = make(Rack)
    siti = make(Contact, name="Siti", phone="0811", email="siti@paser.go.id")
    make(ContactAssignment, object_type="dcim.rack", object_id=rack.pk, contact=siti)
    page = admin_client.get(page_of(rack)).content.decode()
    assert [text for text in (">Siti</a>", "tel:0811", "mailto:siti@") if text not in page] == []


def test_one_is_assigned_from_the_page_and_leads_back_to_it(admin_client: Client) -> None:
    rack, siti = make(Rack), make(Contact, name="Siti")
    address = admin_client.get(page_of(rack)).context["contacts"].add_url
    form = admin_client.get(address).context["form"]
    answer = admin_client.post(address, {**form.initial, "contact": siti.pk})
    assert answer.headers["Location"] == page_of(rack)
    assert ContactAssignment.objects.get().object_id == rack.pk


def test_a_form_leads_to_no_other_site(admin_client: Client) -> None:
    address = "/tenancy/contacts/add/?next=https://example.com/"
    answer = admin_client.post(address, {"name": "Siti"})
    assert answer.headers["Location"] == page_of(Contact.objects.get())


def test_who_may_not_assign_is_not_asked_to(client: Client) -> None:
    rack = make(Rack)
    client.force_login(permit(make_user(), Rack, ContactAssignment))
    assert client.get(page_of(rack)).context["contacts"].add_url == ""
