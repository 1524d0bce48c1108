"""An app whose category form is filled in has the category that follows from the answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import InvalidInput


def assessed(apps: Collection[int]) -> dict[int, CategoryAssessment]:
    """The filled-in form of each of `apps` (ids) that has one.

    Notes: one query.
    """
    return {one.app_id: one for one in CategoryAssessment.objects.filter(app__in=apps)}


def keep_derived_categories(apps: Sequence[ServiceApp]) -> None:
    """Refuse to write an app's category beside what its answers come to.

    Raises: InvalidInput, naming points and category, and where the answers are.
    """
    forms = assessed([one.pk for one in apps])
    for app in apps:
        form = forms.get(app.pk)
        if form is not None and app.category != form.category:
            values = {"app": app, "score": form.score, "category": _(form.category.label)}
            raise InvalidInput(
                _("The answers of %(app)s come to %(score)s points: %(category)s.") % values,
                field="category",
                hint=_("Change its category assessment (no. %(pk)s) instead.") % {"pk": form.pk},
            )
