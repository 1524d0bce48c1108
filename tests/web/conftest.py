"""What the pages' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(autouse=True, scope="session")
def _static_folder() -> None:
    """The folder of collected files, which the server of a checkout does without."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
