"""Laws of the guard: what it says of a reclaim is what the rules of failure, read aloud, say."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from dcim.graph.facts import Demand, Facts, Group, Need, Thing
from dcim.graph.graph import DependencyGraph
from dcim.graph.propagation import State
from dcim.planning.reclaim.guard import Endangered, endangered
from dcim.planning.reclaim.order import waves
from dcim.vocabulary.things import Ref, ThingKind
from tests.random_graphs import brute_force, questions

APPS = ("A", "B", "C")
MACHINES = ("v0", "v1", "v2", "v3", "v4")
STATUSES = ("active", "active", "offline")
NEEDS = (("A", "B", True), ("B", "C", True), ("C", "A", False), ("B", "A", True), ("A", "C", False))


def told(found: Endangered) -> dict[State, set[str]]:
    return {
        State.DOWN: {hit.thing.name for hit in found.down},
        State.DEGRADED: {hit.thing.name for hit in found.degraded},
    }


def foretold(states: dict[Ref, State], counted: set[str]) -> dict[State, set[str]]:
    apps = {ref.name: state for ref, state in states.items() if ref.kind is ThingKind.APP}
    return {
        state: {code for code in counted if apps.get(code) is state}
        for state in (State.DOWN, State.DEGRADED)
    }


@given(questions())
def test_the_guard_names_whom_the_loss_hits(question: tuple[Facts, list[Ref]]) -> None:
    known, going = question
    found = endangered(DependencyGraph.of(known), going, {})
    apps = {one.name for one in known.things if one.kind is ThingKind.APP}
    assert told(found) == foretold(brute_force(known, going), apps)
    for hit in (*found.down, *found.degraded):
        assert (hit.chain[0], hit.chain[-1].id in going) == (hit.thing, True)


@dataclass(frozen=True)
class Estate:
    """Machines with a status by tier, how many each needs, who needs whom; what goes and comes."""

    status: dict[str, str]
    tiers: dict[str, tuple[str, ...]]
    needed: dict[str, int]
    needs: frozenset[tuple[str, str, bool]]
    idle: frozenset[str]
    going: frozenset[str]
    coming: dict[str, tuple[str, ...]]

    def facts(self, *, after: bool = False) -> Facts:
        """The facts as the record gives them; `after`: with what comes, in its place."""
        status = dict(self.status)
        members = {tier: set(names) for tier, names in self.tiers.items()}
        if after:
            for tier, names in self.coming.items():
                members[tier] |= {*names}
                status |= dict.fromkeys(names, "active")
        things = [Thing(ref("app", c), status=self._status(c)) for c in APPS]
        things += [Thing(ref("workload", tier)) for tier in self.tiers]
        things += [Thing(ref("vm", name), status=one) for name, one in status.items()]
        groups, needs = list[Group](), list[Need]()
        for tier, carriers in members.items():
            needs.append(Need(ref("app", tier[0]), ref("workload", tier)))
            working = {one for one in carriers if status[one] == "active"} or carriers
            if len(working) > self.needed[tier]:
                group = ref("group", f"instances/workload:{tier}")
                groups.append(Group(group, "instances", self.needed[tier]))
                needs.append(Need(ref("workload", tier), group))
                needs += [Need(group, ref("vm", one)) for one in working]
            else:
                needs += [Need(ref("workload", tier), ref("vm", one)) for one in working]
        needs += [Need(ref("app", a), ref("app", b), hard) for a, b, hard in self.needs]
        demands = tuple(
            Demand(ref("workload", tier), needed=count) for tier, count in self.needed.items()
        )
        return Facts(1, tuple(things), tuple(groups), tuple(needs), demands)

    def _status(self, code: str) -> str:
        return "inactive" if code in self.idle else "active"


def ref(kind: str, name: str) -> Ref:
    return Ref(ThingKind(kind), name)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    status = dict(zip(MACHINES, draw(st.tuples(*[st.sampled_from(STATUSES)] * 5)), strict=True))
    some = st.frozensets(st.sampled_from(MACHINES), min_size=1, max_size=3)
    tiers = {f"{app}/db": tuple(sorted(draw(some))) for app in APPS}
    going = draw(some)
    # What is switched on counts for all that it carries; what is new for the tier it is made for.
    starts = {one for one in draw(some) - going if status[one] == "offline" and draw(st.booleans())}
    return Estate(
        status,
        tiers,
        dict(zip(tiers, draw(st.tuples(*[st.integers(1, 2)] * 3)), strict=True)),
        frozenset(draw(st.sets(st.sampled_from(NEEDS), max_size=3))),
        draw(st.frozensets(st.sampled_from(APPS), max_size=2)),
        going,
        {
            tier: (*(f"new {tier}" for _ in range(draw(st.integers(0, 1)))), *starts & {*names})
            for tier, names in tiers.items()
        },
    )


@given(estates())
def test_what_a_plan_brings_up_counts_as_if_it_stood(estate: Estate) -> None:
    going = [ref("vm", name) for name in sorted(estate.going)]
    coming = {
        ref("workload", tier): [ref("vm", one) for one in names]
        for tier, names in estate.coming.items()
        if names
    }
    found = endangered(DependencyGraph.of(estate.facts()), going, coming, revived=["A"])
    counted = {code for code in APPS if code not in estate.idle} | {"A"}
    states = brute_force(estate.facts(after=True), going)
    assert told(found) == foretold(states, counted)


@given(estates())
def test_what_rests_on_others_goes_first(estate: Estate) -> None:
    carried = {
        name: {tier[0] for tier, names in estate.tiers.items() if name in names}
        for name in estate.going
    }
    at = waves(DependencyGraph.of(estate.facts()), carried)
    assert {*at.values()} == {*range(1, 1 + max(at.values()))}
    above = reaching(estate)
    for first, codes in carried.items():
        for later, others in carried.items():
            rests = any(b in above[a] for a in codes for b in others)
            back = any(a in above[b] for a in codes for b in others)
            if rests and not back and not codes & others:
                assert at[first] < at[later]


def reaching(estate: Estate) -> dict[str, set[str]]:
    """By app all that it rests on, over every way that there is."""
    found = {app: {b for a, b, _ in estate.needs if a == app} for app in APPS}
    for _ in APPS:
        found = {app: seen | {c for b in seen for c in found[b]} for app, seen in found.items()}
    return {app: seen - {app} for app, seen in found.items()}
