"""Every answer about places, racks, devices and what is in them is as the document states."""

from __future__ import annotations

import pytest

from tests.clients.invented import Invention

pytestmark = [pytest.mark.slow, pytest.mark.hypothesis, pytest.mark.strict]


def test_answers_about_hardware_are_as_stated(invention: Invention) -> None:
    invention.ask("^/api/dcim/")
