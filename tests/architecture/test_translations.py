"""What is translated is a constant: a text built first can never be found in the catalogue."""

from __future__ import annotations

import ast

from tests.architecture.sources import calls, place, python_files

TRANSLATORS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
    "npgettext_lazy",
    "pgettext",
    "pgettext_lazy",
}


def is_translation(call: ast.Call) -> bool:
    """Whether the call asks gettext for a text."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in TRANSLATORS


def is_built(text: ast.expr) -> bool:
    """Whether the text is put together before gettext sees it."""
    if isinstance(text, ast.Call):
        return isinstance(text.func, ast.Attribute) and text.func.attr == "format"
    return isinstance(text, ast.JoinedStr | ast.BinOp)


def test_no_text_is_built_before_it_is_translated() -> None:
    found = [
        place(path, call)
        for path in python_files("api", "dcim", "provisioning")
        for call in calls(path)
        if is_translation(call) and any(is_built(text) for text in call.args)
    ]
    assert found == [], 'Write _("%(name)s is full.") % {"name": name}'
