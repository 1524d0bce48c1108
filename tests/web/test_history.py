"""The history of an object, for people."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dcim.actions import record
from dcim.record.places.sites import Site
from dcim.web.objects import history
from tests.factories import TESTER, make, make_user, permit

pytestmark = pytest.mark.django_db


def test_the_page_of_an_object_leads_to_its_history(admin_client: Client) -> None:
    address = f"/dcim/sites/{make(Site).pk}/"
    assert f'href="{address}history/"' in admin_client.get(address).content.decode()
    assert admin_client.get(f"{address}history/").status_code == 200


def test_a_deleted_object_is_shown_as_it_was(admin_client: Client) -> None:
    site = make(Site, name="Gedung Lama")
    address, at = f"/dcim/sites/{site.pk}/history/", timezone.localtime()
    record.update(site, {"name": "Gedung Baru"}, by=TESTER)
    record.delete(site, by=TESTER)
    page = admin_client.get(address, {"at": at.replace(tzinfo=None).isoformat()})
    assert "Gedung Lama" in [one.after for one in page.context["facts"]]
    before = admin_client.get(address, {"at": "2001-01-01T00:00"})
    assert (before.context["past"].state, before.context["facts"]) == (None, [])


def test_a_time_that_can_not_be_read_is_said(admin_client: Client) -> None:
    page = admin_client.get(f"/dcim/sites/{make(Site).pk}/history/?at=kemarin")
    assert page.context["is_wrong"]


def test_who_may_not_see_the_log_sees_no_history(client: Client) -> None:
    client.force_login(permit(make_user(), Site))
    address = f"/dcim/sites/{make(Site).pk}/"
    assert client.get(f"{address}history/").status_code == 404
    assert "history/" not in client.get(address).content.decode()


def test_every_change_is_on_some_page(admin_client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(history, "CHANGES_PER_PAGE", 2)
    site = make(Site)
    for n in range(4):
        record.update(site, {"facility": f"F{n}"}, by=TESTER)
    address = f"/dcim/sites/{site.pk}/history/"
    pages = [admin_client.get(address, {"page": n}) for n in (1, 2, 3, 99)]
    assert [len(one.context["changes"]) for one in pages] == [2, 2, 1, 1]
    assert 'href="?page=2"' in pages[0].content.decode()
