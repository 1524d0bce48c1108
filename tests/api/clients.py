"""Programs that talk to the API."""

from __future__ import annotations

from rest_framework.test import APIClient

from dcim.actions.accounts.users import create_token
from dcim.record.people.account import User
from tests.factories import TESTER


def client_of(user: User) -> APIClient:
    """A program with a token of `user`."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user, by=TESTER)}")
    return client
