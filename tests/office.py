"""LibreOffice as a reader of what we make: it prints files as PDF; and PDFs as pictures."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120
DPI = 36
PAPER = 200  # of 255: what is lighter is paper


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in shades of grey, row by row."""

    width: int
    height: int
    shades: bytes

    @property
    def is_wide(self) -> bool:
        """Whether the page lies on its side."""
        return self.width > self.height

    @property
    def ink(self) -> float:
        """The part of the page that is printed on."""
        return sum(one < PAPER for one in self.shades) / len(self.shades)

    def edge(self, millimetres: float) -> float:
        """The least shade of the margin of that width: 255 where nothing stands in it."""
        wide = int(millimetres / 25.4 * DPI)
        rows = [self.shades[at : at + self.width] for at in range(0, len(self.shades), self.width)]
        outer = [*rows[:wide], *rows[-wide:], *(row[:wide] + row[-wide:] for row in rows)]
        return min(map(min, outer))


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


def pictured(pdf: bytes) -> list[Picture]:
    """The pages of a PDF as they look, by Poppler."""
    told = subprocess.run(
        ["pdftoppm", "-gray", "-r", str(DPI), "-"],
        input=pdf, capture_output=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    left, pages = told.stdout, []
    while left:
        _kind, size, _most, left = left.split(b"\n", 3)
        width, height = map(int, size.split())
        pages.append(Picture(width, height, left[: width * height]))
        left = left[width * height :]
    return pages
