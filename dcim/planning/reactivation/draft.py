"""A plan before it is written down: what was decided, on what grounds, what is left after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dcim.planning.capacity.demand import NewVM
from dcim.planning.capacity.ledger import PoolLedger
from dcim.planning.capacity.rooms import Rooms
from dcim.planning.capacity.survival import Lost, Stranding
from dcim.planning.document import Outcome
from dcim.planning.estate import VM, App, Provider, Snapshot
from dcim.planning.reactivation.candidate import ASK, IN_PLACE, Candidate, Choice, Cut
from dcim.planning.reactivation.candidates import sized
from dcim.planning.reactivation.grounds import Grounds
from dcim.planning.reactivation.verdicts import Decision, Stance
from dcim.planning.solver import USUAL, Effort
from dcim.vocabulary.amounts import Amounts, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that reasons and the document are written from.

    `names` are what standing machines are called in the plan, `lacking` the machines that each
    candidate lacks, `carriers` those it keeps, `options` where the lacking could go, `hosts` where
    they do by name, `order` the step of each app that comes back, `first` the machines that go
    before it does, `fallen` per cluster the losses that leave machines without a place once all is
    done, `bound` what no plan's weight exceeds, `most_asked` the limit of the ask, `cuts` what had
    to be forbidden so that all have hosts, `held` what whole machines could take of each pool,
    `only` the pools open to new machines where not all are, `effort` how long was searched.
    """

    snapshot: Snapshot
    homes: Mapping[VM, str]
    names: Mapping[VM, str]
    stance: Stance
    may_ask: bool
    decisions: Mapping[str, Decision]
    ledgers: Mapping[str, PoolLedger]
    going: Mapping[VM, str]
    rooms: Rooms
    grounds: Grounds
    carriers: Mapping[str, list[VM]]
    lacking: Mapping[str, tuple[NewVM, ...]]
    options: Mapping[str, tuple[str, ...]]
    choice: Choice
    order: Mapping[str, int]
    first: Mapping[str, frozenset[VM]]
    hosts: Mapping[str, str]
    fallen: Mapping[str, Mapping[Lost, Stranding]]
    bound: int
    proved: bool
    most_asked: Amounts | None = None
    candidates: tuple[Candidate, ...] = ()
    cuts: tuple[Cut, ...] = ()
    held: Mapping[str, Amounts] = field(default_factory=dict)
    only: frozenset[str] = frozenset()
    effort: Effort = USUAL

    @property
    def asked_provider(self) -> Provider | None:
        """Who is asked for what is short."""
        return asked_provider(self.snapshot) if self.may_ask else None

    def outcome(self, app: App) -> Outcome:
        """What becomes of `app`."""
        decided = self.decisions[app.code].outcome
        if decided is not None:
            return decided
        if app.code in self.choice.at_hand:
            waits = app.code in self.first
            return Outcome.REVIVE_AFTER_RECLAIM if waits else Outcome.REVIVE
        return Outcome.REVIVE_ON_GRANT if app.code in self.choice.placed else Outcome.LEFT_OUT

    def new_vms(self, option: str) -> list[NewVM]:
        """The machines to make in a pool, or to ask for."""
        there = (code for code, chosen in self.choice.placed.items() if chosen == option)
        return [vm for code in there for vm in self.machines(code, option)]

    def machines(self, code: str, option: str) -> list[NewVM]:
        """The machines that an app lacks, in the sizes that the pool gives out."""
        return sized(self.lacking[code], self.ledgers.get(option))

    def asked(self) -> Amounts:
        """What is asked in all."""
        return total(vm.amounts for vm in self.new_vms(ASK))

    def reclaimed(self) -> Amounts:
        """What the machines that go give back."""
        return total(vm.amounts for vm in self.going if vm in self.homes)

    def left(self, pool: str) -> Amounts:
        """What an open pool still has after the plan."""
        return self.rooms.pools[pool] - total(vm.amounts for vm in self.new_vms(pool))

    def pool_of(self, app: App) -> str:
        """The pool that holds the machines of `app` after the plan; empty when none does."""
        chosen = self.choice.placed.get(app.code, IN_PLACE)
        if chosen not in {ASK, IN_PLACE}:
            return chosen
        pools = [self.homes[vm] for vm in self.carriers[app.code] if vm in self.homes]
        return max(sorted(set(pools)), key=pools.count, default="")


def asked_provider(snapshot: Snapshot) -> Provider | None:
    """The PDN: the first provider of that kind."""
    return next((one for one in snapshot.providers if one.kind == "pdn"), None)
