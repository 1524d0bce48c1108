"""Heads of the log outside the database, and the commands that write them and prove the log."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dcim.actions import record
from dcim.actions.log.heads import export_daily_head, export_head, heads_file, read_heads
from dcim.actions.verification.log_check import Tally
from dcim.actions.verification.log_proof import prove
from dcim.record.log.changes import ChangeLink, ObjectChange
from dcim.record.places.sites import Site
from dcim.vocabulary.errors import InvalidInput
from tests.factories import TESTER, make
from tests.record.tampering import run, tamper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.LOG_HEADS = tmp_path / "heads"


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in heads_file().read_text().splitlines()]


def verify(*arguments: str) -> tuple[int, str]:
    """The exit code of `verify_log`, and what it printed."""
    out = StringIO()
    try:
        call_command("verify_log", *arguments, stdout=out)
    except CommandError as err:
        return err.returncode, out.getvalue()
    return 0, out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_first_write_of_a_day_writes_the_head_down() -> None:
    make(Site)
    make(Site)
    first = ChangeLink.objects.get(number=1)
    (line,) = lines()
    assert (line["number"], line["mac"], line["entries"]) == (1, first.mac, 1)


def test_a_head_is_written_once_a_day_and_once_as_it_is() -> None:
    make(Site)
    for _ in range(2):
        export_daily_head()
        export_head()
    make(Site)
    export_daily_head()
    assert [line["number"] for line in lines()] == [1]
    export_head()
    assert [line["number"] for line in lines()] == [1, 2]


def test_heads_are_for_their_owner_only() -> None:
    make(Site)
    export_head()
    assert heads_file().stat().st_mode & 0o777 == 0o600


def test_a_line_that_a_crash_left_unfinished_is_ended_and_left_out() -> None:
    make(Site)
    head = export_head()
    with heads_file().open("a") as file:
        file.write('{"date": "2026')
    assert read_heads([heads_file()]) == [head]
    make(Site)
    export_head()
    assert json.loads(heads_file().read_text().splitlines()[-1])["number"] == 2


def test_a_line_that_is_no_head_is_refused() -> None:
    heads_file().parent.mkdir()
    heads_file().write_text("[]\n")
    with pytest.raises(InvalidInput, match="no heads"):
        read_heads([heads_file()])


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_the_head_at_once_write_it_once() -> None:
    make(Site)
    heads_file().unlink()
    writers = [Thread(target=export_and_close) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [line["number"] for line in lines()] == [1]


def export_and_close() -> None:
    export_head()
    connection.close()


def test_the_command_prints_the_head() -> None:
    make(Site)
    out = StringIO()
    call_command("export_log_head", stdout=out)
    assert [json.loads(out.getvalue())] == lines()


def test_an_empty_log_has_no_head() -> None:
    with pytest.raises(CommandError, match="logged"):
        call_command("export_log_head")


def test_an_intact_log_is_proven() -> None:
    make(Site)
    export_head()
    code, text = verify()
    assert code == 0
    assert "1 entries in 1 links" in text
    assert "intact" in text


def test_tampering_is_told_with_place_and_meaning_and_exit_code_1() -> None:
    make(Site, name="A")
    export_head()
    tamper("UPDATE dcim_objectchange SET message = 'x'")
    code, text = verify()
    assert code == 1
    assert "entry.altered: link 1, entry " in text
    assert "dcim.site" in text


def test_a_row_that_was_written_in_sql_is_told_with_its_field() -> None:
    make(Site, name="A")
    export_head()
    run("UPDATE dcim_site SET name = 'B'")
    code, text = verify()
    assert (code, "name: 'A' → 'B'" in text) == (1, True)
    assert verify("--chain-only")[0] == 0


def test_a_log_that_was_cut_off_is_told_by_a_copy_of_its_heads(tmp_path: Path) -> None:
    site = make(Site)
    record.update(site, {"name": "B"}, by=TESTER)
    export_head()
    copy = heads_file().rename(tmp_path / "copy.jsonl")
    tamper(
        "DELETE FROM dcim_objectchange WHERE action = 'update'",
        "DELETE FROM dcim_changelink WHERE number = 2",
    )
    export_head()
    assert verify("--chain-only")[0] == 0
    code, text = verify("--chain-only", "--heads", str(copy))
    assert (code, "log.cut_off: link 2" in text) == (1, True)


def test_what_cannot_be_proven_has_exit_code_2() -> None:
    make(Site)
    assert verify()[0] == 2
    export_head()
    assert verify("--heads", "tidak-ada.jsonl")[0] == 2


def test_a_key_that_is_not_listed_has_exit_code_1_and_one_that_was_rotated_has_not(
    settings: Any,
) -> None:
    make(Site)
    export_head()
    settings.LOG_KEYS = ["l" * 32, *settings.LOG_KEYS]
    make(Site)
    assert verify()[0] == 0
    settings.LOG_KEYS = ["l" * 32]
    code, text = verify("--chain-only")
    assert (code, "key.missing: link 1" in text) == (1, True)


def test_forged_links_under_a_key_of_ones_own_have_exit_code_1() -> None:
    make(Site, name="A")
    export_head()
    tamper(
        "UPDATE dcim_objectchange SET message = 'x'",
        "UPDATE dcim_changelink SET key_id = 'kunci-sendiri'",
    )
    assert verify("--chain-only")[0] == 1


def test_programs_get_the_findings_as_json() -> None:
    make(Site)
    export_head()
    tamper("UPDATE dcim_changelink SET total = 5")
    code, text = verify("--json")
    told = json.loads(text)
    assert (code, told["links"], told["findings"]) == (1, 1, 1)
    (finding,) = told["shown"]
    assert (finding["problem"], finding["number"], finding["tampering"]) == (
        "link.altered",
        1,
        True,
    )


def test_a_day_limits_what_is_checked() -> None:
    make(Site)
    export_head()
    tamper("UPDATE dcim_objectchange SET message = 'x'")
    assert verify("--since", "2999-01-01")[0] == 0
    assert verify("--since", "2001-01-01")[0] == 1


def test_a_head_that_is_written_while_the_log_is_read_is_no_sign_of_a_cut() -> None:
    make(Site)
    head = export_head()
    assert head is not None

    def go_on(_entries: int) -> None:
        """A writer comes after the state that is checked."""
        heads_file().write_text(f"{head.line()}\n{replace(head, number=2).line()}\n")

    assert list(prove(Tally(), on_progress=go_on)) == []


BY_HAND = {
    "UPDATE dcim_objectchange SET postchange_data = '{}' WHERE action = 'update'": (
        "entry.altered: link 2, entry {entry}, dcim.site {site}, “AA”"
    ),
    "UPDATE dcim_objectchange SET user_name = 'siti' WHERE action = 'update'": (
        "entry.altered: link 2, entry {entry}, dcim.site {site}, “AA”"
    ),
    "DELETE FROM dcim_objectchange WHERE action = 'update'": "entries.gone: link 2",
    "UPDATE dcim_changelink SET time = '2020-01-01 00:00:00+00:00' WHERE number = 2": (
        "link.altered: link 2"
    ),
    "DELETE FROM dcim_changelink WHERE number = 2": "links.gone: link 2",
    "UPDATE dcim_site SET name = 'B' WHERE name = 'AA'": (
        "row.altered: entry {entry}, dcim.site {site}, “B”"
    ),
    "DELETE FROM dcim_site WHERE name = 'AA'": "row.gone: entry {entry}, dcim.site {site}, “AA”",
}


@pytest.mark.parametrize("statement", BY_HAND)
def test_a_statement_in_sql_is_told_with_its_place(statement: str) -> None:
    site = record.update(make(Site, name="A"), {"name": "AA"}, by=TESTER)
    make(Site)
    export_head()
    entry = ObjectChange.objects.get(action="update").pk
    assert verify()[0] == 0
    tamper(statement)
    code, text = verify()
    place = BY_HAND[statement].format(entry=entry, site=site.pk)
    assert code == 1
    assert any(line.startswith(place) for line in text.splitlines()), text
