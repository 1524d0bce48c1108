"""What is translated is a constant: a text built first can never be found in the catalogue."""

from __future__ import annotations

import ast
from gettext import GNUTranslations, NullTranslations

from tests.architecture.sources import ROOT, calls, place, python_files

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


class Unknown(NullTranslations):
    """Remembers what the catalogue before it does not have."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def gettext(self, message: str) -> str:
        self.texts.append(message)
        return message


def test_every_text_of_plans_and_runs_has_its_indonesian_one() -> None:
    """A sentence of which one text is unknown stays in English on every page."""
    with (ROOT / "dcim/locale/id/LC_MESSAGES/django.mo").open("rb") as compiled:
        catalogue, unknown = GNUTranslations(compiled), Unknown()
    catalogue.add_fallback(unknown)
    for path in python_files("dcim/planning", "dcim/vocabulary", "provisioning"):
        for call in calls(path):
            match call.args:
                case [ast.Constant(value=str(text))] if is_translation(call):
                    catalogue.gettext(text)
    assert unknown.texts == []


def is_untold(text: ast.expr) -> bool:
    """Whether a text was put together, or has words, and no sentence tells it."""
    is_plain = isinstance(text, ast.Constant) and " " in str(text.value)
    return is_built(text) or is_plain


def test_what_goes_wrong_on_a_hypervisor_is_told_as_a_sentence() -> None:
    """Pages show it; one text that is none keeps all of it in English."""
    found = [
        place(path, call)
        for path in python_files("provisioning/provider", "provisioning/program")
        for call in calls(path)
        if any(one.arg == "field" for one in call.keywords)
        for text in (*call.args[:1], *(one.value for one in call.keywords if one.arg == "hint"))
        if is_untold(text)
    ]
    assert found == [], 'Write tell(_("%(name)s is full."), name=name)'
