"""The negotiation curve: what each part of the ask would bring back, and what the next unit buys.

Every point is the reactivation plan, solved once more with a grant of that size as if it were there
and nothing beyond it asked. Pure; for whoever writes to the PDN, or answers its counter-offer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from dcim.planning.estate import NOTHING, Allocation, Provider, Snapshot
from dcim.planning.reactivation.draft import asked_provider
from dcim.planning.reactivation.plan import draft
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.snapshot import checked
from dcim.planning.solver import USUAL, Effort
from dcim.planning.watch import UNWATCHED, Watch
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.naming import free_name

# Shares of the ask are counted in thousandths: a breakpoint is known to 0.1 %.
WHOLE: Final = 1000
USUAL_STEP: Final = 100
# What “the next unit” is of each class: 4 vCPUs, 8 GiB memory, 100 GiB storage.
UNITS: Final = Amounts(4, 8192, 100)


@dataclass(frozen=True, slots=True)
class Reached:
    """What a grant brings back: apps by code, their weight and users; no plan exceeds `bound`."""

    revived: tuple[str, ...]
    weight: int
    users_per_month: int
    bound: int
    proved: bool

    @property
    def gap(self) -> float:
        """How far the weight is from the bound at most, as a part of the bound."""
        return round((self.bound - self.weight) / max(1, self.bound), 6)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One grant and what it brings back.

    Attributes:
        share: Thousandths of the ask.
        granted: That share of each class, whole units, rounded down.
        reached: What comes back with it.
        gained: Apps that do not come back at the point before.
        lost: Apps that do there and do not here: others count more once there is room for them.
        is_breakpoint: Whether more comes back from here on, to 0.1 %.
    """

    share: int
    granted: Amounts
    reached: Reached
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    is_breakpoint: bool = False


@dataclass(frozen=True, slots=True)
class Purchase:
    """Where more of one class alone, the others granted in full, begins to buy something.

    Attributes:
        amount: Units of the class from which on it is bought, in whole `UNITS`, at most the ask.
        reached: What comes back with it.
        gained: What was not back with a unit less.
        lost: What was, and gives way.
    """

    resource_class: ResourceClass
    amount: int
    reached: Reached
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of one ask, in the state `serial` of the record.

    `purchases` hold, class by class, the first (nothing granted of it) and then every one that buys
    something. `is_complete` is false where it was stopped: what it has is right, more is missing.
    """

    serial: int
    stance: Stance
    provider: str
    asked: Amounts
    points: tuple[CurvePoint, ...]
    purchases: tuple[Purchase, ...]
    is_complete: bool = True

    def at(self, share: int) -> CurvePoint:
        """What so many thousandths of the ask bring back: the last point up to there."""
        return next(one for one in reversed(self.points) if one.share <= share)

    def granted_with(self, one: Purchase) -> Amounts:
        """The grant of a purchase: of its class so much, the others in full."""
        return Amounts.from_mapping({**self.asked.as_mapping(), one.resource_class: one.amount})


def negotiation_curve(
    snapshot: Snapshot,
    stance: Stance = Stance.AS_DECLARED,
    *,
    asked: Amounts | None = None,
    step: int = USUAL_STEP,
    watch: Watch = UNWATCHED,
) -> Curve:
    """What each share of the ask brings back.

    Args:
        snapshot: the estate; it need not be in order.
        stance: how the plan takes blockers.
        asked: the whole of what is asked; what the plan for `snapshot` asks, unless given.
        step: thousandths of the ask from point to point.
        watch: told of every grant that is solved; may stop it.

    Raises:
        InvalidInput: `step` is not 1 to 1000, or something is asked and the record has no PDN.
        BadDocument: the snapshot contradicts itself.

    Notes: more never brings back less: a plan for a smaller grant fits into a larger one, so where
    a solve ends unproved and worse than the one before, that one is kept. Breakpoints are found by
    bisection, ten solves each at most.
    """
    if not 1 <= step <= WHOLE:
        raise InvalidInput(
            f"{step} is not a step.", field="step", hint=f"Write 1 to {WHOLE} thousandths."
        )
    snapshot = checked(snapshot)
    whole = draft(snapshot, stance).asked() if asked is None else asked
    grants = _Grants(snapshot, stance, watch, _provider_for(snapshot, whole))
    shares = [*range(0, WHOLE, step), WHOLE] if whole != NOTHING else [0]
    classes = [one for one in ResourceClass if whole[one]]
    grants.steps = len(shares) + len(classes)
    return Curve(
        serial=snapshot.serial,
        stance=stance,
        provider=grants.provider.slug,
        asked=whole,
        points=tuple(_points(grants, whole, shares)),
        purchases=tuple(one for each in classes for one in _purchases(grants, whole, each)),
        is_complete=not watch.is_stopped(),
    )


def share_of(whole: Amounts, share: int) -> Amounts:
    """So many thousandths of each class, rounded down.

    >>> share_of(Amounts(30, 69632, 2881), 500)
    Amounts(vcpus=15, memory_mib=34816, storage_gib=1440)
    """
    return Amounts(*(amount * share // WHOLE for amount in whole.as_mapping().values()))


def _provider_for(snapshot: Snapshot, whole: Amounts) -> Provider:
    provider = asked_provider(snapshot)
    if provider is None and whole != NOTHING:
        raise InvalidInput(
            "the record has no PDN that could grant it.",
            field="asked",
            hint="Record a provider of the kind PDN.",
        )
    return provider or Provider(slug="")


@dataclass(frozen=True, slots=True)
class _Stop:
    """The watch of one solve among many: it may end it, but is not told how far that one is."""

    watch: Watch

    def report(self, done: int, total: int, text: str = "") -> None:
        """Nothing becomes of it."""

    def is_stopped(self) -> bool:
        """Whether all of it is to end."""
        return self.watch.is_stopped()


class _Grants:
    """Solves the plan with a hypothetical grant, each size once, the best of smaller ones kept."""

    def __init__(
        self, snapshot: Snapshot, stance: Stance, watch: Watch, provider: Provider
    ) -> None:
        self.snapshot = snapshot
        self.stance = stance
        self.watch = watch
        self.provider = provider
        self.reference = free_name("ask", {one.reference for one in snapshot.allocations})
        self.users = {app.code: app.users_per_month for app in snapshot.apps}
        self.solved: dict[Amounts, Reached] = {}
        self.effort = USUAL if watch is UNWATCHED else Effort(watch=_Stop(watch))
        self.done, self.steps, self.text = 0, 1, ""

    def begin(self, text: str) -> None:
        """Tell that the next step, a share or a class, is being worked on."""
        self.text = text
        self.watch.report(self.done, self.steps, text)

    def reached(self, granted: Amounts) -> Reached:
        """What comes back with a grant of that size."""
        if granted not in self.solved:
            found = self._solve(granted)
            below = [one for size, one in self.solved.items() if size.fits_in(granted)]
            best = max(below, key=lambda one: one.weight, default=found)
            self.solved[granted] = found if found.weight >= best.weight else _kept(best, found)
            self.watch.report(self.done, self.steps, self.text)
        return self.solved[granted]

    def _solve(self, granted: Amounts) -> Reached:
        pools = self.snapshot.allocations
        if granted != NOTHING:
            extra = Allocation(
                reference=self.reference, provider=self.provider.slug, amounts=granted
            )
            pools = (*pools, extra)
        whole = replace(self.snapshot, allocations=pools)
        found = draft(whole, self.stance, may_ask=False, effort=self.effort)
        back = tuple(sorted(found.choice.at_hand))
        return Reached(
            revived=back,
            weight=found.choice.weight,
            users_per_month=sum(self.users[code] for code in back),
            bound=found.bound,
            proved=found.proved,
        )


def _kept(best: Reached, found: Reached) -> Reached:
    """A better plan for a smaller grant, under the bound of the larger."""
    return replace(best, bound=max(best.weight, found.bound), proved=False)


def _points(grants: _Grants, whole: Amounts, shares: list[int]) -> Iterator[CurvePoint]:
    """The points at every share, and between them those where more comes back.

    Stopped, it gives those that are solved to their end, and always the first.
    """

    def reached(share: int) -> Reached:
        return grants.reached(share_of(whole, share))

    before = None
    for low, high in zip([None, *shares[:-1]], shares, strict=True):
        grants.begin(f"{grants.provider.slug} {high / 10:g} %".strip())
        rises = [] if low is None else list(_rises(low, high, reached, grants.watch))
        for share in dict.fromkeys((*rises, high)):
            found = reached(share)
            if grants.watch.is_stopped() and before is not None:
                return
            yield CurvePoint(
                share,
                share_of(whole, share),
                found,
                *_changes(before, found),
                is_breakpoint=share in rises,
            )
            before = found
        grants.done += 1


def _purchases(grants: _Grants, whole: Amounts, one: ResourceClass) -> Iterator[Purchase]:
    if grants.watch.is_stopped():
        return
    unit = UNITS[one]
    grants.begin(str(one))

    def amount(count: int) -> int:
        return min(count * unit, whole[one])

    def reached(count: int) -> Reached:
        return grants.reached(Amounts.from_mapping({**whole.as_mapping(), one: amount(count)}))

    before = None
    last = -(-whole[one] // unit)
    for count in (0, *_rises(0, last, reached, grants.watch)):
        found = reached(count)
        if grants.watch.is_stopped():
            return
        yield Purchase(one, amount(count), found, *_changes(before, found))
        before = found
    grants.done += 1


def _rises(low: int, high: int, reached: Callable[[int], Reached], watch: Watch) -> Iterator[int]:
    """Each number above `low`, up to `high`, from which on the weight is higher than before it."""
    while reached(high).weight > reached(low).weight:
        below, rise = low, high
        while rise - below > 1 and not watch.is_stopped():
            middle = (below + rise) // 2
            if reached(middle).weight > reached(low).weight:
                rise = middle
            else:
                below = middle
        if watch.is_stopped():
            return
        yield rise
        low = rise


def _changes(before: Reached | None, now: Reached) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was gained and what was lost."""
    if before is None:
        return (), ()
    then, later = set(before.revived), set(now.revived)
    return tuple(sorted(later - then)), tuple(sorted(then - later))
