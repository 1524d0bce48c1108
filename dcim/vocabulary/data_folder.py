"""The folder of what an installation keeps beside its database: generated secrets, state of runs.

Server and provisioning share it, and either may be the first to start. LUMBUNG_DATA names it; else
it is `.data` in the project, or where one works when there is none. What is made there is for its
owner only.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from dcim.vocabulary.errors import InvalidInput

CHECKOUT: Final = Path(__file__).resolve().parents[2]
OWNER_ONLY: Final = 0o700


def data_folder(*names: str) -> Path:
    """The data folder, or the folder in it that `names` lead to; made when missing.

    Raises: InvalidInput when it can't be made.
    """
    # Installed as a package, it lies among the libraries, which are no place for data.
    home = CHECKOUT if (CHECKOUT / "manage.py").exists() else Path.cwd()
    folder = Path(os.environ.get("LUMBUNG_DATA") or home / ".data").resolve()
    try:
        folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        for name in names:
            folder /= name
            folder.mkdir(mode=OWNER_ONLY, exist_ok=True)
    except OSError as err:
        raise InvalidInput(
            f"The folder {folder} can't be made: {err.strerror}.",
            field="LUMBUNG_DATA",
            hint="Name a folder that you may write in.",
        ) from err
    return folder


def generated_secret(path: Path) -> str:
    """The secret in the file `path`: made on first use, the same for all who ask at once.

    Notes: the file appears whole, so that nobody reads half of a secret.
    """
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as beside:
            beside.write(f"{secrets.token_urlsafe(48)}\n")
            beside.flush()
            os.fsync(beside.fileno())
            _appear(Path(beside.name), path)
    return path.read_text("utf-8").strip()


def _appear(beside: Path, path: Path) -> None:
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return  # another process was quicker; its secret holds
