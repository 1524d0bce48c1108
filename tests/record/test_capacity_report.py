"""The quarterly capacity report: its figures are the ledgers' on every way out."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader
from rest_framework.test import APIClient

from dcim.actions.forecasts.snapshots import snapshot_ledgers
from dcim.actions.papers.capacity.figures import figures_of, quarter_asked
from dcim.actions.papers.capacity.files import capacity_paper
from dcim.actions.papers.words import day, number, period
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.ledger_snapshots import LedgerSnapshot
from dcim.record.planner.letterheads import Letterhead
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.errors import InvalidInput, Refused
from dcim.vocabulary.quarters import Quarter
from tests.api.clients import client_of
from tests.factories import make, make_user, member

pytestmark = pytest.mark.django_db
ADDRESS = "/api/plugins/planner/reports/capacity"
OVER = "=SUM(9)"  # a name that a sheet must not run


@pytest.fixture
def api() -> APIClient:
    """A client of one who may do everything."""
    return client_of(make_user("admin", is_superuser=True))


@pytest.fixture
def estate() -> Allocation:
    """A cluster with an idle machine, one that is over-committed, and a grant that ends soon."""
    for name, failures in (("PDR-KVM", 0), (OVER, 1)):
        cluster = make(Cluster, name=name, host_failures_to_survive=failures)
        make(
            Device, name=f"H {name}", cluster=cluster, cpu_cores=16, memory_mib=65_536,
            storage_gib=2_000,
        )  # fmt: skip
        vm = make(
            VirtualMachine,
            name=f"vm {name}",
            cluster=cluster,
            vcpus=2,
            memory_mib=1536,
            disk_mb=42_949,
        )
        app = make(ServiceApp, code=f"A{cluster.pk}", status="inactive")
        make(Workload, app=app, virtual_machines=[vm])
    pdn = make(Provider, name="Pusat Data Nasional", slug="pdn")
    ends = timezone.localdate() + timedelta(days=30)
    return make(
        Allocation, reference="PDN-1", provider=pdn, vcpus=8, memory_mib=16_384, storage_gib=1_250,
        valid_until=ends,
    )  # fmt: skip


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The cells of each sheet, row by row."""
    book = load_workbook(BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def pdf_text(data: bytes) -> str:
    """The text of a PDF in one line."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return " ".join(" ".join(pages).split())


@pytest.mark.usefixtures("estate")
def test_the_sheet_has_the_figures_of_the_ledgers(api: APIClient) -> None:
    answer = api.get(f"{ADDRESS}.xlsx")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    heads, *rows = sheets(answer.content)["Kapasitas"]
    told = [dict(zip(heads, row, strict=True)) for row in rows]
    figures = {
        (row["Kumpulan"].partition(" (")[0], row["Kelas"][:4]): [
            row[name] * (1024 if row["Kelas"].startswith("Memori") else 1)
            for name in ("Total", "Cadangan", "Kapasitas", "Terpakai", "Rencana", "Sisa")
        ]
        for row in told
    }
    names = ("total", "reserved", "capacity", "used", "planned", "free")
    labels = {"VCPU": "vCPU", "MEMORY_MIB": "Memo", "STORAGE_GIB": "Peny"}
    ledgers = api.get("/api/plugins/planner/ledgers/").json()["results"]
    assert figures == {
        (pool["pool"].partition(":")[2], labels[line["resource_class"]]): [
            line[name] for name in names
        ]
        for pool in ledgers
        for line in pool["lines"]
    }


@pytest.mark.usefixtures("estate")
def test_print_and_sheet_say_what_stands_out_and_what_to_do(api: APIClient) -> None:
    make(Letterhead, government="Pemerintah Kabupaten Paser", signatory_name="Siti Aminah")
    text = pdf_text(api.get(f"{ADDRESS}.pdf").content)
    ends = day(timezone.localdate() + timedelta(days=30))
    said = [
        "PEMERINTAH KABUPATEN PASER",
        "Siti Aminah",
        f"LAPORAN KAPASITAS PUSAT DATA {period(Quarter.of(timezone.localdate()))}",
        f"{OVER} (kluster) Memori (GiB): terpakai dan direncanakan 1,5 dari kapasitas 0",
        f"Ajukan perpanjangan atau pengembalian alokasi PDN-1 sebelum {ends}.",
        f"bila H {OVER} gagal, tidak ada tempat bagi vm {OVER}",
        "Tarik kembali 2 vCPU, 1,5 GiB memori, dan 40 GiB penyimpanan di PDR-KVM (kluster)",
        "[isi: NIP penanda tangan]",
        "tidak dapat disajikan",
        "riwayat belum cukup",
        f"sampai dengan tanggal {day(timezone.localdate())}",
        "Halaman 1 dari",
    ]
    assert [one for one in said if one not in text] == []
    rows = sheets(api.get(f"{ADDRESS}.xlsx").content)["Perhatian"]
    assert ("Alokasi akan berakhir", "PDN-1") in [row[:2] for row in rows]


def test_the_last_day_of_the_quarter_before_is_what_is_compared_with(estate: Allocation) -> None:
    last = Quarter.of(timezone.localdate()).previous.last
    LedgerSnapshot.objects.create(
        day=last, pool="allocation:PDN-1", resource_class="MEMORY_MIB", capacity=16_384, used=0,
        planned=1_024, reclaimable=0,
    )  # fmt: skip
    heads, *rows = sheets(capacity_paper("", "xlsx").data)["Kapasitas"]
    found = {
        row[0]: (row[heads.index("Sisa triwulan lalu")], row[heads.index("Perubahan")])
        for row in rows
        if row[heads.index("Kelas")] == "Memori (GiB)"
    }
    assert (found["PDN-1 (alokasi)"], found["PDR-KVM (kluster)"]) == ((15, 1), (None, None))


def test_a_grant_that_has_ended_has_not_changed(estate: Allocation) -> None:
    vm = make(VirtualMachine, name="left", vcpus=2, memory_mib=1024, disk_mb=1000)
    VirtualMachine.objects.filter(pk=vm.pk).update(allocation=estate)
    ended = Quarter.of(timezone.localdate()).previous.first
    Allocation.objects.filter(pk=estate.pk).update(valid_from=None, valid_until=ended)
    snapshot_ledgers()
    LedgerSnapshot.objects.update(day=Quarter.of(timezone.localdate()).previous.last)
    figures = figures_of(quarter_asked(""))
    pools = {pool.pool for pool, _line in figures.lines}
    assert "allocation:PDN-1" in pools
    assert figures.before is not None
    changes = [
        line.free - figures.before[pool.pool, line.inventory.resource_class]
        for pool, line in figures.lines
    ]
    assert set(changes) == {0}
    assert ("allocation:PDN-1", 0) in [
        (pool.pool, line.inventory.capacity) for pool, line in figures.overcommitted
    ]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("sheet", "by"), [("Perangkat daerah", "owner"), ("Kategori", "category"), ("Aplikasi", "app")]
)
def test_holders_have_what_the_api_says_they_have(api: APIClient, sheet: str, by: str) -> None:
    heads, *rows = sheets(capacity_paper("", "xlsx").data)[sheet]
    amounts = [
        (row[0].partition(" (")[0], [row[2], row[3] * 1024, row[4], row[5], row[6] * 1024, row[7]])
        for row in rows
    ]
    asked = api.get("/api/plugins/planner/holdings/", {"by": by}).json()["results"]
    classes = ("VCPU", "MEMORY_MIB", "STORAGE_GIB")
    assert amounts == [
        (
            one["pool"].partition(":")[2],
            [one[what][name] for what in ("used", "reclaimable") for name in classes],
        )
        for one in asked
    ]
    assert (len(rows), heads[5]) == (2, "vCPU dapat ditarik")


def test_of_a_quarter_that_is_over_only_what_was_measured_is_told(api: APIClient) -> None:
    before = Quarter.of(timezone.localdate()).previous
    measured = before.last - timedelta(days=4)
    LedgerSnapshot.objects.create(
        day=measured, pool="cluster:PDR-KVM", resource_class="MEMORY_MIB", capacity=16_384,
        used=15_360, planned=0, reclaimable=1_024,
    )  # fmt: skip
    asked = {"quarter": str(before)}
    heads, *rows = sheets(api.get(f"{ADDRESS}.xlsx", asked).content)["Kapasitas"]
    assert heads[:4] == ("Kumpulan", "Kelas", "Kapasitas", "Terpakai")
    assert [row[:7] for row in rows] == [("PDR-KVM (kluster)", "Memori (GiB)", 16, 15, 1, 0, 1)]
    text = pdf_text(api.get(f"{ADDRESS}.pdf", asked).content)
    said = (f"{day(measured)} (hari terakhir triwulan ini yang diukur)", "tidak tersimpan")
    assert [one for one in said if one not in text] == []
    assert "Prakiraan" not in text


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_the_same_record_gives_the_same_bytes(form: str) -> None:
    assert capacity_paper("", form) == capacity_paper("", form)


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_an_empty_record_makes_a_report_that_says_so(form: str) -> None:
    data = capacity_paper("", form).data
    told = pdf_text(data) if form == "pdf" else str(sheets(data))
    assert "Belum ada kumpulan kapasitas yang tercatat." in told


@pytest.mark.parametrize(
    ("asked", "status"),
    [("2026", 400), ("2026-Q5", 400), ("9999-Q4", 400), ("0000-Q1", 400), ("2020-Q1", 409)],
)
def test_a_quarter_that_no_report_can_be_made_of_is_refused(
    api: APIClient, asked: str, status: int
) -> None:
    answer = api.get(f"{ADDRESS}.pdf", {"quarter": asked})
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")


def test_the_quarter_to_come_and_one_without_ledgers_say_which_can_be_had() -> None:
    now = Quarter.of(timezone.localdate())
    with pytest.raises(InvalidInput, match=r"has not begun") as coming:
        quarter_asked(f"{now.year + 1}-Q1")
    with pytest.raises(Refused, match=r"no ledger of its days was kept") as gone:
        figures_of(now.previous)
    assert all(str(now) in one.value.hint for one in (coming, gone))


def test_an_office_sees_no_report(api: APIClient) -> None:
    office = client_of(member(make_user("opd"), "opd"))
    assert office.get(f"{ADDRESS}.pdf").status_code == 403


def test_numbers_and_days_are_indonesian_in_every_language() -> None:
    assert number(1_250_000.5) == "1.250.000,5"
    assert day(date(2026, 11, 29)) == "29 November 2026"
    assert period(Quarter(2026, 4)) == "Triwulan IV 2026"
