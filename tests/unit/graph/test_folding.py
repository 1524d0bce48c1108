"""Which boxes a drawing has: all, or few enough to read."""

from __future__ import annotations

import pytest

from dcim.graph.drawing.folding import Part, Picture, Wishes, picture_of
from dcim.graph.facts import Facts, Need, Thing
from dcim.graph.graph import DependencyGraph
from dcim.graph.propagation import State
from dcim.graph.scopes import numbers_in
from dcim.vocabulary.things import Ref, ThingKind
from tests.drawn_graphs import drawn
from tests.unit.graph.test_layout import room


def folded(graph: DependencyGraph, most: int, *opened: str, scope: str = "all") -> Picture:
    return picture_of(graph, numbers_in(graph, scope), Wishes(most, frozenset(opened)))


def named(found: Picture, part: Part) -> set[str]:
    return {str(found.graph.node(one).id) for one in part.members}


def machines(apps: int, each: int) -> DependencyGraph:
    """Apps with so many machines each, on two clusters."""
    return drawn(
        "\n".join(
            f"app:{app} -> workload:{app}/web\n"
            f"workload:{app}/web -> vm:{app}-{n}\n vm:{app}-{n} -> cluster:{app % 2}"
            for app in range(apps)
            for n in range(each)
        )
    )


def test_what_can_be_read_is_not_folded() -> None:
    found = folded(room(1, 2), 60)
    assert not any(part.is_folded for part in found.parts.values())
    assert found.size == len(found.parts) == len(room(1, 2))


def test_power_is_folded_by_rack_with_its_groups() -> None:
    found = folded(room(4, 4), 60)
    assert {key for key, part in found.parts.items() if part.is_folded} == {
        f"power@rack:{rack}" for rack in range(4)
    }
    held = named(found, found.parts["power@rack:0"])
    assert {"psu:0-1/A", "psu:0-1/B", "pdu:0A", "feed:0B"} <= held
    assert any(name.startswith("group:") for name in held)
    ends = {(line.source, line.target) for line in found.lines}
    assert {("host:0-1", "power@rack:0"), ("power@rack:0", "panel:A")} <= ends


def test_power_of_one_rack_is_one_box_though_its_sides_are_apart() -> None:
    sides = "\n".join(
        f"host:{side} -> rack:R, psu:{side}/1\n psu:{side}/1 -> pdu:{side}\n pdu:{side} -> rack:R"
        for side in "AB"
    )
    found = folded(drawn(f"app:A -> host:A, host:B\n {sides}"), 7)
    assert [key for key, part in found.parts.items() if part.is_folded] == ["power@rack:R"]


def test_every_node_is_in_one_part_and_every_need_in_one_line() -> None:
    graph = machines(40, 3)
    for most in (1, 10, 60, 500):
        found = folded(graph, most)
        members = [one for part in found.parts.values() for one in part.members]
        assert sorted(members) == list(range(len(graph)))
        part_of = {one: part.key for part in found.parts.values() for one in part.members}
        crossing = {
            (part_of[one], part_of[other])
            for one in range(len(graph))
            for other, _ in graph.below(one)
            if part_of[one] != part_of[other]
        }
        assert {(line.source, line.target) for line in found.lines} == crossing


def test_tiers_go_into_their_app_before_machines_are_folded() -> None:
    found = folded(machines(5, 2), 17)
    assert not any(part.kind is ThingKind.WORKLOAD for part in found.parts.values())
    assert named(found, found.parts["app:1"]) == {"app:1", "workload:1/web"}
    assert not found.parts["app:1"].is_folded


def test_machines_are_folded_by_app_and_then_by_cluster() -> None:
    assert "vm@app:1" in folded(machines(10, 4), 30).parts
    found = folded(machines(40, 4), 45)
    assert {"vm@cluster:0", "vm@cluster:1"} <= set(found.parts)


def test_what_is_opened_is_folded_one_step_less() -> None:
    graph = machines(40, 4)
    found = folded(graph, 45, "vm@cluster:0")
    assert "vm@cluster:0" not in found.parts
    assert {"vm@app:0", "vm@app:2", "vm@cluster:1"} <= set(found.parts)
    deeper = folded(graph, 45, "vm@cluster:0", "vm@app:0")
    assert {"vm:0-0", "vm:0-3", "vm@app:2", "vm@cluster:1"} <= set(deeper.parts)


def test_apps_are_folded_by_owner() -> None:
    names = [Ref.parse(f"app:{n}") for n in range(90)]
    things = tuple(Thing(ref, owner=f"opd-{n % 3}") for n, ref in enumerate(names))
    found = folded(DependencyGraph.of(Facts(things=things)), 20)
    assert set(found.parts) == {f"app@tenant:opd-{n}" for n in range(3)}


def test_parts_are_of_one_state_and_what_failed_stays_apart() -> None:
    graph = machines(20, 4)
    down = {graph.find(Ref.parse(f"vm:2-{n}")) for n in range(4)}
    failed = graph.find(Ref.parse("vm:4-1"))
    states = dict.fromkeys(down | {failed}, State.DOWN)
    wishes = Wishes(25, apart=frozenset({failed}), state_of=lambda one: states.get(one, State.UP))
    found = picture_of(graph, range(len(graph)), wishes)
    assert {part.state for part in found.parts.values() if set(part.members) & down} == {State.DOWN}
    assert found.parts["vm:4-1"].members == (failed,)
    assert all(len({states.get(one) for one in part.members}) == 1 for part in found.parts.values())


@pytest.mark.parametrize("hard", [True, False])
def test_a_line_is_hard_where_any_of_its_needs_is(hard: bool) -> None:
    apps = [Thing(Ref.parse(f"app:{n}"), owner="opd") for n in range(30)]
    sso = Thing(Ref.parse("app:SSO"))
    needs = [Need(one.id, sso.id, hard=False) for one in apps]
    needs[7] = Need(apps[7].id, sso.id, hard=hard)
    found = folded(DependencyGraph.of(Facts(1, (*apps, sso), (), tuple(needs))), 10)
    (line,) = found.lines
    assert (line.source, line.target, line.hard) == ("app@tenant:opd", "app:SSO", hard)


def test_thousands_of_nodes_become_few_boxes() -> None:
    graph = machines(500, 4)
    assert len(graph) > 3_000
    assert len(folded(graph, 80).parts) <= 80
