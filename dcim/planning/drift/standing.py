"""How things stand in the record, as an as-is document: without a plan, and without a solver."""

from __future__ import annotations

from dataclasses import replace

from dcim.planning.capacity.ledger import ledgers
from dcim.planning.capacity.rooms import Rooms
from dcim.planning.document import (
    AppLine,
    DocumentKind,
    Outcome,
    PlanDocument,
    as_is,
    digest_of,
)
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.assemble import targets_of
from dcim.planning.reactivation.candidate import Choice
from dcim.planning.reactivation.draft import Draft
from dcim.planning.reactivation.grounds import Grounds
from dcim.planning.reactivation.verdicts import Decision, Stance
from dcim.planning.snapshot import checked

NAME = "as-is"


def standing(snapshot: Snapshot) -> PlanDocument:
    """The as-is document of `snapshot`: every machine that stands, none made and none reclaimed.

    Raises: BadDocument when the snapshot contradicts itself.

    Notes: targets, machines and networks have the names that plans of the same record give them.
    """
    draft = _undecided(checked(snapshot))
    document = PlanDocument(
        kind=DocumentKind.PLAN,
        name=NAME,
        stance=Stance.AS_DECLARED.value,
        base_serial=snapshot.serial,
        targets=tuple(targets_of(draft)),
        apps=tuple(
            AppLine(
                code=app.code,
                name=app.name,
                owner=app.owner,
                status=app.status.value,
                pool=draft.pool_of(app),
            )
            for app in draft.snapshot.apps
        ),
    )
    return as_is(replace(document, digest=digest_of(document)))


def _undecided(snapshot: Snapshot) -> Draft:
    """A draft that brings nothing back, and lets nothing go."""
    return Draft(
        snapshot=snapshot,
        homes=snapshot.homes(),
        names=snapshot.names(),
        stance=Stance.AS_DECLARED,
        may_ask=False,
        decisions={app.code: Decision(Outcome.STAYS) for app in snapshot.apps},
        ledgers={book.pool: book for book in ledgers(snapshot)},
        going={},
        rooms=Rooms({}, {}),
        grounds=Grounds({}, {}, {}, frozenset()),
        carriers=snapshot.carriers(),
        lacking={},
        options={},
        choice=Choice(placed={}),
        order={},
        first={},
        hosts={},
        fallen={},
        bound=0,
        proved=True,
    )
