"""Patterns: what Python's engine says of them, without its worst cases."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcim.vocabulary.patterns import NotAPattern, compiled

PARTS = [
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    r"\d",
    r"\W",
    "(a|b)",
    "(ab)*",
    "a{1,2}",
    "(a|)+",
    "^",
    "$",
    "b?",
]
PATTERNS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("".join)


@given(PATTERNS, st.text("ab1 ", max_size=8))
def test_answers_are_those_of_pythons_engine(pattern: str, text: str) -> None:
    assert compiled(pattern).begins(text) == (re.match(pattern, text) is not None)
    assert compiled(pattern).is_in(text) == (re.search(pattern, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"^([a-z0-9-]+\.)+[a-z]{2,}$", "a.b-c.example", True),
        (r"^([a-z0-9-]+\.)+[a-z]{2,}$", "a..example", False),
        (r"^(\d{1,3}\.){3}\d{1,3}$", "10.64.10.1", True),
        (r"^[A-Z]{3}-\d+\Z", "PDR-12x", False),
        (r"(?i)paser", "KAB. PASER", True),
        (r"", "", True),
    ],
)
def test_common_patterns(pattern: str, text: str, fits: bool) -> None:
    assert compiled(pattern).is_in(text) is fits


def test_case_may_be_ignored() -> None:
    assert compiled("^[a-c]d$", ignores_case=True).is_in("BD")
    assert not compiled("^[a-c]d$").is_in("BD")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(a*)*b", "(.*a){12}$", "(x+x+)+y"])
def test_no_pattern_takes_long(pattern: str) -> None:
    begun = time.perf_counter()
    compiled(pattern).is_in("a" * 2_000 + "!")
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    "pattern",
    ["(", "[", "a**", "(?=a)", "(?<!a)b", r"(a)\1", r"\bword", "(?s).", "(?i:a)", "a{3000}",
     "((a{50}){50}){50}", "a" * 501, "(" * 5000],
)  # fmt: skip
def test_what_can_not_be_matched_is_refused(pattern: str) -> None:
    with pytest.raises(NotAPattern):
        compiled(pattern)
