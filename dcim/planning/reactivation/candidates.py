"""Where each candidate could go, and what its return counts.

Turns the apps that only room decides about into the solver's terms: machines they lack, pools that
may hold them, the candidates they need, and a weight.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from dcim.planning.capacity.demand import NewVM, missing_vms
from dcim.planning.capacity.ledger import PoolLedger
from dcim.planning.capacity.rooms import Rooms
from dcim.planning.estate import VM, Allocation, App, Pool, Provider, Snapshot
from dcim.planning.holding import may_hold
from dcim.planning.reactivation.candidate import ASK, IN_PLACE, Candidate
from dcim.planning.reactivation.grounds import Grounds
from dcim.planning.reactivation.verdicts import Decision
from dcim.vocabulary.amounts import total
from dcim.vocabulary.choices import AppStatus, ProviderKind, SystemCategory
from dcim.vocabulary.errors import InvalidInput

# A strategic system counts as two high ones or four others; users decide within a category, and a
# hundred more a month never outweigh one.
CATEGORY_WEIGHTS: Final = {
    SystemCategory.STRATEGIC: 400,
    SystemCategory.HIGH: 200,
    SystemCategory.LOW: 100,
}
UNCATEGORISED_WEIGHT: Final = 100
USERS_PER_POINT: Final = 100
MOST_USER_POINTS: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospects:
    """The candidates, and the machines that each app keeps and lacks.

    `options` say where a candidate's machines could go, whether or not what it needs is up;
    `sizes` are the ledgers of pools that do not give out every size.
    """

    candidates: tuple[Candidate, ...]
    carriers: Mapping[str, list[VM]]
    lacking: Mapping[str, tuple[NewVM, ...]]
    options: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, PoolLedger]

    def machines(self, codes: Iterable[str], pool: str) -> list[NewVM]:
        """The machines that `codes` lack together, in the sizes that the pool gives out."""
        return sized((vm for code in codes for vm in self.lacking[code]), self.sizes.get(pool))


def prospects(
    snapshot: Snapshot,
    decisions: Mapping[str, Decision],
    ledgers: Mapping[str, PoolLedger],
    left: Rooms,
    going: Container[VM],
    asked: Provider | None,
    grounds: Grounds,
    only: Collection[str] = (),
) -> Prospects:
    """The candidates among the apps of `snapshot`, in its order.

    Args:
        snapshot: in order.
        decisions: what is decided of each app.
        ledgers: of each pool.
        left: what is left of the pools.
        going: machines that are reclaimed.
        asked: who may be asked for what is short.
        grounds: the hosts of our clusters.
        only: pools that new machines may go to; empty: all.
    """
    carriers = {
        code: [vm for vm in vms if _will_stand(vm, left, going)]
        for code, vms in snapshot.carriers().items()
    }
    open_apps = [app for app in snapshot.apps if decisions[app.code].outcome is None]
    taken = {*snapshot.names().values(), *(vm.name for vm in snapshot.vms)}
    lacking = {app.code: missing_vms(app, carriers[app.code], taken) for app in open_apps}
    offers = _Offers(snapshot, ledgers, asked, only)
    sizes = {pool: book for pool, book in ledgers.items() if not book.takes_any_size}
    options = {
        app.code: offers.options(app, carriers[app.code], lacking[app.code]) for app in open_apps
    }
    up = {app.code for app in snapshot.apps if app.status is AppStatus.ACTIVE}
    return Prospects(
        candidates=tuple(
            _candidate(app, lacking, options[app.code], up, grounds, sizes) for app in open_apps
        ),
        carriers=carriers,
        lacking=lacking,
        options=options,
        sizes=sizes,
    )


def sized(vms: Iterable[NewVM], book: PoolLedger | None) -> list[NewVM]:
    """`vms` in the sizes that the pool of `book` gives out; None: any."""
    if book is None or book.takes_any_size:
        return list(vms)
    return [replace(vm, amounts=book.sized(vm.amounts)) for vm in vms]


def check_pools(only: Collection[str], ledgers: Iterable[PoolLedger]) -> None:
    """Refuse pools that no machine can go to.

    Raises: InvalidInput: a pool is not on record, not in service or has no hosts.
    """
    books = {book.pool: book for book in ledgers}
    for pool in sorted(only):
        if pool not in books:
            known = ", ".join(sorted(books)) or "none"
            raise InvalidInput(
                f"“{pool}” is no pool of the record.", field="pools", hint=f"Known: {known}."
            )
        if not books[pool].is_open:
            what = "has no active hosts" if pool.startswith("cluster:") else "is not in force"
            raise InvalidInput(
                f"{pool} {what}, so no machine can go there.",
                field="pools",
                hint="Choose another pool, or bring it into service first.",
            )


def weight_of(app: App) -> int:
    """What the return of `app` counts: its category, then its users."""
    weight = CATEGORY_WEIGHTS.get(app.category) if app.category else None
    points = min(MOST_USER_POINTS, app.users_per_month // USERS_PER_POINT)
    return (weight or UNCATEGORISED_WEIGHT) + points


def _candidate(
    app: App,
    lacking: Mapping[str, tuple[NewVM, ...]],
    options: tuple[str, ...],
    up: Container[str],
    grounds: Grounds,
    sizes: Mapping[str, PoolLedger],
) -> Candidate:
    needs = tuple(code for code in app.hard if code not in up)
    return Candidate(
        code=app.code,
        weight=weight_of(app),
        options=options if all(code in lacking for code in needs) else (),
        demand=total(vm.amounts for vm in lacking[app.code]),
        rounded={
            pool: total(vm.amounts for vm in sized(lacking[app.code], sizes[pool]))
            for pool in options
            if pool in sizes
        },
        machines=len(lacking[app.code]),
        needs=tuple(code for code in needs if code in lacking),
        starts=grounds.starts(app.code),
    )


class _Offers:
    """The pools that a candidate may choose from."""

    def __init__(
        self,
        snapshot: Snapshot,
        ledgers: Mapping[str, PoolLedger],
        asked: Provider | None,
        only: Collection[str],
    ) -> None:
        self.ledgers = ledgers
        self.homes = snapshot.homes()
        self.providers = {provider.slug: provider for provider in snapshot.providers}
        self.pools = sorted(
            (
                pool
                for pool in snapshot.pools
                if ledgers[pool.ref].is_open and (not only or pool.ref in only)
            ),
            key=self._preference,
        )
        self.asked = asked

    def options(self, app: App, carriers: list[VM], lacking: tuple[NewVM, ...]) -> tuple[str, ...]:
        """Own clusters, then grants of the PDN, then asking it; an app's machines stay together."""
        if not lacking:
            return (IN_PLACE,)
        homes = {self.homes[vm] for vm in carriers if vm in self.homes}
        pools = [pool.ref for pool in self._offered(app, lacking) if self._is_beside(pool, homes)]
        if self.asked is None or not may_hold(self.asked, app):
            return tuple(pools)
        return (*pools, ASK) if self._lie_with(self.asked.slug, homes) else tuple(pools)

    def _preference(self, pool: Pool) -> tuple[bool, int, str]:
        """Clusters first; of these the largest, so that small rooms keep what they are kept for."""
        memory_mib = self.ledgers[pool.ref].capacity.memory_mib
        return isinstance(pool, Allocation), -memory_mib, pool.ref

    def _offered(self, app: App, lacking: tuple[NewVM, ...]) -> Iterator[Pool]:
        for pool in self.pools:
            provider = self.providers.get(pool.provider or "")
            if isinstance(pool, Allocation) and not _is_pdn(provider):
                continue
            book = self.ledgers[pool.ref]
            largest = book.max_unit
            if may_hold(provider, app) and all(
                vm.amounts.fits_in(largest) for vm in sized(lacking, book)
            ):
                yield pool

    def _is_beside(self, pool: Pool, homes: set[str]) -> bool:
        """Whether machines in `pool` stand with those in `homes`: grants of a provider are one."""
        if not homes or pool.ref in homes:
            return True
        return isinstance(pool, Allocation) and self._lie_with(pool.provider, homes)

    def _lie_with(self, provider: str, homes: set[str]) -> bool:
        return all(
            home.startswith("allocation:") and self.ledgers[home].provider == provider
            for home in homes
        )


def _will_stand(vm: VM, left: Rooms, going: Container[VM]) -> bool:
    return vm in left.admitted if vm.is_planned else vm not in going


def _is_pdn(provider: Provider | None) -> bool:
    return provider is not None and provider.kind is ProviderKind.PDN
