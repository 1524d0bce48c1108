"""Where provisioning keeps what it must remember.

LUMBUNG_DATA names the folder; without it, `.data` of the current folder is used, as by the server.
"""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """The folder of state, rehearsals and generated secrets; it may not exist yet."""
    return Path(os.environ.get("LUMBUNG_DATA") or ".data").resolve()
