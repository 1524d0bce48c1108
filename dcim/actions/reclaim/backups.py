"""A copy of what goes, or someone's word that none is needed.

An app's data are where its copies are taken: a tier has a backup duty when a copy of it is
recorded, and all tiers of an app have one as long as none of them has a copy, since nothing then
says where its data are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.actions.plans.making import document_of
from dcim.actions.reclaim.machines import Machine, machines_going
from dcim.actions.refusals import writing
from dcim.actions.rights import second_person
from dcim.actions.writes.values import known
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.plans import Plan
from dcim.record.planner.reclaims import BackupWaiver
from dcim.record.planner.service_apps import Workload
from dcim.vocabulary.choices_reclaim import Cover
from dcim.vocabulary.errors import InvalidInput, NotBackedUp, Refused, UnknownThing

NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Covered:
    """A machine that goes, and what keeps its data.

    Attributes:
        machine: The machine.
        cover: How it is covered.
        tiers: Its tiers with a backup duty, as APP/TIER.
        copies: Of each tier that has one the newest copy that is young enough.
        waiver: Who did without one, and why.
    """

    machine: Machine
    cover: Cover
    tiers: tuple[str, ...] = ()
    copies: tuple[BackupCopy, ...] = ()
    waiver: BackupWaiver | None = None

    @property
    def words(self) -> str:
        """What is kept of it when it has gone, in a line."""
        if self.waiver is not None and self.cover is Cover.WAIVED:
            return f"waived by {self.waiver.user}: {self.waiver.reason}"[:300]
        told = (f"{one} {one.last_success:%Y-%m-%dT%H:%M%z}" for one in self.copies)
        return ", ".join(told)[:300] or self.cover.value


def covers(
    plan: Plan, machines: Sequence[Machine], now: datetime | None = None
) -> tuple[Covered, ...]:
    """How each of `machines` that `plan` takes away is covered, in their order.

    Args:
        plan: A stored plan.
        machines: What goes.
        now: The moment against which copies are young enough, see RECLAIM_COPY_DAYS.

    Notes: two queries, of the copies of these machines' apps and the waivers of the plan alone.
    """
    since = (now or timezone.now()) - timedelta(days=settings.RECLAIM_COPY_DAYS)
    copies = _copies(machines)
    waivers = {(one.target, one.name): one for one in plan.waivers.select_related("user")}
    return tuple(
        _covered(one, copies, waivers.get((one.target, one.planned.name)), since)
        for one in machines
    )


def require_covered(found: Iterable[Covered]) -> None:
    """Refuse to take away what has neither a young copy nor a waiver.

    Raises: NotBackedUp, naming the machines.
    """
    missing = [one.machine.name for one in found if one.cover is Cover.MISSING]
    if missing:
        more = f", … ({len(missing)})" if len(missing) > NAMED else ""
        raise NotBackedUp(
            _("There is no copy of the last %(days)s days of: %(machines)s.")
            % {
                "days": settings.RECLAIM_COPY_DAYS,
                "machines": f"{', '.join(missing[:NAMED])}{more}",
            },
            hint=_("Make one and record it, or let a second person waive it by name."),
            machines=missing,
        )


def waive_backup(plan: Plan, machine: str, *, reason: str, by: Actor) -> BackupWaiver:
    """The word of the user of `by` that `machine` (TARGET/MACHINE) may go without a copy.

    Raises:
        NotPermitted: the user is the plan's author, or may not approve plans.
        UnknownThing: the plan takes no such machine away.
        InvalidInput: no reason is given.
        Refused: nobody is known to have made the plan, the machine carries no data, or has been
            waived.
    """
    with writing():
        rows = Plan.objects.select_for_update(of=("self",)).filter(pk=plan.pk)
        stored = known(rows.first(), plan)
        user = second_person(stored.created_by, by.user, Plan, stored)
        if stored.created_by_id is None:
            raise Refused(
                _("Nobody is known to have made this plan, so nobody is a second person."),
                hint=_("Make the plan on the page or by a token."),
            )
        if not reason.strip():
            raise InvalidInput(_("Say why it may go without a copy."), field="reason")
        found = _going(stored, machine)
        if found.waiver is not None:
            raise Refused(_("%(machine)s has been waived.") % {"machine": machine}, field="machine")
        if found.cover is Cover.NO_DATA or found.machine.row is None:
            raise Refused(
                _("%(machine)s needs no waiver: no tier on it is to be copied.")
                % {"machine": machine},
                field="machine",
            )
        values = {
            "plan": stored,
            "target": found.machine.target,
            "name": found.machine.planned.name,
            "machine_id": found.machine.row.pk,
            "user": user,
            "reason": reason.strip(),
        }
        return record.create(BackupWaiver, values, by=by.for_deed())


def _going(plan: Plan, machine: str) -> Covered:
    machines = [one for one in machines_going(document_of(plan)) if one.name == machine]
    if not machines:
        raise UnknownThing(
            _("The plan does not take “%(machine)s” away.") % {"machine": machine},
            field="machine",
            hint=_("Name it as TARGET/MACHINE, as the plan does."),
        )
    return covers(plan, machines)[0]


def _copies(machines: Iterable[Machine]) -> Mapping[int, Mapping[int, list[BackupCopy]]]:
    """By app and tier the copies that are recorded, of the apps on `machines`."""
    apps = {tier.app_id for one in machines for tier in _tiers(one)}
    found: dict[int, dict[int, list[BackupCopy]]] = defaultdict(lambda: defaultdict(list))
    rows = BackupCopy.objects.select_related("workload__app", "site", "provider")
    for copy in rows.filter(workload__app__in=apps).order_by("pk"):
        found[copy.workload.app_id][copy.workload_id].append(copy)
    return found


def _tiers(machine: Machine) -> Collection[Workload]:
    return () if machine.row is None else machine.row.workloads.all()


def _covered(
    machine: Machine,
    copies: Mapping[int, Mapping[int, list[BackupCopy]]],
    waiver: BackupWaiver | None,
    since: datetime,
) -> Covered:
    if machine.row is None:
        return Covered(machine, Cover.GONE)
    of_duty = [
        tier
        for tier in _tiers(machine)
        if tier.pk in copies.get(tier.app_id, {}) or not copies.get(tier.app_id)
    ]
    if not of_duty:
        return Covered(machine, Cover.NO_DATA)
    if waiver is not None and waiver.machine_id != machine.row.pk:
        waiver = None
    newest = [_newest(copies.get(tier.app_id, {}).get(tier.pk, ()), since) for tier in of_duty]
    held = tuple(one for one in newest if one is not None)
    if len(held) == len(of_duty):
        cover = Cover.COPIED
    else:
        cover = Cover.MISSING if waiver is None else Cover.WAIVED
    return Covered(machine, cover, tuple(sorted(map(str, of_duty))), held, waiver)


def _newest(copies: Iterable[BackupCopy], since: datetime) -> BackupCopy | None:
    """The newest copy that was made since then and is still kept."""
    now = since + timedelta(days=settings.RECLAIM_COPY_DAYS)
    young = [
        (one.last_success, one.pk, one)
        for one in copies
        if one.last_success is not None
        and since <= one.last_success <= now
        and now - one.last_success
        <= timedelta(days=one.retention_days or settings.RECLAIM_COPY_DAYS)
    ]
    return max(young, default=(None, 0, None))[2]
