"""What the API's tests share: programs that talk to it, with and without rights.

The imports stand inside, because this file is read before Django is set up.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from rest_framework.test import APIClient


@pytest.fixture(autouse=True, scope="session")
def _static_folder() -> None:
    """The folder of collected files, which the server of a checkout does without."""
    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def api(db: None) -> APIClient:
    """A program that may do everything."""
    from tests.api.clients import client_of
    from tests.factories import make_user

    return client_of(make_user("sri", is_superuser=True))


@pytest.fixture
def stranger(db: None) -> APIClient:
    """A program that may sign in and nothing else."""
    from tests.api.clients import client_of
    from tests.factories import make_user

    return client_of(make_user("tamu"))
