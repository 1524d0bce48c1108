"""Plans by the API's address: what is asked, and each fault as one line that says what to do."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dcim.planning.document import encode
from dcim.vocabulary.errors import (
    BadDocument,
    InvalidInput,
    LumbungError,
    MissingComponent,
    NotPermitted,
    UnknownThing,
)
from provisioning.engine.remote import web
from provisioning.engine.remote.source import TOKEN, find_document
from tests.answering import Heard, Said, Server, answering
from tests.plan_documents import document

DOCUMENT = encode(document())
PLANS = "/api/plugins/planner/plans/"


def as_api(heard: Heard) -> Said:
    """As the API answers, where plan 7 is the newest and token “good” opens it."""
    if heard.headers.get("Authorization") != "Bearer good":
        return Said({"detail": "This token expired on 2026-11-01."}, 403)
    if heard.path == f"{PLANS}?limit=1&ordering=-id&fields=id":
        return Said({"count": 2, "results": [{"id": 7}]})
    if heard.path == f"{PLANS}7/document/":
        return Said(DOCUMENT)
    return Said({"detail": "There is no plan with the id 8."}, 404)


@pytest.fixture(scope="module")
def api() -> Iterator[Server]:
    with answering(as_api) as server:
        yield server


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "good")


def found(named: str, at: str | None = None) -> str:
    return find_document(named, at, lambda _text: None).digest


@pytest.mark.parametrize("form", ["7/", "7", "7/document/", "7/?format=json#x"])
def test_a_plan_is_fetched_by_its_address(api: Server, form: str) -> None:
    assert found(f"{api.address}{PLANS}{form}") == document().digest


@pytest.mark.parametrize("named", ["latest", "7"])
@pytest.mark.parametrize("stem", ["", "/", "/api/"])
def test_a_plan_is_fetched_by_id_or_as_the_newest(api: Server, named: str, stem: str) -> None:
    assert found(named, f"{api.address}{stem}") == document().digest


@pytest.mark.parametrize(
    ("named", "secret", "kind", "words"),
    [
        ("7/", "old", NotPermitted, "does not accept the token: This token expired on 2026-11-01."),
        ("7/", "", InvalidInput, "LUMBUNG_TOKEN: is not set"),
        ("7/", "two\nlines", InvalidInput, "characters that no token has"),
        ("8/", "good", UnknownThing, "There is no plan with the id 8."),
    ],
)
def test_what_the_api_refuses_is_told(
    api: Server,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
    secret: str,
    kind: type[LumbungError],
    words: str,
) -> None:
    monkeypatch.setenv(TOKEN, secret)
    with pytest.raises(kind) as caught:
        found(f"{api.address}{PLANS}{named}")
    assert words in one_line(caught.value)
    assert not secret or secret not in str(caught.value).replace("token expired", "")


OTHER = DOCUMENT.replace(b"lumbung.plan/3", b"lumbung.plan/9")
ANSWERS: dict[str, tuple[Said, type[LumbungError], str]] = {
    "another version": (Said(OTHER), BadDocument, "Install the version of lumbung that 127.0.0.1"),
    "a damaged plan": (Said(DOCUMENT.replace(b"pdr-kvm", b"pdr-kvn")), BadDocument, "was changed"),
    "a page to sign in": (
        Said(b"<html>", headers={"Content-Type": "text/html"}),
        InvalidInput,
        "answers with text/html, not with JSON",
    ),
    "a server in trouble": (Said(b"oops", 502), InvalidInput, "answers 502: Bad Gateway"),
    "another address": (
        Said(b"", 302, {"Location": "https://elsewhere.example/"}),
        InvalidInput,
        "sends on to https://elsewhere.example/",
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_is_no_plan_is_told_as_what_it_is(case: str) -> None:
    said, kind, words = ANSWERS[case]
    with answering(lambda _heard: said) as server, pytest.raises(kind) as caught:
        found(f"{server.address}{PLANS}7/")
    assert words in one_line(caught.value)
    assert len(server.heard) == 1  # the token went nowhere else


@pytest.mark.parametrize(
    ("body", "words"),
    [({"results": []}, "has no plan that this token may see"), ([], "is no list of plans")],
)
def test_a_list_without_plans_and_what_is_no_list_are_told(body: object, words: str) -> None:
    with (
        answering(lambda _heard: Said(body)) as server,
        pytest.raises(LumbungError, match=words),
    ):
        found("latest", server.address)


@pytest.mark.parametrize(
    ("named", "at", "words"),
    [
        ("none.json", None, "can't be read"),
        ("reactivation", "https://lumbung.example", "neither “latest” nor an id"),
        ("latest", "ftp://lumbung.example", "no address of an API"),
        ("latest", "https://[::1", "no address of an API"),
        ("latest", "", "from: is empty"),
        ("²", "https://lumbung.example", "neither “latest” nor an id"),
        ("https://lumbung.example/é/", None, "no address of an API"),
        ("https://nbt_1.secret@lumbung.example/x/", None, "not into the address"),
    ],
)
def test_a_wrong_name_is_told_before_anything_is_asked(
    named: str, at: str | None, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        found(named, at)


def test_who_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SILENCE_S", 0.2)
    with pytest.raises(MissingComponent, match=r"127\.0\.0\.1:1 can't be reached: Connection"):
        found(f"http://127.0.0.1:1{PLANS}7/")

    def slow(_heard: Heard) -> Said:
        time.sleep(0.6)
        return Said(DOCUMENT)

    with answering(slow) as server, pytest.raises(MissingComponent, match="not answer in time"):
        found(f"{server.address}{PLANS}7/")


def test_an_answer_that_does_not_end_is_given_up(
    api: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST_BYTES", 100)
    with pytest.raises(InvalidInput, match="answers with more than"):
        found("7", api.address)
    monkeypatch.undo()
    monkeypatch.setenv(TOKEN, "good")
    monkeypatch.setattr(web, "WHOLE_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=dripping, args=(server,), daemon=True).start()
        with pytest.raises(MissingComponent, match="not answer in time"):
            found("7", f"http://127.0.0.1:{server.getsockname()[1]}")


def dripping(server: socket.socket) -> None:
    """Answers a byte at a time, never silent for long, until who asked goes away."""
    connection, _ = server.accept()
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)


def test_a_certificate_is_judged_by_the_authority_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = certificate(tmp_path)
    with answering(as_api, certificate=both) as server:
        with pytest.raises(MissingComponent, match=r"is not trusted: .* SSL_CERT_FILE") as caught:
            found("7", server.address)
        one_line(caught.value)
        monkeypatch.setenv("SSL_CERT_FILE", str(both))
        assert found("7", server.address) == document().digest


def test_a_port_that_speaks_no_tls_is_told(api: Server) -> None:
    with pytest.raises(MissingComponent, match="does not speak TLS"):
        found("7", api.address.replace("http", "https"))


def test_who_reads_is_warned_where_the_token_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(web, "SILENCE_S", 0.2)
    with pytest.raises(LumbungError):
        find_document("7", "http://lumbung.invalid", print)
    assert "goes to lumbung.invalid unencrypted" in capsys.readouterr().out


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    made = folder / "both.pem"
    key = folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    made.write_bytes(made.read_bytes() + key.read_bytes())
    return made


def one_line(err: LumbungError) -> str:
    assert "\n" not in str(err)
    return str(err)
