"""What a check of the change log found, in words: what it is, where, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.verification.log_findings import Finding, Problem

MEANING: Final = {
    Problem.ENTRY_ALTERED: gettext_lazy(
        "an entry was altered after it was written, or its digest was"
    ),
    Problem.ENTRY_FORGED: gettext_lazy("an entry was put in that no transaction wrote"),
    Problem.ENTRY_WITHOUT_LINK: gettext_lazy(
        "an entry belongs to no link: it was put in, or its link was taken out"
    ),
    Problem.ENTRIES_GONE: gettext_lazy(
        "the link's transaction wrote %(logged)s entries and %(found)s are there"
    ),
    Problem.LINK_ALTERED: gettext_lazy(
        "the link was altered after it was written, or exchanged digests of its entries"
    ),
    Problem.LINK_MOVED: gettext_lazy(
        "the link does not follow the one before it: one of the two was exchanged or moved"
    ),
    Problem.LINKS_GONE: gettext_lazy("links %(from)s to %(to)s were taken out with their entries"),
    Problem.CUT_OFF: gettext_lazy(
        "the head of %(date)s names this link, and the log ends %(links)s links before it"
    ),
    Problem.REWRITTEN: gettext_lazy(
        "the head of %(date)s names another digest: the log was written anew, with its key"
    ),
    Problem.ROW_ALTERED: gettext_lazy("the row says something else than its newest logged state"),
    Problem.ROW_UNLOGGED: gettext_lazy("the row is there, and the log does not say who made it"),
    Problem.ROW_GONE: gettext_lazy("the row is gone, and the log does not say who deleted it"),
    Problem.UNITS_ALTERED: gettext_lazy(
        "of the %(wanted)s units that its place asks for %(missing)s are not held, and %(strange)s "
        "are held that are not its own"
    ),
    Problem.UNPROTECTED: gettext_lazy(
        "the table %(table)s lacks the triggers that keep it from being rewritten"
    ),
    Problem.KEY_MISSING: gettext_lazy(
        "links up to %(to)s are made with the key %(key)s, which LUMBUNG_LOG_KEY does not list: "
        "nothing proves them"
    ),
    Problem.HEADS_MISSING: gettext_lazy(
        "no head was kept, so a log that was cut off can't be told from a whole one"
    ),
}


def lines_of(finding: Finding) -> Iterator[str]:
    """A finding in words: where, what, and the fields of a row that differ."""
    place = [
        _("link %(number)s") % {"number": finding.number} if finding.number else "",
        _("entry %(id)s") % {"id": finding.entry} if finding.entry else "",
        f"{finding.kind} {finding.pk}" if finding.kind else "",
        f"“{finding.name}”" if finding.name else "",
        finding.time,
    ]
    where = ", ".join(one for one in place if one)
    meaning = (
        str(MEANING[finding.problem]) % finding.detail
        if finding.detail
        else str(MEANING[finding.problem])
    )
    yield f"{finding.problem}: {where}{': ' if where else ''}{meaning}."
    if finding.problem is Problem.ROW_ALTERED:
        for name, values in finding.detail.items():
            yield f"    {name}: {values['logged']!r} → {values['row']!r}"


def json_of(finding: Finding) -> dict[str, Any]:
    """A finding for programs, with what it means in English."""
    return {**asdict(finding), "tampering": finding.problem.is_tampering}
