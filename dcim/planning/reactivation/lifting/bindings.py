"""What binds an app that does not come back at hand: one line per pool, class, rule or app."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.pack import Fit
from dcim.planning.capacity.survival import place
from dcim.planning.document import Outcome
from dcim.planning.estate import App
from dcim.planning.holding import may_hold
from dcim.planning.reactivation.candidate import ASK
from dcim.planning.reactivation.draft import Draft
from dcim.vocabulary.amounts import Amounts, ResourceClass, total
from dcim.vocabulary.choices import AppStatus


class Bound(StrEnum):
    """What stands in the way."""

    CAPACITY = "capacity"
    LARGEST_HOST = "largest_host"
    HOSTS = "hosts"
    ANTI_AFFINITY = "anti_affinity"
    N_PLUS_ONE = "n_plus_one"
    HOLDING = "holding"
    DEPENDENCY = "dependency"
    BLOCKER = "blocker"
    DEMAND_UNKNOWN = "demand_unknown"
    NO_POOL = "no_pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One thing in the way: of `subject` (a pool, an app, a provider, a blocker) how much of what.

    `resource_class`, `asked` and `free` are given where amounts bind.
    """

    kind: Bound
    subject: str
    resource_class: ResourceClass | None = None
    asked: int = 0
    free: int = 0


def bindings(draft: Draft, app: App) -> tuple[Binding, ...]:
    """What keeps `app` from coming back at hand in the draft."""
    found = tuple(_bindings(draft, app))
    return found or (Binding(kind=Bound.NO_POOL, subject=app.code),)


def _bindings(draft: Draft, app: App) -> Iterator[Binding]:
    outcome = draft.outcome(app)
    if outcome is Outcome.REPAIR:
        yield Binding(kind=Bound.BLOCKER, subject=app.blocker or app.verdict or "")
        return
    if app.code not in draft.lacking:
        yield Binding(kind=Bound.DEMAND_UNKNOWN, subject=app.code)
        return
    up = {one.code for one in draft.snapshot.apps if one.status is AppStatus.ACTIVE}
    for needed in (one for one in app.hard if one not in up | draft.choice.at_hand):
        yield Binding(kind=Bound.DEPENDENCY, subject=needed)
    if draft.choice.placed.get(app.code, ASK) == ASK and draft.lacking[app.code]:
        for pool in draft.rooms.pools:
            yield from _in_pool(draft, app, pool)


def _in_pool(draft: Draft, app: App, pool: str) -> Iterator[Binding]:
    demand = total(vm.amounts for vm in draft.machines(app.code, pool))
    if pool in draft.options[app.code]:
        left = draft.left(pool)
        short = [one for one in ResourceClass if demand[one] > max(0, left[one])]
        for one in short:
            yield Binding(
                kind=Bound.CAPACITY,
                subject=pool,
                resource_class=one,
                asked=demand[one],
                free=left[one],
            )
        if not short:
            yield Binding(kind=_on_hosts(draft, app, pool), subject=pool)
        return
    ledger = draft.ledgers[pool]
    provider = {one.slug: one for one in draft.snapshot.providers}.get(ledger.provider or "")
    if not may_hold(provider, app):
        yield Binding(kind=Bound.HOLDING, subject=pool)
        return
    for vm in draft.machines(app.code, pool):
        yield from _too_large(vm, pool, ledger.max_unit)


def _too_large(vm: NewVM, pool: str, largest: Amounts) -> Iterator[Binding]:
    for one in ResourceClass:
        if vm.amounts[one] > largest[one]:
            yield Binding(
                kind=Bound.LARGEST_HOST,
                subject=pool,
                resource_class=one,
                asked=vm.amounts[one],
                free=largest[one],
            )


def _on_hosts(draft: Draft, app: App, pool: str) -> Bound:
    """Which of the rules on hosts binds, where the sum has room."""
    ground = draft.grounds.by_pool.get(pool)
    if ground is None:
        return Bound.CAPACITY
    vms = [*draft.new_vms(pool), *draft.machines(app.code, pool)]
    if place(vms, replace(ground, failures=0)).fit is Fit.FITS:
        return Bound.N_PLUS_ONE
    apart = [replace(vm, apart=()) for vm in vms]
    fits = place(apart, replace(ground, failures=0)).fit is Fit.FITS
    return Bound.ANTI_AFFINITY if fits else Bound.HOSTS
