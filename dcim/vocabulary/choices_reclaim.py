"""Closed lists of values for reclaims."""

from __future__ import annotations

from dcim.vocabulary.choices import Choices, _


class Cover(Choices):
    """What is kept of a machine that goes."""

    COPIED = "copied", _("Copied")
    WAIVED = "waived", _("Waived")
    MISSING = "missing", _("Copy missing")
    NO_DATA = "no_data", _("No data of its own")
    GONE = "gone", _("Gone already")
