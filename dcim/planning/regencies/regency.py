"""One regency among many: what a worker does for it, from its snapshot's bytes alone.

Three tasks: look at it as if the PDN gave all that it asks, bid for a share of the PDN at prices,
and plan it with the share that it got. Each is a pure function of what it is handed, so whichever
worker does it, and however often, the answer is the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from dcim.planning.document import encode
from dcim.planning.estate import NOTHING, Snapshot
from dcim.planning.reactivation.assemble import assemble
from dcim.planning.reactivation.candidate import ASK, Candidate, Choice, Cut, Known
from dcim.planning.reactivation.draft import Draft
from dcim.planning.reactivation.plan import draft
from dcim.planning.reactivation.totals import Totals
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.snapshot import read
from dcim.planning.solver import Effort
from dcim.vocabulary.amounts import Amounts, ResourceClass, total
from dcim.vocabulary.errors import BadDocument

# Prices count in so many parts of a point of weight, so that bounds add up exactly in integers.
SCALE: Final = 2**20


@dataclass(frozen=True, slots=True)
class Regency:
    """A regency as it travels: its snapshot file, compressed."""

    name: str
    packed: bytes

    @classmethod
    def of(cls, name: str, data: bytes) -> Regency:
        """The regency whose snapshot file is `data`; what is in it is judged where it is read."""
        return cls(name, zlib.compress(data))

    def snapshot(self) -> Snapshot:
        """What is known of it.

        Raises: BadDocument, whose `field` begins with the regency's name.
        """
        try:
            return read(zlib.decompress(self.packed))
        except BadDocument as err:
            raise BadDocument(err.reason, field=f"{self.name}: {err.field}", hint=err.hint) from err


@dataclass(frozen=True, slots=True)
class Task:
    """How a regency is planned: the same for all of them; `limit_s` as in `Effort`."""

    stance: Stance
    limit_s: float

    @property
    def effort(self) -> Effort:
        """For the solver; nobody watches on a worker."""
        return Effort(limit_s=self.limit_s, breaks_ties=False)


@dataclass(frozen=True, slots=True)
class Column:
    """One way to plan a regency: what comes back, at hand or once granted, and what it asks."""

    weight: int
    asked: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A regency's plan.

    Attributes:
        column: What it brings back for what it asks.
        at_hand: The weight that waits for no grant; no plan has more than `at_hand_bound`.
        apps_at_hand: How many apps that is, `apps_waiting` how many wait for the grant, `apps_left`
            how many candidates stay out.
        packed: The plan document, compressed.
    """

    column: Column
    at_hand: int
    at_hand_bound: int
    apps_at_hand: int
    apps_waiting: int
    apps_left: int
    packed: bytes

    @property
    def document(self) -> bytes:
        """The plan document."""
        return zlib.decompress(self.packed)


@dataclass(frozen=True, slots=True)
class Bid:
    """What a regency would ask at some prices.

    Attributes:
        column: What it would bring back and ask, on totals: hosts are found when it is planned.
        choice: Which apps that is.
        bound: No plan's weight less the price of its ask is more; in parts (`SCALE`) of a point.
    """

    column: Column
    choice: Choice
    bound: int


NO_BID: Final = Bid(Column(0, NOTHING), Choice(placed={}), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A regency as its bids see it.

    Attributes:
        whole: Its plan if the PDN gave all that it asks; no plan's weight is above `most`.
        start: Which apps that plan brings back.
        least: What it bids where it asks nothing.
    """

    candidates: tuple[Candidate, ...]
    rooms: Mapping[str, Amounts]
    cuts: tuple[Cut, ...]
    whole: Planned
    start: Choice
    least: Bid = NO_BID
    most: int = 0


def look(regency: Regency, task: Task) -> Outlook:
    """The regency planned as if it were alone.

    Raises: BadDocument: its snapshot can't be used.
    """
    drafted = draft(regency.snapshot(), task.stance, effort=task.effort)
    outlook = Outlook(
        candidates=drafted.candidates,
        rooms=drafted.held,
        cuts=drafted.cuts,
        whole=_planned(drafted),
        start=drafted.choice,
    )
    most = sum(app.weight for app in outlook.candidates)
    if outlook.whole.apps_left:
        most = bid(outlook, task, NOTHING).bound // SCALE
    # Every machine has a vCPU, so at that price nobody asks for anything.
    prohibitive = Amounts(vcpus=SCALE * (most + 1))
    return replace(outlook, most=most, least=bid(outlook, task, prohibitive))


def plan(
    regency: Regency, task: Task, outlook: Outlook, share: Amounts, start: Choice, most: int
) -> Planned:
    """The regency's plan that asks for no more than `share`.

    Args:
        regency: which.
        task: how.
        outlook: what was seen of it, which need not be found again.
        share: what it may ask.
        start: a choice on totals that asks for no more.
        most: no plan with that share and as much at hand brings back more.
    """
    known = Known(
        weight=outlook.whole.at_hand,
        bound=outlook.whole.at_hand_bound,
        most=most,
        start=start,
        cuts=outlook.cuts,
    )
    return _planned(
        draft(regency.snapshot(), task.stance, most_asked=share, effort=task.effort, known=known)
    )


def bid(outlook: Outlook, task: Task, prices: Amounts) -> Bid:
    """What the regency would ask if a unit of each class cost so much, in parts of a point.

    Notes: at hand comes back no less than in the plan that has all it asks, which no share of the
    PDN changes. The bound rests on what was proved alone; what merely found no hosts is avoided,
    but might have had some.
    """
    found = _best(outlook, outlook.cuts, task, prices)
    if all(cut.is_proved for cut in outlook.cuts):
        return found
    proved = tuple(cut for cut in outlook.cuts if cut.is_proved)
    return replace(found, bound=_best(outlook, proved, task, prices).bound)


def cost(amounts: Amounts, prices: Amounts) -> int:
    """What `amounts` cost at `prices`, in parts of a point."""
    return sum(amounts[one] * prices[one] for one in ResourceClass)


def _best(outlook: Outlook, cuts: tuple[Cut, ...], task: Task, prices: Amounts) -> Bid:
    totals = Totals(outlook.candidates, outlook.rooms, cuts, task.effort)
    at_hand = sum(app.weight * totals.at_hand[app.code] for app in outlook.candidates)
    totals.model.add(at_hand >= outlook.whole.at_hand)
    totals.take(outlook.start)
    gains = [(SCALE * app.weight, totals.back[app.code]) for app in outlook.candidates]
    costs = [(-cost(app.demand_in(ASK), prices), var) for app, var in totals.going_to(ASK)]
    _, bound = totals.maximize([*gains, *costs])
    choice = totals.chosen(outlook.whole.at_hand_bound)
    back = [app for app in outlook.candidates if app.code in choice.placed]
    asked = total(app.demand_in(ASK) for app in back if choice.placed[app.code] == ASK)
    return Bid(Column(sum(app.weight for app in back), asked), choice, bound)


def _planned(drafted: Draft) -> Planned:
    choice = drafted.choice
    back = [app for app in drafted.candidates if app.code in choice.placed]
    return Planned(
        column=Column(sum(app.weight for app in back), drafted.asked()),
        at_hand=choice.weight,
        at_hand_bound=drafted.bound,
        apps_at_hand=len(choice.at_hand),
        apps_waiting=len(back) - len(choice.at_hand),
        apps_left=len(drafted.candidates) - len(back),
        packed=zlib.compress(encode(assemble(drafted))),
    )
