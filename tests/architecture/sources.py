"""The files of the project and their syntax trees, for the tests of this folder."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git tracks or would track, as paths below the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = sorted(set(filter(None, listed.stdout.split("\0"))))
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def python_files(*rooms: str) -> list[Path]:
    """The Python files below `rooms` ("dcim/web"), or all of them; migrations left out."""
    return [
        path
        for path in tracked_files()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and (not rooms or any(path.is_relative_to(room) for room in rooms))
    ]


@cache
def syntax_tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call in the file."""
    return (node for node in ast.walk(syntax_tree(path)) if isinstance(node, ast.Call))


def place(path: Path, node: ast.expr | ast.stmt) -> str:
    """Where a finding stands, as editors open it."""
    return f"{path}:{node.lineno}"
