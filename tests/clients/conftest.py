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
    from tests.served import Product


@pytest.fixture
def token(transactional_db: None) -> str:
    """The token of somebody who may do everything."""
    from dcim.actions.accounts.users import create_token
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
def product(tmp_path: Path) -> Iterator[Product]:
    """The product as it is served, by its own server and on a database of its own."""
    from tests.served import served

    with served(tmp_path / "data") as running:
        yield running


@pytest.fixture
def invention(product: Product, tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Invention]:
    """schemathesis, with an object of every kind on the server; it stays signed in throughout."""
    from tests.clients.invented import FILL, QUICK, SOAK, Invention

    filled = product.manage("shell", "--no-imports", "--command", FILL)
    assert filled.returncode == 0, filled.stderr
    soak = pytestconfig.getoption("--hypothesis-profile", None) == "soak"
    url, kept = f"http://127.0.0.1:{product.port}", filled.stdout.strip()
    yield Invention(url, product.token, kept, tmp_path, SOAK if soak else QUICK)
    assert product.ask("GET", "users/tokens/").status == 200
