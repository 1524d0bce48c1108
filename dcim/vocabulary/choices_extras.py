"""Closed lists of values of NetBox's extras and core: custom fields, the journal, jobs."""

from __future__ import annotations

from dcim.vocabulary.choices import Choices


def _(text: str) -> str:
    """Mark `text` for the translators; pages translate it when they show it."""
    return text


class CustomFieldType(Choices):
    """NetBox: what values of a custom field are."""

    TEXT = "text", _("Text")
    LONG_TEXT = "longtext", _("Text (long)")
    INTEGER = "integer", _("Integer")
    DECIMAL = "decimal", _("Decimal")
    BOOLEAN = "boolean", _("Boolean (true/false)")
    DATE = "date", _("Date")
    DATETIME = "datetime", _("Date & time")
    URL = "url", _("URL")
    JSON = "json", _("JSON")
    SELECT = "select", _("Selection")
    MULTISELECT = "multiselect", _("Multiple selection")
    OBJECT = "object", _("Object")
    MULTIOBJECT = "multiobject", _("Multiple objects")


class FilterLogic(Choices):
    """NetBox: how lists are filtered by a custom field."""

    DISABLED = "disabled", _("Disabled")
    LOOSE = "loose", _("Loose")
    EXACT = "exact", _("Exact")


class UiVisible(Choices):
    """NetBox: whether pages show a custom field."""

    ALWAYS = "always", _("Always")
    IF_SET = "if-set", _("If set")
    HIDDEN = "hidden", _("Hidden")


class UiEditable(Choices):
    """NetBox: whether forms offer a custom field."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    HIDDEN = "hidden", _("Hidden")


class BaseChoices(Choices):
    """NetBox: ready-made lists that a choice set may rest on."""

    IATA = "IATA", _("IATA (Airport codes)")
    ISO_3166 = "ISO_3166", _("ISO 3166 (Country codes)")
    UN_LOCODE = "UN_LOCODE", _("UN/LOCODE (Location codes)")


class JournalKind(Choices):
    """NetBox: what a journal entry tells."""

    INFO = "info", _("Info")
    SUCCESS = "success", _("Success")
    WARNING = "warning", _("Warning")
    DANGER = "danger", _("Danger")


class JobStatus(Choices):
    """NetBox: background jobs; errored when the program is at fault, failed when a rule is."""

    PENDING = "pending", _("Pending")
    SCHEDULED = "scheduled", _("Scheduled")
    RUNNING = "running", _("Running")
    COMPLETED = "completed", _("Completed")
    ERRORED = "errored", _("Errored")
    FAILED = "failed", _("Failed")
