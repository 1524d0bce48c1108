"""The category form of electronic systems: ten questions, their answers' points, the bands.

BSSN 8/2020 lets the owner of a system answer ten questions with A, B or C; the points say whether
it is strategic, high or low. The texts are ours and tell what each question asks; the page on
categories in docs/ says which thresholds rest on what. A later form is another `Questionnaire`
beside this one, since answers mean something only together with what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from dcim.vocabulary.choices import Choices, SystemCategory, _
from dcim.vocabulary.errors import InvalidInput


class FormAnswer(Choices):
    """An answer of the category form: A is the gravest."""

    A = "A", _("A")
    B = "B", _("B")
    C = "C", _("C")


class CategoryForm(Choices):
    """The forms by which a system's category is found, by regulation and year."""

    BSSN_8_2020 = "bssn-8-2020", _("BSSN 8/2020")


class CategoryBasis(Choices):
    """What an app's category rests on."""

    ANSWERS = "answers", _("Ten answers")
    DECLARED = "declared", _("As declared")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the name of its answer, what it asks, and what A, B and C say."""

    key: str
    asks: str
    a: str
    b: str
    c: str

    @property
    def options(self) -> tuple[tuple[FormAnswer, str], ...]:
        """The answers with what they say, the gravest first."""
        return tuple(zip(FormAnswer, (self.a, self.b, self.c), strict=True))

    def says(self, answer: str) -> str:
        """What an answer says."""
        return next(says for one, says in self.options if one == answer)


@dataclass(frozen=True, slots=True)
class Band:
    """The least points of a category."""

    least: int
    category: SystemCategory


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A form: its questions, what each answer counts, and the bands, the gravest first."""

    questions: tuple[Question, ...]
    points: Mapping[str, int]
    bands: tuple[Band, ...]

    def score(self, answers: Mapping[str, str]) -> int:
        """The points of `answers`, by the questions' keys.

        Raises: InvalidInput, naming every question that is not answered with A, B or C.
        """
        known = {one.value for one in FormAnswer}
        wrong = [one.key for one in self.questions if answers.get(one.key) not in known]
        if wrong:
            reason = "Answer every question of the category form with A, B or C."
            raise InvalidInput(reason, field=wrong[0], errors={key: [reason] for key in wrong})
        return sum(self.points[answers[one.key]] for one in self.questions)

    def category_of(self, score: int) -> SystemCategory:
        """The category of that many points.

        Raises: InvalidInput when no answers come to so many.
        """
        each = self.points.values()
        least, most = min(each) * len(self.questions), max(each) * len(self.questions)
        if not least <= score <= most:
            raise InvalidInput(
                f"No answers of the category form come to {score} points.",
                field="score",
                hint=f"They come to {least} at least and {most} at most.",
            )
        return next(one.category for one in self.bands if score >= one.least)


BSSN_8_2020: Final = Questionnaire(
    questions=(
        Question(
            "investment",
            _("What has been invested in the system"),
            _("More than Rp30 billion"),
            _("Rp3 billion to Rp30 billion"),
            _("Less than Rp3 billion"),
        ),
        Question(
            "operating_cost",
            _("What running it costs in a year"),
            _("More than Rp10 billion"),
            _("Rp1 billion to Rp10 billion"),
            _("Less than Rp1 billion"),
        ),
        Question(
            "compliance",
            _("Which rules or standards it is bound to comply with"),
            _("National and international ones"),
            _("National ones"),
            _("No particular ones"),
        ),
        Question(
            "cryptography",
            _("Which cryptography protects its information"),
            _("Techniques of its own kind, certified by the state"),
            _("What is usual in industry, open to all, or made by oneself"),
            _("None"),
        ),
        Question(
            "users",
            _("How many use it"),
            _("More than 5,000"),
            _("1,000 to 5,000"),
            _("Fewer than 1,000"),
        ),
        Question(
            "personal_data",
            _("Which personal data it holds"),
            _("Personal data that are tied to other personal data"),
            _("Personal data of single people, or of owners of businesses"),
            _("No personal data"),
        ),
        Question(
            "data_criticality",
            _("How secret its data are, should someone attack or break in"),
            _("Top secret"),
            _("Secret or restricted"),
            _("Ordinary"),
        ),
        Question(
            "process_criticality",
            _("How critical its processes are, should someone attack or break in"),
            _("The livelihood of many is at risk, and public services suffer directly"),
            _("The livelihood of many is at risk, and public services suffer indirectly"),
            _("Only the organization's own business suffers"),
        ),
        Question(
            "failure_impact",
            _("What happens when it fails"),
            _("The defence or security of the state is in danger"),
            _("A public service stops nationwide, or services of other sectors suffer"),
            _("A public service stops within one province, or work within one organization"),
        ),
        Question(
            "breach_damage",
            _("What harm may come of a breach of its security, as by sabotage or terror"),
            _("Lives may be lost"),
            _("Money is lost, and nothing else"),
            _("Work is disturbed for a while, without danger and without loss of money"),
        ),
    ),
    points=MappingProxyType({FormAnswer.A: 5, FormAnswer.B: 2, FormAnswer.C: 1}),
    bands=(
        Band(35, SystemCategory.STRATEGIC),
        Band(16, SystemCategory.HIGH),
        Band(10, SystemCategory.LOW),
    ),
)
QUESTIONNAIRES: Final[Mapping[str, Questionnaire]] = MappingProxyType(
    {CategoryForm.BSSN_8_2020: BSSN_8_2020}
)
