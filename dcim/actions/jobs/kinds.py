"""The kinds of work that are done in the background: one table from name to function.

Work computes outside any transaction, however long that takes, and tells its watch how far it is.
What it writes, it hands back as `Kept`: that is written in the transaction which ends the job, so
it happens once or not at all, even where a worker dies and another does the work again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from dcim.actions.changes import Actor
from dcim.actions.jobs.plans import changes_in_background, curve_in_background, plan_of
from dcim.planning.watch import LoggedWatch, Watch
from dcim.record.planner.jobs import Job
from dcim.vocabulary.errors import InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Data = Mapping[str, object]
Written = tuple[Data, Model | None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is written as the last deed of a job.

    Attributes:
        write: Writes as the actor; gives the job's result, and the object that was made if any.
            Short: on SQLite nobody else writes meanwhile.
    """

    write: Callable[[Actor], Written]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    Attributes:
        label: What people call it.
        run: From the job, whose `arguments` say what is asked, and its watch to the result.
        restarts: Whether it is begun again when its worker dies. That is safe for what only
            computes and writes by `Kept`.
        closed: Told of a job that ends without a result: stopped before it began, refused, broken,
            or given up by its worker; in the transaction that ends it.
    """

    label: StrOrPromise
    run: Callable[[Job, LoggedWatch], Data | Kept]
    restarts: bool = True
    closed: Callable[[Job], None] = lambda _job: None


def count(job: Job, watch: Watch) -> Data:
    """Count to `steps`, `seconds` apart: a job that shows that the worker works."""
    from time import sleep

    steps, seconds = (float(job.arguments.get(name, 0)) for name in ("steps", "seconds"))
    counted = 0
    while counted < steps and not watch.is_stopped():
        sleep(seconds)
        counted += 1
        watch.report(counted, int(steps), f"{counted}")
    return {"counted": counted}


def snapshot(job: Job, watch: Watch) -> Kept:
    """Keep what the ledgers say today, so that forecasts have a past."""
    from dcim.actions.forecasts.snapshots import snapshot_ledgers

    def write(by: Actor) -> Written:
        rows = snapshot_ledgers()
        return {"day": rows[0].day.isoformat() if rows else None, "rows": len(rows)}, None

    return Kept(write)


CURVE: Final = "planner.curve"
CHANGES: Final = "planner.changes"
KINDS: Final[Mapping[str, Kind]] = {
    "core.count": Kind(_("Counting, to try the worker"), count),
    "ledgers.snapshot": Kind(_("Snapshot of the ledgers"), snapshot),
    "planner.plan": Kind(
        _("Reactivation plan"), lambda job, watch: Kept(plan_of(job.arguments, watch))
    ),
    CURVE: Kind(
        _("Negotiation curve"), lambda job, watch: curve_in_background(job.arguments, watch)
    ),
    CHANGES: Kind(
        _("What would let apps in"), lambda job, watch: changes_in_background(job.arguments, watch)
    ),
}


def kinds() -> Mapping[str, Kind]:
    """All kinds: those of this table, and those of rooms above, which the settings name."""
    named: Mapping[str, str] = settings.JOB_KINDS
    return {**KINDS, **{name: import_string(path) for name, path in named.items()}}


def kind_called(name: str) -> Kind:
    """The kind of that name.

    Raises: InvalidInput.
    """
    known = kinds()
    if name not in known:
        raise InvalidInput(
            f"“{name}” is no kind of job.", field="kind", hint=f"Choose one of: {', '.join(known)}."
        )
    return known[name]
