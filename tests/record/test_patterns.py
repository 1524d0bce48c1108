"""Patterns: what they fit, what is refused, and that none takes long."""

from __future__ import annotations

import time

import pytest

from dcim.record.extras.patterns import NotAPattern, compiled


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"^([a-z0-9-]+\.)+[a-z]{2,}$", "a.b-c.example", True),
        (r"^([a-z0-9-]+\.)+[a-z]{2,}$", "a..example", False),
        (r"^(\d{1,3}\.){3}\d{1,3}$", "10.64.10.1", True),
        (r"^[A-Z]{3}-\d+$", "PDR-12x", False),
        (r"(?i)paser", "KAB. PASER", True),
        (r"", "", True),
    ],
)
def test_common_patterns(pattern: str, text: str, fits: bool) -> None:
    assert compiled(pattern).is_in(text) is fits


def test_a_backslash_before_a_letter_is_no_word_boundary() -> None:
    assert compiled(r"\\b").is_in(r"a\b")


def test_a_pattern_begins_a_text_or_stands_in_it() -> None:
    assert compiled("b").is_in("ab")
    assert not compiled("b").begins("ab")


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
    ["(", "[", "(?=a)", "(?<!a)b", r"(a)\1", r"\bword", r"\\\bword", "a{3000}",
     "((a{50}){50}){50}", "a" * 501, "(" * 500],
)  # fmt: skip
def test_what_can_not_be_matched_is_refused(pattern: str) -> None:
    with pytest.raises(NotAPattern):
        compiled(pattern)
