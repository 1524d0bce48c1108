"""Findings as JSON: the same keys from the command line and from the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from dcim.graph.answers.impact import names
from dcim.graph.facts import Thing
from dcim.graph.needs.findings import MEANINGS, WAYS_OUT, Finding, FindingKind, Findings


class FindingAnswer(TypedDict):
    """Something that can't be right; `status` is that of what is to be put right."""

    kind: str
    thing: str
    label: str
    owner: str
    chain: list[str]
    status: str
    meaning: str
    way_out: str


class FindingsAnswer(TypedDict):
    """Some findings, `count` in all, and how many there are of each kind."""

    serial: int
    count: int
    counts: dict[str, int]
    results: list[FindingAnswer]


def answer_of_findings(
    found: Findings, kind: FindingKind | None, rows: Sequence[Finding]
) -> FindingsAnswer:
    """Some of the findings of a kind, or of all kinds, as JSON."""
    return {
        "serial": found.serial,
        "count": len(found.of_kind(kind)),
        "counts": {one.value: found.counts[one] for one in FindingKind},
        "results": [_finding(one) for one in rows],
    }


def _finding(one: Finding) -> FindingAnswer:
    subject, culprit = one.subject, one.culprit
    return {
        "kind": one.kind.value,
        "thing": str(subject.id),
        "label": subject.label,
        "owner": subject.owner if isinstance(subject, Thing) else "",
        "chain": names(one.chain),
        "status": culprit.status if isinstance(culprit, Thing) else "",
        "meaning": MEANINGS[one.kind],
        "way_out": WAYS_OUT[one.kind],
    }
