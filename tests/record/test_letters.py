"""The letter of a request: the same words and figures as PDF, DOCX and XLSX, also as printed."""

from __future__ import annotations

from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from rest_framework.test import APIClient

from dcim.actions.papers.capacity.files import capacity_paper
from dcim.actions.papers.letter.content import letter_of
from dcim.actions.papers.letter.files import paper_of
from dcim.actions.papers.letter.negotiation import curve_annex
from dcim.actions.plans.making import make_plan
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.letterheads import Letterhead
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.choices_requests import RequestKind
from tests.api.clients import client_of
from tests.factories import TESTER, make, make_user, member
from tests.office import PAPER, pictured, printed

pytestmark = pytest.mark.django_db
FORMS = ("pdf", "docx", "xlsx")
SAID = (
    "PEMERINTAH KABUPATEN PASER",
    "000.6/12/Diskominfo/2026",
    "Tana Paser, 29 November 2026",
    "Yth. Direktur Jenderal Teknologi Pemerintah Digital",
    "Peraturan Presiden Nomor 95 Tahun 2018",
    "Peraturan Bupati Paser Nomor 12 Tahun 2023",
    "mulai 1 Januari 2027 sampai dengan 31 Desember 2027",
    "Siti Aminah",
    "Kepala Dinas,",
    "Drs. H. Contoh",
    "NIP 196905121994031008",
    "Arsip",
    "di Jakarta",
    "[isi: telepon penanggung jawab]",
)


@pytest.fixture
def asked() -> AllocationRequest:
    """A request of the PDN for two machines."""
    office = make(Tenant, name="Diskominfo Paser", slug="diskominfo")
    make(
        Letterhead, government="Pemerintah Kabupaten Paser", office="Dinas Kominfo",
        address="Jalan Kusuma Bangsa", place="Tana Paser", signatory_name="Drs. H. Contoh",
        signatory_position="Kepala Dinas", signatory_nip="196905121994031008",
        legal_basis="Peraturan Bupati Paser Nomor 12 Tahun 2023\n", copies_to="Bupati\nArsip",
    )  # fmt: skip
    request = make(
        AllocationRequest, number="PK-2026-001", kind="new", tenant=office,
        provider=make(Provider, name="Pusat Data Nasional", slug="pdn", kind="pdn"),
        letter_number="000.6/12/Diskominfo/2026", letter_date=date(2026, 11, 29),
        subject="Permohonan Kapasitas", purpose="Untuk <SIMPEG>\x0b #layanan *publik*.",
        valid_from=date(2027, 1, 1), valid_until=date(2027, 12, 31), admin_name="Siti Aminah",
    )  # fmt: skip
    app = make(ServiceApp, code="SIMPEG", name="Kepegawaian", data_class="restricted")
    for number, memory in enumerate((8_192, 1_536), 1):
        make(
            RequestLine, request=request, app=app, machine_name=f"=simpeg-{number}", vcpus=4,
            memory_mib=memory, storage_gib=600 * number, operating_system="Debian 12",
        )  # fmt: skip
    return request


def text_of(data: bytes) -> str:
    """The text of a PDF in one line."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return " ".join(" ".join(pages).split())


def words_of(data: bytes) -> str:
    """Every text of a DOCX: headers, paragraphs and tables."""
    document = Document(BytesIO(data))
    sections = list(document.sections)
    parts = [sections[0].first_page_header, *(one.header for one in sections)]
    told = [paragraph.text for part in parts for paragraph in part.paragraphs]
    told += [paragraph.text for paragraph in document.paragraphs]
    told += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join(told).split())


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The cells of each sheet, row by row."""
    book = load_workbook(BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_pdf_and_docx_say_the_same_and_mark_what_is_missing(asked: AllocationRequest) -> None:
    told = {"pdf": text_of(paper_of(asked, "pdf").data)}
    told["docx"] = words_of(paper_of(asked, "docx").data)
    assert [(form, one) for form in told for one in SAID if one not in told[form]] == []
    assert all(
        "Untuk <SIMPEG> #layanan *publik*." in " ".join(one.split()) for one in told.values()
    )
    assert "nomor surat" not in letter_of(asked).gaps
    assert {"telepon penanggung jawab", "pangkat/golongan"} <= set(letter_of(asked).gaps)


def test_sums_and_rows_are_those_of_the_requests_lines(asked: AllocationRequest) -> None:
    api = client_of(make_user("admin", is_superuser=True))
    lines = api.get("/api/plugins/planner/request-lines/", {"request_id": asked.pk}).json()
    rows = lines["results"]
    sums = [sum(row["vcpus"] for row in rows), sum(row["memory_mib"] for row in rows) / 1024]
    sums.append(sum(row["storage_gib"] for row in rows))
    address = f"/api/plugins/planner/allocation-requests/{asked.pk}/annex.xlsx"
    book = sheets(api.get(address).content)
    assert [row[-1] for row in book["Jumlah"][1:]] == sums
    heads, *told, below = book["Kebutuhan"]
    assert below[5:8] == tuple(f"=SUBTOTAL(109,{one}2:{one}3)" for one in "FGH")
    found = [dict(zip(heads, row, strict=True)) for row in told]
    assert [(one["Mesin virtual"], one["Memori (GiB)"]) for one in found] == [
        (row["machine_name"], row["memory_mib"] / 1024) for row in rows
    ]
    assert {one["PIC administratif"] for one in found} == {"Siti Aminah"}
    assert found[0]["Klasifikasi data"] == "Terbatas"


def made_long(request: AllocationRequest) -> AllocationRequest:
    """The request with as many machines as fill pages, and with all that spoils a page."""
    request.subject = f"<b>&amp; Перечень {'S' * 170}"
    request.admin_name, request.technical_name = "W" * 100, "O'Brien <x> & co"
    lines = [
        RequestLine(
            request=request, machine_name=f"@{'m' * 50}-{number}", vcpus=1, database="P" * 60,
            domain=f"https://{'d' * 90}", data_class="open", category="low", environment="backup",
        )
        for number in range(30)
    ]  # fmt: skip
    RequestLine.objects.bulk_create(lines)
    return request


def is_spoilt(pdf: bytes) -> bool:
    """Whether a page is blank, or something stands where printers don't print."""
    return any(page.ink < 0.002 or page.edge(5) < PAPER for page in pictured(pdf))


def heads_of_annex(pdf: bytes) -> list[str]:
    """The text of the wide pages, each of which begins with the head of the table."""
    pages = zip(PdfReader(BytesIO(pdf)).pages, pictured(pdf), strict=True)
    told = [page.extract_text() for page, picture in pages if picture.is_wide]
    # The last may hold the signature alone.
    assert all("Klasifikasi" in one for one in told[:-1])
    assert len(told) > 2
    return told


@pytest.mark.once
def test_pages_hold_whatever_is_written_into_them(asked: AllocationRequest) -> None:
    before = paper_of(asked, "pdf").data
    assert ([one.is_wide for one in pictured(before)], is_spoilt(before)) == ([False, True], False)
    data = paper_of(made_long(asked), "pdf").data
    assert not is_spoilt(data)
    assert heads_of_annex(data)
    assert "<b>&amp; Перечень" in text_of(data)
    assert not is_spoilt(capacity_paper("", "pdf").data)


def test_the_document_can_be_edited_as_one_expects(asked: AllocationRequest) -> None:
    document = Document(BytesIO(paper_of(asked, "docx").data))
    first, annex = document.sections
    wide = annex.page_width or 0
    assert (first.different_first_page_header_footer, wide > (annex.page_height or 0)) == (
        True,
        True,
    )
    xml = document.element.xml
    assert (xml.count("w:tblHeader"), xml.count('w:highlight w:val="yellow"') > 0) == (2, True)
    assert "NUMPAGES" in first.footer._element.xml
    assert {"Heading 1", "Normal"} <= {one.style.name for one in document.paragraphs if one.style}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_request_gives_the_same_bytes(asked: AllocationRequest, form: str) -> None:
    assert paper_of(asked, form) == paper_of(asked, form)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (RequestKind.NEW, "mengajukan permohonan kapasitas komputasi"),
        (RequestKind.CHANGE, "perubahan spesifikasi atas alokasi PDN-1"),
        (RequestKind.RENEWAL, "perpanjangan alokasi PDN-1"),
        (RequestKind.BACKUP, "layanan pencadangan"),
        (RequestKind.COLOCATION, "layanan kolokasi"),
        (RequestKind.TERMINATION, "pengembalian alokasi PDN-1"),
    ],
)
def test_each_kind_has_its_own_words(
    asked: AllocationRequest, kind: RequestKind, said: str
) -> None:
    asked.kind = kind.value
    if "PDN-1" in said:
        asked.predecessor = make(
            Allocation, reference="PDN-1", provider=asked.provider, vcpus=2, letter_number="B-1",
        )  # fmt: skip
    letter = letter_of(asked)
    assert said in letter.opening[0]
    assert ("Alokasi PDN-1 berdasarkan surat nomor B-1." in letter.basis) == ("PDN-1" in said)
    heads = [one.title for one in letter.sums.columns]
    assert ("Semula" in heads) == (kind in {RequestKind.CHANGE, RequestKind.RENEWAL})


@pytest.mark.parametrize("kind", [RequestKind.RENEWAL, RequestKind.TERMINATION])
def test_a_grant_as_a_whole_needs_no_lines(asked: AllocationRequest, kind: RequestKind) -> None:
    RequestLine.objects.all().delete()
    grant = make(
        Allocation, reference="PDN-1", provider=asked.provider, vcpus=8, memory_mib=16_384,
        storage_gib=100,
    )  # fmt: skip
    asked.kind, asked.predecessor = kind.value, grant
    idle = letter_of(asked)
    assert (idle.annex, dict(idle.reference)["Lampiran"]) == (None, "–")
    assert [row[-1] for row in idle.sums.rows] == [8, 16, 100]
    machine = make(
        VirtualMachine, name="web-1", allocation=grant, vcpus=2, memory_mib=4_096, disk_mb=21_474,
    )  # fmt: skip
    make(Workload, app=ServiceApp.objects.get(), virtual_machines=[machine])
    drawn = letter_of(asked)
    assert drawn.annex is not None
    assert drawn.annex.table.rows[0][1:8] == ("SIMPEG", "web-1", "Kepegawaian", "", 2, 4, 20)
    told = {text_of(paper_of(asked, "pdf").data), words_of(paper_of(asked, "docx").data)}
    said = ("DAFTAR MESIN VIRTUAL PADA ALOKASI PDN-1", "Mesin virtual yang memakai alokasi")
    assert [(one, text) for text in told for one in said if one not in text] == []


def test_a_letter_that_would_ask_for_nothing_is_refused(asked: AllocationRequest) -> None:
    api = client_of(make_user("admin", is_superuser=True))
    RequestLine.objects.all().delete()
    for name in ("letter.pdf", "letter.docx", "annex.xlsx"):
        answer = api.get(f"/api/plugins/planner/allocation-requests/{asked.pk}/{name}")
        assert answer.status_code == 409
    assert (
        api.get("/api/plugins/planner/allocation-requests/999999999/letter.pdf").status_code == 404
    )
    with pytest.raises(CommandError, match="no lines"):
        call_command("letter", asked.number, form="docx")
    with pytest.raises(CommandError, match="no request with the number"):
        call_command("letter", "PK-0", form="docx")


def test_the_curve_of_the_plan_goes_along_where_it_is_wanted(asked: AllocationRequest) -> None:
    for code in ("A", "B"):
        app = make(ServiceApp, code=code, status="inactive", users_per_month=900)
        make(Workload, app=app, name="web", vcpus=2, memory_mib=4096, storage_gib=50)
    asked.plan = make_plan(Stance.AS_DECLARED, by=TESTER)[0]
    curve = curve_annex(asked, make_user("admin", is_superuser=True))
    assert "var(" not in curve.svg
    text = text_of(paper_of(asked, "pdf", curve=curve).data)
    assert [
        one
        for one in ("KURVA NEGOSIASI", "2 (dua) berkas", "2 aplikasi", "Hanya sumber")
        if one not in text
    ] == []
    document = Document(BytesIO(paper_of(asked, "docx", curve=curve).data))
    assert (len(document.sections), len(document.inline_shapes)) == (3, 1)
    kept = sheets(paper_of(asked, "xlsx", curve=curve).data)
    assert [row[-1] for row in kept["Satuan berikutnya"] if row[0] == "Memori (GiB)"] == [
        "",
        "A, B",
    ]
    rows = kept["Kurva negosiasi"]
    gained = {row[-1] for row in rows[1:] if row[-1]}
    assert gained == {"A", "B"}


def test_without_a_plan_there_is_no_curve(asked: AllocationRequest) -> None:
    api = client_of(make_user("admin", is_superuser=True))
    address = f"/api/plugins/planner/allocation-requests/{asked.pk}/letter.pdf"
    assert api.get(address, {"curve": "true"}).status_code == 409


def test_an_office_gets_its_own_letters_alone(asked: AllocationRequest) -> None:
    def client(tenant: Tenant) -> APIClient:
        return client_of(member(make_user(tenant.slug), "opd", tenant=tenant))

    address = f"/api/plugins/planner/allocation-requests/{asked.pk}/letter.docx"
    own = client(asked.tenant).get(address)
    assert own["Content-Disposition"] == 'attachment; filename="surat-pk-2026-001.docx"'
    assert own["Content-Type"].endswith("wordprocessingml.document")
    assert client(make(Tenant, slug="lain")).get(address).status_code == 404


def test_the_command_writes_the_letter(asked: AllocationRequest, tmp_path: Path) -> None:
    out, path = StringIO(), tmp_path / "surat.pdf"
    call_command("letter", asked.number, form="pdf", output=path, stdout=out)
    assert path.read_bytes() == paper_of(asked, "pdf").data
    assert str(path) in out.getvalue()


@pytest.mark.once
def test_libreoffice_opens_and_prints_what_we_make(
    asked: AllocationRequest, tmp_path: Path
) -> None:
    papers = [paper_of(asked, "docx"), paper_of(asked, "xlsx"), capacity_paper("", "xlsx")]
    long = paper_of(made_long(asked), "docx")
    made = printed({one.name: one.data for one in papers} | {"long.docx": long.data}, tmp_path)
    letter, annex, report = (text_of(made[one.name]) for one in papers)
    assert [name for name, data in made.items() if is_spoilt(data)] == []
    assert heads_of_annex(made["long.docx"])
    assert [one for one in SAID if one not in letter] == []
    assert "Halaman 1 dari 2" in letter
    assert ("=simpeg-2" in annex, "Siti Aminah" in annex) == (True, False)
    assert "Laporan Kapasitas Pusat Data" in report
