"""NetBox's own clients, unmodified, and the server that they speak to.

The imports stand inside, because this file is read before Django is set up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.live_server_helper import LiveServer

    from tests.clients.ansible import Ansible
    from tests.clients.invented import Invention


@pytest.fixture
def token(transactional_db: None) -> str:
    """The token of somebody who may do everything."""
    from dcim.actions.accounts import create_token
    from tests.factories import TESTER, make_user

    return create_token(make_user(is_superuser=True), by=TESTER)


@pytest.fixture
def nb(token: str, live_server: LiveServer) -> Iterator[Any]:
    """pynetbox."""
    import pynetbox

    client = pynetbox.api(live_server.url, token=token)
    yield client
    client.http_session.close()


@pytest.fixture
def ansible(token: str, live_server: LiveServer, tmp_path: Path) -> Ansible:
    """Ansible with the collection netbox.netbox."""
    from tests.clients.ansible import Ansible

    return Ansible(live_server.url, token, tmp_path)


@pytest.fixture
def invention(
    token: str, live_server: LiveServer, tmp_path: Path, pytestconfig: pytest.Config
) -> Iterator[Invention]:
    """schemathesis, with an object of every kind on the server; it stays signed in throughout."""
    from dcim.record.people.account import ApiToken
    from tests.api.examples import WRITABLE
    from tests.clients.invented import QUICK, SOAK, Invention
    from tests.factories import make

    mine = ApiToken.objects.get()
    for resource in WRITABLE:
        make(resource.model)
    kept = f"users/tokens/{mine.pk} users/users/{mine.user_id}"
    soak = pytestconfig.getoption("--hypothesis-profile", None) == "soak"
    yield Invention(live_server.url, token, kept, tmp_path, SOAK if soak else QUICK)
    assert ApiToken.objects.filter(pk=mine.pk, user__is_active=True).exists()
