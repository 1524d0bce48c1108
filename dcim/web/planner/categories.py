"""Pages of the category form: ten questions with their answers, the points, apps without one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page as Leaf
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.categories.rules import assessed
from dcim.actions.rights import may
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.categories import (
    QUESTIONNAIRES,
    Question,
    Questionnaire,
)
from dcim.vocabulary.errors import InvalidInput
from dcim.web.forms.edit import CreatePage, EditPage
from dcim.web.forms.records import RecordForm
from dcim.web.frame.access import Page
from dcim.web.objects.details import DetailPage
from dcim.web.planner.failures import leaf_of

KEYS = frozenset(one.key for form in QUESTIONNAIRES.values() for one in form.questions)


class AnswerButtons(forms.RadioSelect):
    """The answers to a question, each with the points that it counts."""

    form: Questionnaire

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """A button that tells the page its points."""
        option = super().create_option(*args, **kwargs)
        option["attrs"]["data-points"] = self.form.points[str(option["value"])]
        return option


class AssessmentForm(RecordForm):
    """The ten questions with what each answer says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questionnaire = QUESTIONNAIRES[self.instance.instrument]
        for number, one in enumerate(self.questionnaire.questions, start=1):
            self._lay_out(number, one)

    def _lay_out(self, number: int, question: Question) -> None:
        field: Any = self.fields[question.key]
        widget = AnswerButtons()
        widget.form, widget.is_required = self.questionnaire, True
        field.widget = widget
        field.choices = [(one.value, f"{one}. {_(says)}") for one, says in question.options]
        field.label = f"{number}. {_(question.asks)}"

    @property
    def bands(self) -> str:
        """The bands for the page's script: the least points of each with its label."""
        return json.dumps([[one.least, _(one.category.label)] for one in self.questionnaire.bands])

    @property
    def outcome(self) -> Outcome | None:
        """What the answers as they are shown come to; None while some are missing."""
        answers = {key: str(self[key].value() or "") for key in KEYS}
        return outcome_of(self.questionnaire, answers)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Points, and the category that follows."""

    score: int
    category: str


def outcome_of(form: Questionnaire, answers: dict[str, str]) -> Outcome | None:
    """What the answers come to; None while some are missing."""
    try:
        score = form.score(answers)
    except InvalidInput:
        return None
    return Outcome(score, _(form.category_of(score).label))


class AssessmentCreatePage(CreatePage):
    """Fill in the form of an app."""

    template_name = "planner/category_form.html"
    form_base = AssessmentForm


class AssessmentEditPage(EditPage):
    """Fill in the form of an app anew."""

    template_name = "planner/category_form.html"
    form_base = AssessmentForm


@dataclass(frozen=True, slots=True)
class Answered:
    """A question as it was answered."""

    number: int
    asks: str
    answer: str
    says: str
    points: int


class AssessmentPage(DetailPage):
    """A form that is filled in, and what it comes to."""

    template_name = "planner/category_assessment.html"
    facts_elsewhere = KEYS

    def more(self, obj: CategoryAssessment) -> dict[str, Any]:
        """The answers in words, and the points of each."""
        form, answers = obj.questionnaire, obj.answers
        rows = [
            _answered(form, number, one, answers[one.key])
            for number, one in enumerate(form.questions, start=1)
        ]
        return {"answered": rows, "outcome": outcome_of(form, answers)}


def _answered(form: Questionnaire, number: int, one: Question, answer: str) -> Answered:
    says = one.says(answer)
    return Answered(number, _(one.asks), answer, _(says), form.points[answer])


class ServiceAppForm(RecordForm):
    """An app's fields; its category is written here only while no form is filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and assessed([self.instance.pk]):
            self.fields["category"].disabled = True
            self.fields["category"].help_text = _(
                "It follows from the ten answers of the category assessment; change these instead."
            )


class ServiceAppEditPage(EditPage):
    """An app that is there."""

    form_base = ServiceAppForm


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """An app, and its form where there is one."""

    app: ServiceApp
    form: CategoryAssessment | None


class CategoriesPage(Page):
    """`app-categories/?assessed=no`: which apps have their category from answers, which not."""

    template_name = "planner/categories.html"
    title = gettext_lazy("System categories")
    permission_model = ServiceApp

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The apps without a form first asked for, those with one beside."""
        apps = self.seen(ServiceApp.objects.select_related("owner").order_by("code"))
        missing = apps.filter(category_assessment__isnull=True)
        filled = apps.filter(category_assessment__isnull=False)
        shows_filled = request.GET.get("assessed") == "yes"
        leaf = leaf_of(filled if shows_filled else missing, request.GET)
        context = self.get_context_data(
            missing=missing.count(),
            filled=filled.count(),
            shows_filled=shows_filled,
            rows=leaf,
            shown=_rows(leaf),
            may_add=may(self.user, "add", CategoryAssessment),
        )
        return self.render_to_response(context)


def _rows(leaf: Leaf[ServiceApp]) -> list[CategoryRow]:
    apps = list(leaf)
    forms = assessed([one.pk for one in apps])
    return [CategoryRow(one, forms.get(one.pk)) for one in apps]
