"""The tests' own PostgreSQL: a fresh server for one command, gone with it."""

from __future__ import annotations

import psycopg
import pytest

from tests.setup.postgresql import main, running_cluster


def test_a_server_answers_inside_the_block_and_is_gone_after_it() -> None:
    with running_cluster() as url, psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row == ("lumbung",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_the_exit_code_is_that_of_the_command() -> None:
    assert main(["sh", "-c", 'case "$DATABASE_URL" in postgresql://*) exit 7 ;; esac']) == 7
