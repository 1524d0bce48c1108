"""Engine plans that previews leave behind: for a month at most."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from provisioning.engine.saved import KEPT_DAYS, clear_old, shelf

DAY_S = 86_400


def test_what_nobody_applied_goes_after_a_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUMBUNG_DATA", str(tmp_path))
    kept, old = shelf(1), shelf(2)
    for one, days in ((kept, KEPT_DAYS - 1), (old, KEPT_DAYS + 1)):
        one.fresh("pdr-kvm")
        then = time.time() - days * DAY_S
        os.utime(one.folder, (then, then))
    clear_old()
    assert (kept.folder.exists(), old.folder.exists()) == (True, False)
