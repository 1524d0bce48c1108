"""The reactivation plan: what comes back where, what goes, what is asked of the PDN, and why.

Verdicts come first, then a choice on totals, then a host for each machine with which our clusters
still survive the loss of hosts. Pure: the snapshot in, the plan document out; nothing is written or
asked of anyone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from dcim.planning.capacity.ledger import ledgers
from dcim.planning.capacity.rooms import rooms
from dcim.planning.document import PlanDocument
from dcim.planning.estate import VM, Snapshot
from dcim.planning.holding import planned_amiss
from dcim.planning.reactivation.assemble import assemble
from dcim.planning.reactivation.candidate import ASK, Known
from dcim.planning.reactivation.candidates import check_pools, prospects
from dcim.planning.reactivation.draft import Draft, asked_provider
from dcim.planning.reactivation.grounds import grounds
from dcim.planning.reactivation.order import steps
from dcim.planning.reactivation.placing import choose_and_place, fallen_after
from dcim.planning.reactivation.reclaiming import waiting
from dcim.planning.reactivation.verdicts import GOING, Stance, decide, reclaims
from dcim.planning.snapshot import checked
from dcim.planning.solver import USUAL, Effort
from dcim.vocabulary.amounts import Amounts, makeable


def plan_reactivation(
    snapshot: Snapshot,
    stance: Stance = Stance.AS_DECLARED,
    *,
    may_ask: bool = True,
    most_asked: Amounts | None = None,
    only: Collection[str] = (),
    effort: Effort = USUAL,
) -> PlanDocument:
    """The plan that brings back most of the inactive apps of `snapshot`.

    Args:
        snapshot: the estate; it need not be in order.
        stance: whether blockers stand as declared, or all but “superseded” count as cured.
        may_ask: whether the PDN may be asked for what is short. A what-if that hands in a grant as
            a pool asks for nothing beyond it.
        most_asked: no more than this is asked; None: as much as it takes.
        only: pools, by their public names, that new machines may go to; empty: all.
        effort: how long each stage may search, and who watches. Stopped, the plan is the best so
            far: right, not proved, with its gap.

    Returns: a complete document: every pool with its machines, every app with its reason.

    Raises: BadDocument when the snapshot contradicts itself; InvalidInput when `only` names a pool
    that takes no machines; MissingComponent without OR-Tools.

    Notes: same facts, same bytes. What is best is said by `totals.choose`; `objective.proved` tells
    whether it was proved, and `bound` what no plan exceeds.
    """
    return assemble(
        draft(
            checked(snapshot),
            stance,
            may_ask=may_ask,
            most_asked=most_asked,
            only=only,
            effort=effort,
        )
    )


def draft(
    snapshot: Snapshot,
    stance: Stance,
    *,
    may_ask: bool = True,
    most_asked: Amounts | None = None,
    only: Collection[str] = (),
    effort: Effort = USUAL,
    known: Known | None = None,
) -> Draft:
    """The plan for `snapshot` (in order) before it is written down.

    Args: as `plan_reactivation`; `known`: what a plan of the same that could ask for as much has
    shown before.
    """
    snapshot = _makeable(snapshot)
    decisions = decide(snapshot, stance)
    books = ledgers(snapshot)
    check_pools(only, books)
    going = reclaims(snapshot, decisions)
    dropped = {
        vm
        for vm in snapshot.vms
        if vm.is_planned and vm.apps and all(decisions[one].outcome in GOING for one in vm.apps)
    }
    left = rooms(snapshot, books, going, dropped, planned_amiss(snapshot))
    asked = asked_provider(snapshot) if may_ask else None
    may_start = {code for code, decision in decisions.items() if decision.outcome is None}
    ground = grounds(snapshot, left, going, may_start)
    homes = snapshot.homes()
    found = prospects(
        snapshot, decisions, {book.pool: book for book in books}, left, going, asked, ground, only
    )
    asks = {} if most_asked is None else {ASK: most_asked}
    placed = choose_and_place(found, {**left.pools, **asks}, ground, effort, known)
    needs = {app.code: app.hard for app in snapshot.apps}
    order = steps(placed.choice.placed, needs)
    given_back = {vm: homes[vm] for vm in going if vm in homes}
    after = waiting(found, placed, left, ground, given_back, needs, order)
    return Draft(
        snapshot=snapshot,
        homes=homes,
        names=snapshot.names(),
        stance=stance,
        may_ask=may_ask,
        most_asked=most_asked,
        decisions=decisions,
        ledgers={book.pool: book for book in books},
        going=going,
        rooms=left,
        grounds=ground,
        carriers=found.carriers,
        lacking=found.lacking,
        options=found.options,
        choice=placed.choice,
        order=order,
        first=after.first,
        hosts=after.hosts,
        fallen=fallen_after(ground, found, placed.choice.placed, after.hosts),
        bound=placed.bound,
        proved=placed.proved,
        candidates=found.candidates,
        cuts=placed.cuts,
        held=placed.pools,
        only=frozenset(only),
        effort=effort,
    )


def _makeable(snapshot: Snapshot) -> Snapshot:
    """`snapshot` with what does not stand yet as it would be made.

    Notes: at least a unit of each class, and of a size that its cluster gives out.
    """
    homes = snapshot.homes()
    books = {book.pool: book for book in ledgers(snapshot) if not book.takes_any_size}

    def made(vm: VM) -> VM:
        amounts, book = makeable(vm.amounts), books.get(homes.get(vm, ""))
        return replace(vm, amounts=book.sized(amounts) if book else amounts)

    return replace(snapshot, vms=tuple(made(vm) if vm.is_planned else vm for vm in snapshot.vms))
