"""The page of the emergency book: what was made, to take along, and one anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from dcim.catalog.roles import ROLES
from dcim.record.people.contacts import Contact
from dcim.record.planner.service_apps import ServiceApp
from tests.factories import make, make_user, member, permit

pytestmark = pytest.mark.django_db
PAGE, API = "/emergency-book/", "/api/plugins/planner/emergency-book/"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path / "data"))


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(make_user("siti", is_superuser=True))
    return client


def text_of(client: Client, **kwargs: Any) -> str:
    return client.get(PAGE, **kwargs).content.decode()


def test_before_the_first_book_the_page_says_so(reader: Client) -> None:
    assert "Belum ada buku darurat" in text_of(reader)
    assert reader.get(f"{PAGE}html/").status_code == 404


def test_a_book_is_made_and_taken_along_by_who_sees_everything(reader: Client) -> None:
    make(ServiceApp, code="SIMPEG", name="Kepegawaian")
    assert reader.post(PAGE).status_code == 302
    page = text_of(reader)
    assert "siti" in page
    assert reader.get(API).json()["digest"] in page
    html, pdf = (reader.get(f"{PAGE}{kind}/") for kind in ("html", "pdf"))
    assert "SIMPEG · Kepegawaian" in html.content.decode()
    assert (html["Content-Disposition"][:12], pdf.content[:5]) == ("attachment; ", b"%PDF-")
    assert reader.get(f"{PAGE}exe/").status_code == 404


def test_a_book_that_could_not_be_brought_is_told_on_the_page(
    reader: Client, settings: LazySettings, tmp_path: Path
) -> None:
    settings.BOOK_TO = str(tmp_path / "not-mounted")
    assert reader.post(PAGE).status_code == 409
    page = text_of(reader)
    assert "not-mounted" in page
    assert 'role="alert"' in page
    assert reader.get(f"{PAGE}html/").status_code == 200


@pytest.mark.parametrize("role", sorted(ROLES))
def test_roles_that_see_everything_and_no_others_see_the_book(client: Client, role: str) -> None:
    client.force_login(member(make_user("budi"), role))
    seen = client.get(API).status_code == 200
    assert seen is (role not in {"ci", "opd"})
    addresses = [PAGE, f"{PAGE}html/"]
    assert [client.get(one).status_code for one in addresses] == ([200, 404] if seen else [403] * 2)
    assert client.post(PAGE).status_code == (302 if seen else 403)


def test_who_sees_every_app_but_not_the_people_does_not_see_the_book(client: Client) -> None:
    client.force_login(permit(make_user("budi"), ServiceApp, Contact))
    assert [client.get(one).status_code for one in (PAGE, f"{PAGE}pdf/", API)] == [403] * 3
    assert client.post(PAGE).status_code == 403
