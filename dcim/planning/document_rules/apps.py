"""Apps where a plan puts them: who may hold their data, and whether what matters most is copied.

Only what a plan makes or starts is judged. What merely stands is the record's matter, and copies of
what a plan takes away are the guard's, who also knows of waivers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dcim.planning.document import AppLine, PlanDocument, PlannedVM, Target
from dcim.planning.document_rules.violation import Violation, created
from dcim.planning.sentences import tell
from dcim.vocabulary.choices import SystemCategory, _
from dcim.vocabulary.holding import Nature, Objection, objections

_WOULD_GO: Final = {
    Objection.DATA_CLASS: _(
        "%(app)s would go to %(provider)s, which may not hold “%(data_class)s” data."
    ),
    Objection.CATEGORY: _(
        "%(app)s would go to %(provider)s, which may not hold systems of category “%(category)s”."
    ),
    Objection.ABROAD: _(
        "%(app)s would go to %(provider)s, which keeps data abroad; systems of public bodies stay"
        " in Indonesia."
    ),
}


def held_where_they_may_be(document: PlanDocument, target: Target) -> Iterator[Violation]:
    """The apps of new machines, against what the target's provider may hold."""
    apps = {app.code: app for app in document.apps}
    for vm in created(target):
        for app in _apps_on(vm, apps):
            for one in objections(target.may_hold.terms, Nature(app.data_class, app.category)):
                yield Violation(
                    "provider.may_not_hold",
                    target.name,
                    tell(_("vm %(name)s"), name=vm.name),
                    tell(
                        _WOULD_GO[one],
                        app=app.code,
                        provider=target.provider,
                        data_class=app.data_class,
                        category=app.category,
                    ),
                    _("Plan it for another pool, or correct what is recorded of app and provider."),
                )


def strategic_apps_copied(document: PlanDocument, target: Target) -> Iterator[Violation]:
    """Strategic apps whose machines the plan makes or starts, against their backup copies."""
    apps = {app.code: app for app in document.apps}
    touched = {
        app.code: app
        for vm in (*created(target), *(vm for vm in target.vms if vm.runs_now is False))
        for app in _apps_on(vm, apps)
    }
    for app in filter(_lacks_a_copy, touched.values()):
        yield Violation(
            "backup.missing",
            target.name,
            tell(_("app %(app)s"), app=app.code),
            _("is a strategic system that would run without any backup copy on record."),
            _("Record a copy that has succeeded for one of its tiers, then make the plan again."),
        )


def _lacks_a_copy(app: AppLine) -> bool:
    return app.category == SystemCategory.STRATEGIC and not app.backup_copies


def _apps_on(vm: PlannedVM, apps: Mapping[str, AppLine]) -> list[AppLine]:
    return [apps[code] for code in vm.apps if code in apps]
