"""Laws of plans laid over the graph: what they leave alone, and what they can't make worse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dcim.graph.facts import Facts, Group, Need, Thing
from dcim.graph.failures.impact import impact
from dcim.graph.graph import DependencyGraph
from dcim.planning.document import Change, DocumentKind, PlanDocument, PlannedVM, Target
from dcim.planning.estate import VM, App, Carried, Cluster, Host, Snapshot, Workload
from dcim.planning.questions.after import graph_after
from dcim.planning.questions.comparison import compare
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.things import Ref, ThingKind

POOL = "cluster:K"


@dataclass(frozen=True)
class Room:
    """A graph, the estate of the same record, and where its hosts are."""

    graph: DependencyGraph
    snapshot: Snapshot
    hosts: dict[int, tuple[str, str]]


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    """A cluster of two to four hosts in racks, and up to three apps of one tier each."""
    count = draw(st.integers(2, 4))
    racks = draw(st.lists(st.integers(1, 3), min_size=count, max_size=count))
    things = [Thing(Ref(ThingKind.CLUSTER, "K"))]
    things += [Thing(Ref(ThingKind.RACK, f"R{n}")) for n in range(1, 4)]
    things += [Thing(Ref(ThingKind.HOST, f"h{n}"), pk=n) for n in range(count)]
    needs = [
        Need(Ref(ThingKind.HOST, f"h{n}"), Ref(ThingKind.RACK, f"R{r}"))
        for n, r in enumerate(racks)
    ]
    groups: list[Group] = []
    vms: list[VM] = []
    apps: list[App] = []
    for code in "ABC"[: draw(st.integers(1, 3))]:
        tier = Ref(ThingKind.WORKLOAD, f"{code}/web")
        things += [Thing(Ref(ThingKind.APP, code), status="active"), Thing(tier)]
        needs.append(Need(Ref(ThingKind.APP, code), tier))
        members = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=3))
        needed = draw(st.integers(1, len(members)))
        owner = tier
        if len(members) > needed:
            owner = Ref(ThingKind.GROUP, f"instances/{tier}")
            groups.append(Group(owner, "instances", needed))
            needs.append(Need(tier, owner))
        for host in members:
            vm = _vm(len(vms), code, host)
            vms.append(vm)
            ref = Ref(ThingKind.VM, vm.name)
            things.append(Thing(ref, status="active", pk=int(vm.id)))
            on = Ref(ThingKind.HOST, f"h{host}")
            needs += [Need(owner, ref), Need(ref, on), Need(ref, things[0].id)]
        apps.append(App(code=code, workloads=(_tier(needed, len(members)),)))
    cluster = Cluster(
        name="K", hosts=tuple(Host(name=f"h{n}", amounts=Amounts(9, 9, 9)) for n in range(count))
    )
    return Room(
        DependencyGraph.of(Facts(1, tuple(things), tuple(groups), tuple(needs))),
        Snapshot(clusters=(cluster,), vms=tuple(vms), apps=tuple(apps)),
        {n: (POOL, f"h{n}") for n in range(count)},
    )


def _vm(number: int, code: str, host: int) -> VM:
    return VM(
        id=str(number + 1), name=f"vm{number}", cluster="K", host=f"h{host}",
        amounts=Amounts(1, 1, 1), carries=(Carried(app=code, tier="web"),),
    )  # fmt: skip


def _tier(needed: int, wanted: int) -> Workload:
    return Workload(
        name="web", vcpus=Decimal(1), memory_mib=1, instances_needed=needed, instances_wanted=wanted
    )


def plan(*vms: PlannedVM, reclaim: tuple[PlannedVM, ...] = ()) -> PlanDocument:
    """A plan of the cluster."""
    target = Target(name="k", pool=POOL, provider="paser", vms=vms, reclaim=reclaim)
    return PlanDocument(
        kind=DocumentKind.PLAN, name="p", stance="as-declared", base_serial=1, targets=(target,)
    )


def planned(vm: VM, **fields: object) -> PlannedVM:
    known = {
        "id": vm.id,
        "name": vm.name,
        "host": vm.host,
        "app": vm.apps[0],
        "workloads": ("web",),
    }
    return PlannedVM(vcpus=1, memory_mib=1, storage_gib=1, **{**known, **fields})  # type: ignore[arg-type]


def after(room: Room, document: PlanDocument) -> DependencyGraph:
    return graph_after(room.graph, room.snapshot, document, room.hosts)


def refs(room: Room) -> list[Ref]:
    return [thing.id for thing in room.graph.things()]


def told(facts: Facts) -> tuple[object, ...]:
    """The facts in an order of their own."""
    return (
        sorted(map(repr, facts.things)),
        sorted(map(repr, facts.groups)),
        sorted(map(repr, facts.needs)),
    )


@given(rooms())
def test_an_empty_plan_changes_nothing(room: Room) -> None:
    kept = plan(*(planned(vm) for vm in room.snapshot.vms))
    for document in (plan(), kept):
        there = after(room, document)
        assert told(there.to_facts()) == told(room.graph.to_facts())
        found = compare(room.graph, there, refs(room)[:2])
        assert (found.apps, found.points, found.losses) == ((), (), ())


@given(rooms(), st.data())
def test_one_more_instance_never_stops_an_app(room: Room, data: st.DataObject) -> None:
    app = data.draw(st.sampled_from(room.snapshot.apps))
    host = data.draw(st.sampled_from(sorted(room.hosts)))
    fresh = replace(planned(_vm(0, app.code, host)), id=None, name="fresh", change=Change.CREATE)
    there = after(room, plan(fresh))
    failed = data.draw(st.lists(st.sampled_from(refs(room)), min_size=1, max_size=3))
    was, now = (
        {hit.thing.id for hit in impact(graph, failed).apps_down} for graph in (room.graph, there)
    )
    assert now <= was
    assert all(
        not one.new or one.app.name == app.code for one in compare(room.graph, there, ()).points
    )


@given(rooms(), st.data())
def test_to_reclaim_and_to_make_again_comes_to_the_same(room: Room, data: st.DataObject) -> None:
    vm = data.draw(st.sampled_from(room.snapshot.vms))
    gone = planned(vm, change=Change.RECLAIM, reason="x")
    again = planned(vm, id=None, change=Change.CREATE)
    there = after(room, plan(again, reclaim=(gone,)))
    for ref in refs(room):
        was, now = (
            {hit.thing.id for hit in impact(graph, [ref]).apps_down}
            for graph in (room.graph, there)
        )
        assert was == now


@given(rooms(), st.data())
def test_a_reclaimed_instance_never_saves_an_app(room: Room, data: st.DataObject) -> None:
    vm = data.draw(st.sampled_from(room.snapshot.vms))
    there = after(room, plan(reclaim=(planned(vm, change=Change.RECLAIM, reason="x"),)))
    assert Ref(ThingKind.VM, vm.name) not in there
    (tier,) = (app.workloads[0] for app in room.snapshot.apps if app.code in vm.apps)
    enough = tier.instances_wanted > tier.instances_needed  # with fewer, all that are left count
    for ref in (one for one in refs(room) if one in there and enough):
        was, now = (
            {hit.thing.id for hit in impact(graph, [ref]).apps_down}
            for graph in (room.graph, there)
        )
        assert was <= now
