"""The terms in which apps compete for room: who may come back where, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dcim.planning.estate import NOTHING
from dcim.vocabulary.amounts import Amounts

ASK: Final = "ask"
IN_PLACE: Final = "in place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An app that may come back.

    `options` are where its machines could go, the first preferred in a tie: pools, `ASK`, or
    `IN_PLACE` when it lacks none. `demand` is what they take, `rounded` what they take in pools
    that give out larger sizes. `needs` are the candidates that must come back with it, `starts`
    the pools where machines that it holds start with it, wherever the rest goes.
    """

    code: str
    weight: int
    options: tuple[str, ...]
    demand: Amounts = NOTHING
    rounded: Mapping[str, Amounts] = field(default_factory=dict)
    machines: int = 0
    needs: tuple[str, ...] = ()
    starts: frozenset[str] = frozenset()

    def demand_in(self, option: str) -> Amounts:
        """What its machines take there."""
        return self.rounded.get(option, self.demand)


@dataclass(frozen=True, slots=True)
class Cut:
    """Apps that can't all run in `pool` together; proved, or merely not shown to."""

    pool: str
    apps: frozenset[str]
    is_proved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where each app that comes back goes, and which need not wait for a grant.

    `weight` is that of the latter, `bound` what no plan exceeds; `proved` says every stage ended
    with its optimum.
    """

    placed: Mapping[str, str]
    at_hand: frozenset[str] = frozenset()
    weight: int = 0
    bound: int = 0
    proved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was found out before about the same estate, when it could ask for as much or more.

    `cuts` had to be forbidden; `weight` comes back at hand, of at most `bound`; no plan with as
    much at hand has more than `most` back once the ask is granted; `start` has as much at hand,
    respects the cuts, and asks for no more than may be asked now.
    """

    weight: int
    bound: int
    most: int
    start: Choice
    cuts: tuple[Cut, ...] = ()
