"""The answers from which an app's system category follows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcim.record.base import Record, choice_field
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.categories import (
    BSSN_8_2020,
    QUESTIONNAIRES,
    CategoryForm,
    FormAnswer,
    Questionnaire,
)
from dcim.vocabulary.choices import SystemCategory


def _answer(key: str) -> models.CharField[str, str]:
    """A column for the answer to the question `key`, which has to be answered."""
    asked = next(one for one in BSSN_8_2020.questions if one.key == key)
    return models.CharField(_(asked.asks), max_length=1, choices=FormAnswer.pairs())


class CategoryAssessment(Record):
    """The category form of an app, filled in: all ten answers, from which its category follows.

    An app has one at most. When it is filled in anew, the change log keeps what it said before.
    """

    part_of: ClassVar[tuple[str, ...]] = ("app",)
    app = models.OneToOneField(
        ServiceApp,
        verbose_name=_("app"),
        on_delete=models.CASCADE,
        related_name="category_assessment",
    )
    instrument = choice_field(_("instrument"), CategoryForm, CategoryForm.BSSN_8_2020)
    investment = _answer("investment")
    operating_cost = _answer("operating_cost")
    compliance = _answer("compliance")
    cryptography = _answer("cryptography")
    users = _answer("users")
    personal_data = _answer("personal_data")
    data_criticality = _answer("data_criticality")
    process_criticality = _answer("process_criticality")
    failure_impact = _answer("failure_impact")
    breach_damage = _answer("breach_damage")
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    assessed_by = models.CharField(
        _("assessed by"),
        max_length=100,
        blank=True,
        help_text=_("Who answered, and in which post."),
    )

    class Meta:
        verbose_name = _("category assessment")
        verbose_name_plural = _("category assessments")
        ordering = ("app",)

    def __str__(self) -> str:
        """The app's code."""
        return str(self.app)

    @property
    def questionnaire(self) -> Questionnaire:
        """The questions that were answered."""
        return QUESTIONNAIRES[self.instrument]

    @property
    def answers(self) -> dict[str, str]:
        """The answer to each question, by its key."""
        return {one.key: getattr(self, one.key) for one in self.questionnaire.questions}

    @property
    def score(self) -> int:
        """The points of the answers."""
        return self.questionnaire.score(self.answers)

    @property
    def category(self) -> SystemCategory:
        """The system category that follows from the points."""
        return self.questionnaire.category_of(self.score)
