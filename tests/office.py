"""LibreOffice as a reader of the files that we make: it opens them and prints them as PDF."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

SECONDS = 120


def printed(files: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """The PDF of each of `files`, by name; one start for all, with a profile of its own.

    Raises: AssertionError with LibreOffice's words where it does not take a file as it is.
    """
    for name, data in files.items():
        (folder / name).write_bytes(data)
    told = subprocess.run(
        [
            "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--norestore", "--convert-to", "pdf", "--outdir", str(folder / "printed"),
            *(str(folder / name) for name in files),
        ],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    made = {name: folder / "printed" / f"{Path(name).stem}.pdf" for name in files}
    missing = [name for name, path in made.items() if not path.exists()]
    assert not missing, f"{missing}: {told.stdout} {told.stderr}"
    return {name: path.read_bytes() for name, path in made.items()}
