"""What plans cost, how near the best they come, and what it costs to say what would let an app in.

`make bench` prints it. Seconds are those of the processor, OR-Tools loaded; the judge has looked at
every plan.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Final

import pytest

from dcim.planning.document import PlanDocument, encode
from dcim.planning.estate import Snapshot
from dcim.planning.reactivation.lifting.changes import AppChange, changes
from dcim.planning.reactivation.plan import plan_reactivation
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.snapshot import encode as encode_snapshot
from tests.hard_snapshots import apart, fragments, large, triplets
from tests.plan_checker import complaints
from tests.snapshots import paser

CURED: Final = Stance.BLOCKERS_CURED
ESTATES: Final[dict[str, tuple[Callable[[], Snapshot], Stance]]] = {
    "register, as declared, 8 hosts": (paser, Stance.AS_DECLARED),
    "register, blockers cured, 8 hosts": (paser, CURED),
    "register, blockers cured, 6 hosts": (lambda: paser(6), CURED),
    "1,000 apps, 2,000 machines, 100 hosts": (lambda: large(100, 1000, 1), CURED),
    "hosts that three machines fill, 8 hosts": (lambda: triplets(8, 1), CURED),
    "the same beside an empty host, 6 hosts": (lambda: triplets(5, 0, failures=1), CURED),
    "rooms a little too small, 5 hosts": (lambda: fragments(5, 0), CURED),
    "instances that keep apart, 5 hosts": (lambda: apart(5, 12, 0), CURED),
}
JUDGED: Final = 200  # apps up to which the judge, who tries evacuations, is done within seconds


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    plan_reactivation(paser(6), CURED)


def timed(deed: Callable[[], object]) -> float:
    started = time.process_time()
    deed()
    return time.process_time() - started


@pytest.mark.parametrize("name", ESTATES)
def test_a_plan(name: str) -> None:
    make, stance = ESTATES[name]
    whole, made = make(), list[PlanDocument]()
    seconds = timed(lambda: made.append(plan_reactivation(whole, stance)))
    found = made[0].objective
    proof = "proved" if found.proved else f"gap {found.gap:.2%}"
    print(f"\n{name:<42}{seconds:>7.2f} s {found.revived:>5} back {proof:>12}", end="")
    if len(whole.apps) <= JUDGED:
        assert complaints(json.loads(encode_snapshot(whole)), json.loads(encode(made[0]))) == []


def test_what_would_let_apps_in() -> None:
    whole, found = paser(6), list[AppChange]()
    seconds = timed(lambda: found.extend(changes(whole, CURED)))
    solved = "/".join(str(one.solved) for one in found)
    print(f"\n{len(found)} apps on 6 hosts, {solved} plans: {seconds:.2f} s", end="")
