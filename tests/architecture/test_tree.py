"""The tree holds nothing of one machine, nothing copied in, and no file too long to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, python_files, tracked_files

LONGEST = 400
# Written in pieces, so that this file does not find itself.
MACHINE_BOUND = re.compile(
    "|".join(
        [
            r"(?<![\w.])/(?:home|root|work)/\w",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            r"(?:proxy|sum)\.go" + r"lang\.org",
            "npm" + r"js\.(?:org|com)",
            r"(?:deb|archive|security)\.(?:debian|ubu" + r"ntu)\.(?:org|com)",
        ]
    )
)
# Names that say nothing about what is inside.
EMPTY_NAMES = {"utils", "helpers", "common", "misc", "manager"}


def text_of(path: Path) -> str:
    """The file as text; nothing for pictures and other binary files."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_folder_of_one_machine_or_a_registry() -> None:
    found = [
        f"{path}: {match.group()}"
        for path in tracked_files()
        if (match := MACHINE_BOUND.search(text_of(path)))
    ]
    assert found == []


def test_no_python_file_is_longer_than_can_be_read_in_one_sitting() -> None:
    lengths = {path: len(text_of(path).splitlines()) for path in python_files()}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_no_third_partys_scripts_or_styles_are_copied_in() -> None:
    packed = [path for path in tracked_files() if path.name.endswith((".min.js", ".min.css"))]
    assert packed == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [path for path in python_files() if {path.stem, path.parent.name} & EMPTY_NAMES]
    assert found == []


@pytest.mark.parametrize("room", ["api", "dcim", "provisioning"])
def test_every_module_says_what_it_is_for(room: str) -> None:
    silent = [
        path
        for path in python_files(room)
        if (text := text_of(path).strip()) and not text.startswith(('"""', "#!"))
    ]
    assert silent == []
