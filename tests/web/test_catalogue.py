"""The Indonesian catalogue: whole, right, and compiled."""

from __future__ import annotations

import ast
import gettext
import re
import subprocess
from pathlib import Path

import polib
from django.utils.translation import override
from django.utils.translation.template import templatize

from tests.architecture.sources import ROOT, calls, python_files

FOLDER = ROOT / "dcim" / "locale" / "id" / "LC_MESSAGES"
CATALOGUE = polib.pofile(str(FOLDER / "django.po"))
TRANSLATORS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
IN_TEMPLATE = re.compile(r"""(?:gettext|_)\(u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
PLACEHOLDER = re.compile(r"%\(\w+\)")


def texts_of_code() -> set[str]:
    return {
        call.args[0].value
        for path in python_files("dcim")
        for call in calls(path)
        if getattr(call.func, "id", "") in TRANSLATORS
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def texts_of_templates() -> set[str]:
    folder = ROOT / "dcim" / "web" / "templates"
    return {
        ast.literal_eval(text)
        for path in folder.rglob("*.html")
        for text in IN_TEMPLATE.findall(templatize(path.read_text(), origin=str(path)))
    }


def test_every_text_of_code_and_pages_is_in_it() -> None:
    known = {entry.msgid for entry in CATALOGUE}
    assert sorted((texts_of_code() | texts_of_templates()) - known) == [], "Run: make fix"


def test_every_text_is_translated() -> None:
    assert [entry.msgid for entry in CATALOGUE if not entry.translated()] == []


def test_translations_keep_the_placeholders() -> None:
    wrong = [
        entry.msgid
        for entry in CATALOGUE
        if entry.msgstr
        and set(PLACEHOLDER.findall(entry.msgid)) != set(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert wrong == []


def test_what_is_served_is_what_is_written(tmp_path: Path) -> None:
    fresh = tmp_path / "django.mo"
    command = ["msgfmt", "--check", "-o", str(fresh), str(FOLDER / "django.po")]
    subprocess.run(command, check=True)
    assert texts_in(FOLDER / "django.mo") == texts_in(fresh), "Run: make fix"


def texts_in(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        texts = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    texts.pop("", None)
    return texts


def test_a_taken_value_is_said_to_be_there_not_to_be_missing() -> None:
    from django.utils.translation import gettext as translated

    with override("id"):
        text = translated("%(model_name)s with this %(field_labels)s already exists.")
    assert "sudah ada" in text
