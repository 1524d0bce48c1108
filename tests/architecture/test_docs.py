"""The docs leave nothing out, and their links lead somewhere."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import polib
import pytest

from tests.architecture.sources import ROOT, calls, python_files, syntax_tree, tracked_files

READS = re.compile(r"(?:^|\.)(?:environ\.get|getenv|env_\w+)$")
FIRST_CELL = re.compile(r"^\| `([^`]+)`", re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
GLOSSARY_ROW = re.compile(r"^\| ([^|`]+) \| ([^|]+) \|", re.MULTILINE)
SCREEN = 60
PAGES = [
    path for path in tracked_files() if path.suffix == ".md" and path.parts[0] != "changelog.d"
]


def page(name: str) -> str:
    """The text of a page below docs/."""
    return (ROOT / "docs" / name).read_text()


def headings(text: str) -> set[str]:
    """The headings of a page, without marks of code."""
    return {heading.replace("`", "") for heading in HEADING.findall(text)}


def anchors(text: str) -> set[str]:
    """The names that links within a page use."""
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in headings(text)
    }


def environment_variables() -> set[str]:
    """Every environment variable that the product's code reads."""
    rooms = [*python_files("api", "dcim", "provisioning"), Path("manage.py")]
    return {name for path in rooms for name in variables_read(path)}


def variables_read(path: Path) -> set[str]:
    """The names that the file asks the environment for, whether written there or as a constant."""
    constants = {
        target.id: node.value.value
        for node in syntax_tree(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    asked = [call.args[0] for call in calls(path) if READS.search(ast.unparse(call.func))]
    names = [
        constants.get(one.id) if isinstance(one, ast.Name) else getattr(one, "value", None)
        for one in asked
    ]
    return {name for name in names if isinstance(name, str)}


def test_the_settings_page_lists_exactly_the_variables_that_the_code_reads() -> None:
    assert set(FIRST_CELL.findall(page("settings.md"))) == environment_variables()


def test_every_object_has_its_heading() -> None:
    from dcim.catalog import RESOURCES

    described = {heading.rpartition(" · ")[2] for heading in headings(page("objects.md"))}
    assert {resource.kind for resource in RESOURCES} - described == set()


def test_every_command_has_its_heading() -> None:
    rooms = python_files("dcim/management/commands", "provisioning/runs/management/commands")
    commands = {path.stem for path in rooms if not path.stem.startswith("_")}
    of_manage, _, _ = page("commands.md").partition("\n# Provisioning without Django\n")
    described = {heading.split()[0] for heading in headings(of_manage)}
    assert commands - described == set()


def test_every_dependency_has_its_reason() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    asked = {
        re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]
        for requirements in extras.values()
        for requirement in requirements
    }
    assert set(FIRST_CELL.findall(page("dependencies.md"))) == asked


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    text = (ROOT / path).read_text()
    broken = [link for link in LINK.findall(text) if not leads_somewhere(path, text, link)]
    assert broken == []


def leads_somewhere(path: Path, text: str, link: str) -> bool:
    """Whether a link inside the project has a target; links to elsewhere are not followed."""
    target, _, anchor = link.partition("#")
    if re.match(r"[a-z]+:", target):
        return True
    aim = (ROOT / path).parent / target if target else ROOT / path
    if not aim.exists():
        return False
    return not anchor or anchor in anchors(text if not target else aim.read_text())


def test_the_index_leads_to_every_page() -> None:
    links = set(LINK.findall(page("index.md"))) | {"index.md"}
    pages = [path.relative_to("docs") for path in PAGES if path.parts[0] == "docs"]
    assert [one for one in pages if not links & {one.as_posix(), f"{one.parent}/"}] == []


def test_the_glossary_has_the_words_that_pages_show() -> None:
    catalogue = polib.pofile(str(ROOT / "dcim/locale/id/LC_MESSAGES/django.po"))
    shown = {entry.msgid.lower(): entry.msgstr.lower() for entry in catalogue}
    others = [
        f"{word}: {indonesian}, on pages {shown[word]}"
        for words, indonesian in GLOSSARY_ROW.findall(page("glossary.md"))
        for word in words.lower().split(", ")
        if word in shown and shown[word] not in indonesian.lower()
    ]
    assert others == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs/how-to").glob("*.md")), ids=lambda p: p.stem)
def test_a_how_to_fits_one_screen(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= SCREEN
