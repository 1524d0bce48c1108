"""Users from the command line."""

from __future__ import annotations

import sys
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dcim.actions.accounts.sign_in import sign_in
from dcim.catalog.roles import ROLES
from dcim.record.people.account import FailedSignIn, Group, User
from dcim.record.people.organisation import Tenant
from dcim.vocabulary.errors import NotPermitted
from tests.factories import make, make_user

pytestmark = pytest.mark.django_db


def told(*options: str) -> str:
    out = StringIO()
    call_command("user", *options, stdout=out)
    return out.getvalue().strip()


def test_every_role_has_its_group() -> None:
    assert set(ROLES) <= set(Group.objects.values_list("name", flat=True))


def test_a_user_is_made_with_roles_and_office() -> None:
    office = make(Tenant, name="Dinas", slug="dinas")
    line = told("dinas", "--create", "--role", "opd", "--tenant", "dinas")
    user = User.objects.get()
    assert (user.tenant, user.has_usable_password()) == (office, False)
    assert line == "dinas, may sign in, opd, Dinas"


def test_a_password_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("ganti-sandi-2026\n"))
    told("budi", "--create", "--password")
    assert sign_in("budi", "ganti-sandi-2026", address="").username == "budi"


def test_roles_are_replaced_and_taken() -> None:
    make_user()
    told("siti", "--role", "viewer", "--role", "ci")
    assert told("siti", "--role", "auditor") == "siti, may sign in, auditor"
    assert told("siti", "--role", "none") == "siti, may sign in, no role"


def test_who_is_deactivated_does_not_sign_in() -> None:
    make_user()
    assert told("siti", "--deactivate") == "siti, deactivated, no role"
    with pytest.raises(NotPermitted):
        sign_in("siti", "kata-sandi-uji", address="")
    told("siti", "--activate")
    assert sign_in("siti", "kata-sandi-uji", address="").is_active


def test_a_lock_is_lifted() -> None:
    make_user()
    for _ in range(5):
        with pytest.raises(NotPermitted):
            sign_in("siti", "salah", address="")
    told("siti", "--unlock")
    assert not FailedSignIn.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_attempts_are_written_in_transactions_as_all_else_is() -> None:
    loose: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not connection.in_atomic_block:
            loose.append(sql)
        return execute(sql, *rest)

    make_user()
    with connection.execute_wrapper(watch):
        for password in ("salah", "kata-sandi-uji", *["salah"] * 6):
            with suppress(NotPermitted):
                sign_in("siti", password, address="10.0.0.1")
    assert FailedSignIn.objects.count() == 5
    assert loose == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("budi",), "No user is called “budi”"),
        (("siti", "--create"), "is there already"),
        (("siti", "--tenant", "tak-ada"), "There is no office"),
        (("siti", "--role", "raja"), "invalid choice"),
    ],
)
def test_what_can_not_be_done_is_refused(options: tuple[str, ...], reason: str) -> None:
    make_user()
    with pytest.raises(CommandError, match=reason):
        told(*options)
