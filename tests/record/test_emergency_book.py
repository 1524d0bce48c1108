"""Making the emergency book from the record, and bringing it where it goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from django.conf import LazySettings
from django.utils import timezone
from pypdf import PdfReader
from rest_framework.test import APIClient

from dcim.actions.emergency_book.delivery import deliver
from dcim.actions.emergency_book.making import folder, last_book, make_emergency_book
from dcim.actions.emergency_book.reading import current_book
from dcim.actions.emergency_book.rendering import as_html, as_pdf
from dcim.graph.answers.impact import answer_of_impact
from dcim.graph.failures.impact import impact
from dcim.graph.load.record import current_graph
from dcim.record.equipment.devices import Device
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.contacts import Contact, ContactAssignment, ContactRole
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.errors import InvalidInput, LumbungError, Refused
from dcim.vocabulary.things import Ref
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db
Taken = dict[str, tuple[bytes, str | None, str | None]]
FILES = {"buku-darurat-2026-11-29T020000.html": b"<p>", "buku-darurat-2026-11-29T020000.pdf": b"%"}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path / "data"))


@pytest.fixture
def api() -> APIClient:
    """A client of one who may do everything."""
    client = APIClient()
    client.force_authenticate(make_user("admin", is_superuser=True))
    return client


@pytest.fixture
def room() -> Site:
    """Two apps on one host in a rack, an office and a site with people to call."""
    site = make(Site, name="Pusat Data Paser", slug="pdp")
    rack = make(Rack, name="PDR-R01", site=site)
    cluster = make(Cluster, name="PDR-KVM")
    host = make(
        Device, name="PDR-H01", rack=rack, site=site, cluster=cluster, position=4, face="front",
        cpu_cores=8,
    )  # fmt: skip
    office = make(Tenant, name="Dinas <Kesehatan>", slug="dinkes")
    for code in ("SIMRS", "ANTREAN"):
        machine = make(VirtualMachine, name=f"{code}-1", cluster=cluster, device=host)
        app = make(ServiceApp, code=code, owner=office)
        make(Workload, app=app, name="web", virtual_machines=[machine])
    for name, priority in (("Budi", "secondary"), ("Siti", "primary"), ("Lama", "inactive")):
        assign(office, "tenancy.tenant", name, priority)
    assign(site, "dcim.site", "Jaga", "primary")
    return site


def assign(obj: Tenant | Site, kind: str, name: str, priority: str) -> None:
    make(
        ContactAssignment,
        object_type=kind,
        object_id=obj.pk,
        contact=make(Contact, name=name, phone="0812-" + name),
        role=make(ContactRole, name=f"Piket {name}"),
        priority=priority,
    )


class Assets(HTMLParser):
    """Whatever a page would fetch, and the anchors it leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.anchors: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        told = {name: value or "" for name, value in attrs}
        self.addresses += [told[one] for one in ("href", "src", "srcset", "data") if one in told]
        self.anchors += [told["id"]] if "id" in told else []


def pdf_text(data: bytes) -> str:
    """The text of a PDF in one line."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return " ".join(" ".join(pages).split())


@pytest.mark.usefixtures("room")
def test_the_book_tells_who_is_to_be_called_first_to_be_called_first() -> None:
    book = current_book()
    (office,) = book.owners
    assert [(one.name, one.phone) for one in office.people] == [
        ("Siti", "0812-Siti"),
        ("Budi", "0812-Budi"),
    ]
    assert [code for code, _ in office.apps] == ["ANTREAN", "SIMRS"]
    assert [(one.name, one.people[0].name) for one in book.sites] == [("Pusat Data Paser", "Jaga")]


@pytest.mark.usefixtures("room")
def test_what_a_rack_fells_is_what_the_question_of_impact_answers() -> None:
    (rack,) = current_book().racks
    answer = answer_of_impact(impact(current_graph(), [Ref.parse(rack.thing)]), timezone.now())
    assert list(rack.apps_down) == [app["code"] for app in answer["apps_down"]]
    assert (rack.machines, rack.equipment[0].place) == (2, "PDR-R01 U4")


@pytest.mark.usefixtures("room")
def test_the_board_and_the_order_are_those_of_their_own_questions(api: APIClient) -> None:
    book = current_book()
    board = api.get("/api/plugins/planner/n-minus-one/").json()["results"]
    assert [one.thing for one in book.failures] == [row["thing"] for row in board]
    for name in ("apps_down", "apps_degraded", "users_per_month_down", "owners_hit"):
        assert [getattr(one, name) for one in book.failures] == [row[name] for row in board]
    asked = {"thing": "site:Pusat Data Paser", "direction": "start"}
    waves = api.get("/api/plugins/planner/order/", asked).json()["waves"]
    told = [[tuple(step["things"]) for step in wave] for wave in waves]
    assert [list(wave) for wave in book.start_order] == told
    assert (told[0], told[-1][0]) == ([("site:Pusat Data Paser",)], ("app:ANTREAN",))


@pytest.mark.usefixtures("room")
def test_copies_are_told_and_so_are_running_apps_without_any() -> None:
    tier = Workload.objects.get(app__code="SIMRS")
    made = datetime(2026, 11, 28, 20, 30, tzinfo=UTC)
    site = make(Site, name="Ruang Pemulihan", slug="drc")
    make(
        BackupCopy, workload=tier, site=site, kind="full", frequency_hours=24, last_success=made,
        last_restore_test=date(2026, 9, 1),
    )  # fmt: skip
    book = current_book()
    (copy,) = book.backups
    assert (copy.tier, copy.place, copy.last_restore_test) == (
        "SIMRS/web",
        "Ruang Pemulihan",
        "2026-09-01",
    )
    assert copy.last_success == "2026-11-29T04:30:00+08:00"
    assert book.without_backup == ("ANTREAN",)
    html = as_html(book).decode()
    assert "2026-11-29 04:30" in html
    assert "Running apps without any copy: ANTREAN" in pdf_text(as_pdf(book))


@pytest.mark.usefixtures("room")
def test_the_html_needs_nothing_beside_it() -> None:
    text = as_html(current_book()).decode()
    page = Assets(text)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "video", "base"}
    assert all(one.startswith("#") for one in page.addresses)
    assert {one.removeprefix("#") for one in page.addresses} <= set(page.anchors)
    assert not [one for one in ("url(", "@import", "http://", "https://") if one in text]
    assert "Dinas &lt;Kesehatan&gt;" in text


@pytest.mark.usefixtures("room")
def test_html_and_pdf_hold_the_same_words_and_figures() -> None:
    book = current_book()
    html, pdf = as_html(book).decode(), pdf_text(as_pdf(book))
    (rack,) = book.racks
    said = [
        f"{len(rack.apps_down)} apps stop: {', '.join(rack.apps_down)}",
        f"{book.made_at:%Y-%m-%d %H:%M}",
        book.digest[:8],
        book.digest[-8:],
        "Siti · Piket Siti · 0812-Siti",
        "Pusat Data Paser",
    ]
    assert [one for one in said if one not in html or one not in pdf] == []
    assert "Dinas <Kesehatan>" in pdf
    assert "Lama" not in html + pdf


@pytest.mark.usefixtures("room")
def test_the_same_book_is_the_same_bytes() -> None:
    book = current_book()
    assert (as_html(book), as_pdf(book)) == (as_html(book), as_pdf(book))


@pytest.mark.usefixtures("room")
def test_a_book_is_kept_brought_and_remembered(tmp_path: Path, settings: LazySettings) -> None:
    settings.BOOK_TO = str(tmp_path)
    last = make_emergency_book(by="siti")
    assert (last.made_by, last.trouble, last.sent_to) == ("siti", "", str(tmp_path))
    assert last_book() == last
    for name in last.files:
        assert (folder() / name).read_bytes() == (tmp_path / name).read_bytes()
    assert {Path(name).suffix for name in last.files} == {".html", ".pdf"}


@pytest.mark.usefixtures("room")
def test_a_book_that_is_too_large_for_paper_is_html_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    size = current_book().size
    monkeypatch.setattr("dcim.actions.emergency_book.making.MOST_ON_PAPER", size)
    assert len(make_emergency_book(by="siti").files) == 2
    monkeypatch.setattr("dcim.actions.emergency_book.making.MOST_ON_PAPER", size - 1)
    assert [Path(name).suffix for name in make_emergency_book(by="siti").files] == [".html"]


@pytest.mark.usefixtures("room")
def test_a_book_that_cannot_be_brought_is_kept_and_the_reason_remembered(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No such file or directory"):
        make_emergency_book(by="siti", to=str(tmp_path / "not-mounted"), html_only=True)
    last = last_book()
    assert "not-mounted" in last.trouble
    assert (last.sent_to, len(last.files)) == ("", 1)
    assert (folder() / last.files[0]).exists()
    assert not (tmp_path / "not-mounted").exists()
    assert make_emergency_book(by="budi", html_only=True).trouble == ""


@pytest.mark.usefixtures("room")
def test_a_try_that_broke_off_is_remembered_as_unfinished(settings: LazySettings) -> None:
    settings.BOOK_KEEP = "many"  # what the settings would have refused
    with pytest.raises(TypeError):
        make_emergency_book(by="siti", html_only=True)
    last = last_book()
    assert (last.trouble, last.made_at) == ("It was not finished.", "")


@pytest.mark.usefixtures("room")
def test_a_data_folder_that_cannot_be_written_is_said() -> None:
    (folder() / "last.json").mkdir()
    with pytest.raises(Refused, match=r"can't be written to .*emergency-book"):
        make_emergency_book(by="siti", html_only=True)


def test_a_folder_keeps_the_newest_books_and_what_is_not_a_book(tmp_path: Path) -> None:
    (tmp_path / "catatan.txt").write_text("milik orang")
    for day in range(1, 6):
        deliver(
            {f"buku-darurat-2026-11-0{day}T020000.{one}": b"x" for one in ("html", "pdf")},
            str(tmp_path),
            keep=2,
        )
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        *(f"buku-darurat-2026-11-0{day}T020000.{one}" for day in (4, 5) for one in ("html", "pdf")),
        "catatan.txt",
    ]


class Shelf(BaseHTTPRequestHandler):
    """Takes files with PUT, or refuses them, as told."""

    answer = 201
    taken: Taken

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken[self.path] = (body, self.headers["Content-Type"], self.headers["Authorization"])
        self.send_response(self.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


@contextmanager
def shelf(
    status: int = 201,
) -> Iterator[tuple[str, dict[str, tuple[bytes, str | None, str | None]]]]:
    """A server that answers `status`: its address, and what it was given."""
    taken: Taken = {}
    handler = type("OwnShelf", (Shelf,), {"answer": status, "taken": taken})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/rak/", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_address_gets_each_file_with_the_token() -> None:
    with shelf() as (address, taken):
        deliver(FILES, address, keep=2, token="rahasia")
    assert taken == {
        "/rak/buku-darurat-2026-11-29T020000.html": (
            b"<p>", "text/html; charset=utf-8", "Bearer rahasia",
        ),
        "/rak/buku-darurat-2026-11-29T020000.pdf": (b"%", "application/pdf", "Bearer rahasia"),
    }  # fmt: skip


@pytest.mark.parametrize("status", [301, 403, 500])
def test_an_address_that_refuses_is_said(status: int) -> None:
    with shelf(status) as (address, _), pytest.raises(Refused, match=f"did not take .*: {status}"):
        deliver(FILES, address, keep=2)


def test_an_address_where_nobody_answers_is_said() -> None:
    with shelf() as (address, _):
        pass
    with pytest.raises(Refused, match="Connection refused"):
        deliver(FILES, address, keep=2)


@pytest.mark.parametrize(
    "target",
    [
        "http://files.example.go.id/x",
        "ftp://127.0.0.1/x",
        "https:///x",
        "https://h/x?a",
        "https://siti:rahasia@h/x",
    ],
)
def test_an_address_in_clear_or_none_is_refused_before_anything_is_sent(target: str) -> None:
    with pytest.raises(LumbungError) as caught:
        deliver(FILES, target, keep=2)
    assert isinstance(caught.value, InvalidInput)
    assert "rahasia" not in str(caught.value)
