"""The category form: what answers come to, where the bands begin and end."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from dcim.vocabulary.categories import BSSN_8_2020, FormAnswer
from dcim.vocabulary.choices import SystemCategory
from dcim.vocabulary.errors import InvalidInput

KEYS = [one.key for one in BSSN_8_2020.questions]


def answers(letters: str) -> dict[str, str]:
    return dict(zip(KEYS, letters, strict=True))


@pytest.mark.parametrize(
    ("letters", "score", "category"),
    [
        ("CCCCCCCCCC", 10, SystemCategory.LOW),
        ("ABCCCCCCCC", 15, SystemCategory.LOW),
        ("ABBCCCCCCC", 16, SystemCategory.HIGH),
        ("AAAAAABBCC", 36, SystemCategory.STRATEGIC),
        ("AAAAABBCCB", 33, SystemCategory.HIGH),
        ("AAAAABBBBC", 34, SystemCategory.HIGH),
        ("AAAAABBBBB", 35, SystemCategory.STRATEGIC),
        ("AAAAAAAAAA", 50, SystemCategory.STRATEGIC),
    ],
)
def test_answers_come_to_points_and_points_to_a_category(
    letters: str, score: int, category: SystemCategory
) -> None:
    assert BSSN_8_2020.score(answers(letters)) == score
    assert BSSN_8_2020.category_of(score) is category


def test_every_sum_of_answers_lies_in_the_band_that_the_regulation_gives() -> None:
    for letters in combinations_with_replacement("ABC", 10):
        score = 5 * letters.count("A") + 2 * letters.count("B") + letters.count("C")
        expected = "low" if score <= 15 else "high" if score <= 34 else "strategic"
        found = BSSN_8_2020.score(answers("".join(letters)))
        assert (found, BSSN_8_2020.category_of(found)) == (score, expected)


def test_a_graver_answer_never_lowers_the_points() -> None:
    points = [BSSN_8_2020.points[one] for one in FormAnswer]
    assert points == sorted(points, reverse=True)


@pytest.mark.parametrize("score", [9, 51])
def test_points_that_no_answers_come_to_have_no_category(score: int) -> None:
    with pytest.raises(InvalidInput, match="10 at least and 50 at most"):
        BSSN_8_2020.category_of(score)


def test_each_question_without_a_proper_answer_is_named() -> None:
    with pytest.raises(InvalidInput) as refused:
        BSSN_8_2020.score({**answers("A" * 10), "users": "D", "compliance": ""})
    assert set(refused.value.errors) == {"users", "compliance"}
