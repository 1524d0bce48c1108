"""What `serve` does before it serves: everything on the first start, next to nothing later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from dcim.actions.accounts.users import create_first_admin, create_token
from dcim.actions.changes import Actor
from dcim.actions.plans.making import current_snapshot, store_plan
from dcim.actions.sample.paser import is_untouched, load_paser
from dcim.graph.failures.impact import Impact, impact
from dcim.graph.load.record import current_graph
from dcim.management.base import Progress
from dcim.management.impact_report import codes, headline
from dcim.management.plan_report import totals_lines
from dcim.planning.document import PlanDocument
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.record.people.account import User
from dcim.vocabulary.things import Ref

RACK_TO_TRY = "rack:PDR-R01"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a newcomer is shown of the sample."""

    impact: Impact
    plans: tuple[PlanDocument, ...]


def prepare(out: OutputWrapper) -> None:
    """Migrate if needed; into a new record load the sample and show what it answers."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # else WhiteNoise complains
    progress = Progress(out)
    try:
        _migrate(progress)
        answers = _load(progress) if is_untouched() else None
    finally:
        progress.end()
    if answers is not None:
        for line in _answer_lines(answers):
            out.write(line)
    if not User.objects.exists():
        for line in _account_lines():
            out.write(line)


def _migrate(progress: Progress) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        progress.step(_("Preparing the database"))
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def _load(progress: Progress) -> Answers:
    by = Actor.system("serve: first start")
    load_paser(by=by, on_step=progress.step)
    progress.step(_("Dependencies"))
    found = impact(current_graph(), [Ref.parse(RACK_TO_TRY)])
    plans = []
    for stance in Stance:
        progress.step(_("Plan “%(stance)s”") % {"stance": stance.value})
        plans.append(plan_reactivation(current_snapshot(), stance))
        store_plan(plans[-1], by=by)
    return Answers(found, tuple(plans))


def _answer_lines(answers: Answers) -> Iterator[str]:
    yield ""
    yield headline(answers.impact)
    yield f"  {codes(answers.impact.apps_down)}"
    for document in answers.plans:
        yield ""
        yield from totals_lines(document)


def _account_lines() -> Iterator[str]:
    """The first user and a token, in the only form they are ever shown in."""
    by = Actor.system("serve: first start")
    user, password = create_first_admin(by=by)
    token = create_token(user, by=by, description=_("First start"))
    yield ""
    yield _("User admin, password %(password)s (shown once).") % {"password": password}
    yield _("API token %(token)s (shown once).") % {"token": token}
    yield ""
