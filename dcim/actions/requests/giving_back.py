"""Give grants back, never without naming what draws on them and who is hit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dcim.actions import record
from dcim.actions.changes import Actor, Change, log_changes, state_of
from dcim.actions.refusals import writing
from dcim.actions.requests.given import Given
from dcim.actions.rights import require
from dcim.actions.writes.values import known
from dcim.catalog.roles import CHANGE
from dcim.graph.failures.impact import impact
from dcim.graph.load.record import current_graph
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.allocations import Allocation
from dcim.vocabulary.choices import AllocationStatus
from dcim.vocabulary.errors import DrawnOn, InvalidInput, Refused
from dcim.vocabulary.things import Ref, ThingKind

NAMED = 8


@dataclass(frozen=True, slots=True)
class Loss:
    """Who is hit when a grant goes.

    Attributes:
        machines: Names of the machines that draw on it.
        down: Codes of the running apps that stop.
        degraded: Codes of those that go on with less.
        owners: Slugs of the offices whose apps these are.
        confirm: The word that says that exactly these machines were seen; empty without any.
    """

    machines: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    confirm: str = ""


def loss_of(allocation: Allocation) -> Loss:
    """What draws on `allocation` now, and who is hit when it goes.

    Notes: the graph is asked only where something draws on it.
    """
    machines = list(allocation.virtual_machines.order_by("name", "pk"))
    if not machines:
        return Loss()
    found = impact(current_graph(), [Ref(ThingKind.ALLOCATION, allocation.reference)])
    hits = [*found.apps_down, *found.apps_degraded]
    return Loss(
        machines=tuple(one.name for one in machines),
        down=tuple(hit.thing.name for hit in found.apps_down),
        degraded=tuple(hit.thing.name for hit in found.apps_degraded),
        owners=tuple(sorted({hit.thing.owner for hit in hits if hit.thing.owner})),
        confirm=_word_for(machines),
    )


def return_allocation(allocation: Allocation, given: Given, *, by: Actor) -> Allocation:
    """Give `allocation` back by a letter of ours.

    Args:
        allocation: The grant.
        given: The letter, and what confirms that all that draws on it was seen.
        by: Who may change it.

    Raises:
        NotPermitted: who returns it may not change it.
        InvalidInput: the letter is missing.
        DrawnOn: machines draw on it, and are not confirmed: they, apps and offices are named.
        Refused: it has been returned already.
    """
    if by.user is not None:
        require(by.user, CHANGE, Allocation, allocation)
    if not given.letter_number.strip() or given.letter_date is None:
        name = "letter_date" if given.letter_number.strip() else "letter_number"
        raise InvalidInput(_("Say by which letter, with its number and date."), field=name)
    spoken = by if by.message else by.saying(given.letter)
    return give_back(allocation, confirm=given.confirm, by=spoken.for_deed())


def give_back(allocation: Allocation, *, confirm: str, by: Actor) -> Allocation:
    """The grant `allocation`, returned; see `return_allocation`."""
    with writing():
        rows = Allocation.objects.select_for_update(of=("self",))  # no machine comes meanwhile
        grant = known(rows.filter(pk=allocation.pk).first(), allocation)
        if grant.status == AllocationStatus.RETURNED:
            raise Refused(
                _("The grant %(grant)s has been returned.") % {"grant": grant},
                field="status",
                hint=_("There is nothing left to give back."),
            )
        machines = list(grant.virtual_machines.order_by("name", "pk"))
        if not machines or grant.commitments.exists():  # what is held for others is released first
            return record.update(grant, {"status": AllocationStatus.RETURNED.value}, by=by)
        if confirm != _word_for(machines):
            raise _drawn_on(grant)
        # Whoever confirms has seen each of them: the rule that none may be left is waived.
        before = state_of(grant)
        grant.status = AllocationStatus.RETURNED.value
        grant.save(update_fields=["status", "last_updated"])
        log_changes([Change(grant, grant.pk, before, state_of(grant))], by=by)
    return grant


def _word_for(machines: Sequence[VirtualMachine]) -> str:
    """A word that only this set of machines has."""
    keys = ",".join(str(one.pk) for one in sorted(machines, key=lambda one: one.pk))
    return hashlib.sha256(keys.encode()).hexdigest()[:12]


def _drawn_on(grant: Allocation) -> DrawnOn:
    loss = loss_of(grant)
    told = [
        _("machines: %(names)s") % {"names": _named(loss.machines)},
        _("apps that stop: %(names)s") % {"names": _named(loss.down)},
        _("apps that suffer: %(names)s") % {"names": _named(loss.degraded)},
        _("offices: %(names)s") % {"names": _named(loss.owners)},
    ]
    return DrawnOn(
        _("%(grant)s is drawn on (%(told)s).") % {"grant": grant, "told": "; ".join(told)},
        hint=_("Move them first, or confirm with “%(word)s” that they lose it.")
        % {"word": loss.confirm},
        confirm=loss.confirm,
    )


def _named(names: Sequence[str]) -> str:
    if not names:
        return _("none")
    more = f", … ({len(names)})" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
