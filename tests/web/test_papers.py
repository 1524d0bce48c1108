"""Papers on the pages: shown as they would be printed, with their files and their gaps."""

from __future__ import annotations

import pytest
from django.test import Client

from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.web.values.addresses import page_of
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> AllocationRequest:
    """A request for one machine."""
    request = make(AllocationRequest, number="PK-1", kind="new", subject="Server SIMPEG")
    make(RequestLine, request=request, machine_name="web-1", vcpus=3)
    return request


def test_the_page_of_a_request_leads_to_its_letter_and_that_to_the_files(
    client: Client, asked: AllocationRequest
) -> None:
    client.force_login(make_user("admin", is_superuser=True))
    address = f"{page_of(asked)}letter/"
    assert address in client.get(page_of(asked)).content.decode()
    page = client.get(address).content.decode()
    assert [one for one in ("Server SIMPEG", "web-1", "nomor surat") if one not in page] == []
    files = {"letter.docx": b"PK", "letter.pdf": b"%PDF", "annex.xlsx": b"PK"}
    for name, start in files.items():
        assert f"{page_of(asked)}{name}" in page
        assert client.get(f"{page_of(asked)}{name}").content.startswith(start)
    assert client.get(f"{page_of(asked)}letter.odt").status_code == 404
    RequestLine.objects.all().delete()
    assert client.get(address).status_code == 409


def test_the_report_is_shown_with_its_files(client: Client) -> None:
    client.force_login(make_user("admin", is_superuser=True))
    page = client.get("/reports/capacity/").content.decode()
    assert "Belum ada kumpulan kapasitas yang tercatat." in page
    assert client.get("/reports/capacity.pdf").content.startswith(b"%PDF")
    assert client.get("/reports/capacity.docx").status_code == 404
    assert client.get("/reports/capacity/?quarter=9999-Q1").status_code == 400
