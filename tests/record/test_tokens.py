"""Tokens of programs from the command line: made, listed, limited and revoked."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dcim.actions.accounts.users import find_token
from dcim.record.log.changes import ObjectChange
from dcim.record.people.account import ApiToken, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def siti(db: None) -> User:
    return make_user("siti")


def told(*options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("token", *options, stdout=out)
    return out.getvalue().strip()


def test_a_user_alone_gets_a_token_and_nothing_else_is_printed(siti: User) -> None:
    token = find_token(told("siti"))
    assert token is not None
    assert (token.user, token.write_enabled, token.expires) == (siti, True, None)


def test_a_token_can_be_limited_to_reading_and_to_days() -> None:
    token = find_token(told("siti", "--read-only", "--expires", "30"))
    assert token is not None
    assert token.expires is not None
    assert not token.write_enabled
    assert timedelta(days=29) < token.expires - timezone.now() <= timedelta(days=30)


def test_a_list_shows_keys_and_limits_but_no_secret() -> None:
    made = told("siti", "--read-only", "--expires", "30")
    key, _, secret = made.partition(".")
    line = told("--list", "siti")
    assert line.startswith(f"{key}, reads only, until ")
    assert line.endswith(", never used, manage.py")
    assert secret not in line


@pytest.mark.parametrize("part", ["key", "marked", "whole"])
def test_a_revoked_token_opens_nothing_and_is_logged(part: str) -> None:
    made = told("siti")
    named = {"whole": made, "marked": made.partition(".")[0], "key": made[4:16]}[part]
    assert told("--revoke", named) == f"{made[:16]} is revoked."
    assert find_token(made) is None
    assert "revoked" in told("--list", "siti")
    entry = ObjectChange.objects.latest("id")
    assert (entry.changed_object_type, entry.action) == ("users.token", "update")
    assert ApiToken.objects.get().digest not in str(entry.prechange_data)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("budi",), "No user is called “budi”"),
        (("--list", "budi"), "No user is called “budi”"),
        (("--revoke", "0123"), "No token has the key “0123”"),
        (("siti", "--expires", "0"), "from 1 to 3650"),
        (("siti", "--expires", "99999999"), "from 1 to 3650"),
        (("--list", "siti", "--read-only"), "Only a new token can be limited"),
        ((), "required"),
        (("siti", "--revoke", "x"), "not allowed with"),
    ],
)
def test_what_can_not_be_done_is_refused(options: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        told(*options)
    assert not ApiToken.objects.exists()
