"""What apps and category assessments show of the category that follows from the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.fields.counts import INTEGER
from api.fields.wire import Choice, Computed
from api.nouns.devices import Has
from api.queries.filters import RecordFilterSet
from api.reading.briefs import Briefs, pair_of
from api.records import RecordSerializer
from dcim.actions.categories.rules import assessed
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.categories import CategoryBasis
from dcim.vocabulary.choices import SystemCategory

CATEGORY = Choice(dict(SystemCategory.pairs()), unset=False)
BASIS = Choice(dict(CategoryBasis.pairs()), unset=True)
PAIR = pair_of(dict(CategoryBasis.pairs()))


def _read(keys: Sequence[int], briefs: Briefs) -> Mapping[int, CategoryAssessment]:
    return CategoryAssessment.objects.in_bulk(keys)


def _scores(keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
    read = briefs.shared("answers", _read, keys)
    return {pk: one.score for pk, one in read.items()}


def _categories(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    read = briefs.shared("answers", _read, keys)
    pair = pair_of(dict(SystemCategory.pairs()))
    return {pk: pair(one.category.value) for pk, one in read.items()}


class CategoryAssessmentSerializer(RecordSerializer):
    """A category form that is filled in, with what its answers come to."""

    score = Computed(_scores, INTEGER)
    category = Computed(_categories, CATEGORY.schema("response"))


def _forms(keys: Sequence[int], briefs: Briefs) -> Mapping[int, CategoryAssessment]:
    return assessed(keys)


def _app_scores(keys: Sequence[int], briefs: Briefs) -> Mapping[int, int]:
    forms = briefs.shared("forms", _forms, keys)
    return {pk: one.score for pk, one in forms.items()}


def _bases(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    forms = briefs.shared("forms", _forms, keys)
    stated = ServiceApp.objects.filter(pk__in=keys).exclude(category="").values_list("pk")
    declared = {pk: PAIR(CategoryBasis.DECLARED.value) for (pk,) in stated}
    return {**declared, **{pk: PAIR(CategoryBasis.ANSWERS.value) for pk in forms}}


class ServiceAppSerializer(RecordSerializer):
    """An app; its category follows from its category assessment where there is one."""

    category_basis = Computed(_bases, BASIS.schema("response"))
    category_score = Computed(_app_scores, {**INTEGER, "nullable": True})


class ServiceAppFilterSet(RecordFilterSet):
    """Apps by whether their category form is filled in."""

    has_category_assessment = Has("category_assessment")
