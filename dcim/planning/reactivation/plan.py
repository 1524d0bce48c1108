"""The reactivation plan: what comes back where, what goes, what is asked of the PDN, and why.

Verdicts come first, then a choice on totals, then a host for each machine. A set of apps that is
proved not to pack is forbidden and the choice made again, so a plan that ends is still the best
there is. Pure: the snapshot in, the plan document out; nothing is written or asked of anyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from dcim.planning.capacity.ledger import ledgers
from dcim.planning.capacity.pack import Fit, Rooms, best_fit, pack
from dcim.planning.capacity.rooms import rooms
from dcim.planning.document import PlanDocument
from dcim.planning.estate import VM, Snapshot
from dcim.planning.reactivation.assemble import assemble
from dcim.planning.reactivation.candidates import Prospects, prospects
from dcim.planning.reactivation.draft import Draft, asked_provider
from dcim.planning.reactivation.totals import Choice, Cut, choose
from dcim.planning.reactivation.verdicts import GOING, Stance, decide, reclaims
from dcim.planning.snapshot import checked
from dcim.vocabulary.amounts import Amounts, makeable

# Once patience is spent the plan stays right but is no longer proved the best.
PATIENCE: Final = 16
PRICES: Final = {Fit.NEVER: 1, Fit.UNSETTLED: 5}
LARGEST_CORE: Final = 40


def plan_reactivation(
    snapshot: Snapshot, stance: Stance = Stance.AS_DECLARED, *, may_ask: bool = True
) -> PlanDocument:
    """The plan that brings back most of the inactive apps of `snapshot`.

    Args:
        snapshot: the estate; it need not be in order.
        stance: whether blockers stand as declared, or all but “superseded” count as cured.
        may_ask: whether the PDN may be asked for what is short. A what-if that hands in a grant as
            a pool asks for nothing beyond it.

    Returns: a complete document: every pool with its machines, every app with its reason.

    Raises: BadDocument when the snapshot contradicts itself; MissingComponent without OR-Tools.

    Notes: same facts, same bytes. What is best is said by `totals.choose`; `objective.proved` tells
    whether it was proved, and `bound` what no plan exceeds.
    """
    return assemble(draft(checked(snapshot), stance, may_ask=may_ask))


def draft(snapshot: Snapshot, stance: Stance, *, may_ask: bool = True) -> Draft:
    """The plan for `snapshot` (in order) before it is written down."""
    snapshot = replace(snapshot, vms=tuple(_makeable(vm) for vm in snapshot.vms))
    decisions = decide(snapshot, stance)
    books = ledgers(snapshot)
    going = reclaims(snapshot, decisions)
    dropped = {
        vm
        for vm in snapshot.vms
        if vm.is_planned and vm.apps and all(decisions[one].outcome in GOING for one in vm.apps)
    }
    left = rooms(snapshot, books, going, dropped)
    asked = asked_provider(snapshot) if may_ask else None
    found = prospects(snapshot, decisions, {book.pool: book for book in books}, left, going, asked)
    packed = _choose_and_pack(found, left.pools, left.hosts)
    return Draft(
        snapshot=snapshot,
        homes=snapshot.homes(),
        names=snapshot.names(),
        stance=stance,
        may_ask=may_ask,
        decisions=decisions,
        ledgers={book.pool: book for book in books},
        going=going,
        rooms=left,
        carriers=found.carriers,
        lacking=found.lacking,
        options=found.options,
        choice=packed.choice,
        hosts=packed.hosts,
        bound=packed.bound,
        proved=packed.proved,
    )


def _makeable(vm: VM) -> VM:
    """`vm`, which is made with at least a unit of each class where it does not stand yet."""
    return replace(vm, amounts=makeable(vm.amounts)) if vm.is_planned else vm


@dataclass(frozen=True, slots=True)
class _Packed:
    choice: Choice
    hosts: Mapping[str, str]
    bound: int
    proved: bool


def _choose_and_pack(
    found: Prospects, pools: Mapping[str, Amounts], hosts: Mapping[str, Rooms]
) -> _Packed:
    """Choose on totals until the choice packs; sets that do not are forbidden from then on."""
    cuts: list[Cut] = []
    bound, exact = sum(one.weight for one in found.candidates), True
    patience = PATIENCE
    while True:
        choice = choose(found.candidates, pools, cuts)
        bound = min(bound, choice.bound) if exact else bound
        placed: dict[str, str] = {}
        fresh: list[Cut] = []
        for pool, free in hosts.items():
            there = sorted(code for code, option in choice.placed.items() if option == pool)
            packing = pack(found.machines(there), free, found.tenants, by_solver=patience > 0)
            placed |= packing.hosts
            if packing.fit is not Fit.FITS:
                fresh.extend(_cuts(found, pool, there, free, packing.fit if patience > 0 else None))
                patience -= PRICES[packing.fit]
        if not fresh:
            return _Packed(choice, placed, bound, exact and choice.proved)
        cuts.extend(fresh)
        exact = all(cut.is_proved for cut in cuts)


def _cuts(
    found: Prospects, pool: str, codes: list[str], rooms: Rooms, fit: Fit | None
) -> list[Cut]:
    """What to forbid in `pool`: a small set that is proved not to pack, else single apps.

    Unsettled, the app that counts least; with no patience left (`fit` is None), every app but those
    that best fit places, so that the next turns only take away.
    """
    if fit is Fit.NEVER:
        return [Cut(pool, _core(found, codes, rooms))]
    weights = {one.code: one.weight for one in found.candidates}
    by_weight = sorted(codes, key=lambda code: (-weights[code], code))
    if fit:
        rejected = by_weight[-1:]
    else:
        kept = _placeable(found, by_weight, rooms)
        able = [one.code for one in found.candidates if pool in one.options]
        rejected = [code for code in able if code not in kept]
    return [Cut(pool, frozenset({code}), is_proved=False) for code in rejected]


def _core(found: Prospects, codes: list[str], rooms: Rooms) -> frozenset[str]:
    """A part of `codes`, which never pack, that never packs either; small, so that it cuts deep."""
    core = list(codes)
    for code in codes if len(codes) <= LARGEST_CORE else ():
        rest = [one for one in core if one != code]
        if pack(found.machines(rest), rooms, found.tenants).fit is Fit.NEVER:
            core = rest
    return frozenset(core)


def _placeable(found: Prospects, codes: list[str], rooms: Rooms) -> list[str]:
    """Those of `codes` that best fit finds a place for beside the ones before them."""
    kept: list[str] = []
    for code in codes:
        if best_fit(found.machines([*kept, code]), rooms, found.tenants) is not None:
            kept.append(code)
    return kept
