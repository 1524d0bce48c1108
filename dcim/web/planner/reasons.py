"""Why a plan decides so for an app, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from dcim.planning.document import AppLine
from dcim.planning.sentences import told_as


def why_of(line: AppLine) -> str:
    """The reason of `line`, translated; empty where it can only be shown in English.

    Notes: plans that were stored before carry no sentences.
    """
    return told_as(line.reason, line.why, gettext)
