"""Circles, orphans, and apps that run on what does not run."""

from __future__ import annotations

import pytest

from dcim.graph.needs.findings import MEANINGS, WAYS_OUT, FindingKind, findings
from tests.drawn_graphs import drawn, refs


def found(drawing: str) -> list[tuple[str, list[str]]]:
    """Each finding's kind and chain."""
    return [
        (one.kind.value, [str(node.id) for node in one.chain])
        for one in findings(drawn(drawing)).found
    ]


def test_a_sound_graph_has_none() -> None:
    sound = "app:A -> workload:A/web, ~app:B\n workload:A/web -> vm:1\n app:B -> provider:pdn"
    assert found(sound) == []


def test_a_circle_is_told_once_with_all_its_members() -> None:
    circle = "app:A -> app:B\n app:B -> app:C\n app:C -> app:A\n app:D -> app:A"
    assert found(circle) == [("circle", ["app:A", "app:B", "app:C"])]


def test_a_machine_that_carries_nothing_is_told_unless_it_is_not_made_yet() -> None:
    machines = "app:A -> vm:1\n vm:2 -> host:h\n vm:3 (planned) -> host:h\n vm:4 (offline)"
    assert found(machines) == [
        ("machine_without_app", ["vm:2"]),
        ("machine_without_app", ["vm:4"]),
    ]


def test_a_running_app_without_ground_is_told_and_an_idle_one_is_not() -> None:
    bare = "app:A ->\n app:B -> workload:B/web\n app:C (inactive) ->\n app:D (planned) ->"
    assert found(bare) == [("app_on_nothing", ["app:A"]), ("app_on_nothing", ["app:B"])]


def test_a_tier_without_machines_is_told_where_others_have_some() -> None:
    half = "app:A -> workload:A/web, workload:A/db\n workload:A/web -> vm:1"
    assert found(half) == [("tier_on_nothing", ["workload:A/db"])]


@pytest.mark.parametrize(
    "status", ["offline", "failed", "planned", "decommissioning", "retired", "paused"]
)
def test_a_running_app_on_what_does_not_run_is_told_with_the_chain(status: str) -> None:
    chain = ["app:A", "workload:A/web", "vm:1", "host:h"]
    drawing = (
        f"app:A -> workload:A/web\n workload:A/web -> vm:1\n vm:1 -> host:h\n host:h ({status})"
    )
    assert found(drawing) == [("rests_on_idle", chain)]


@pytest.mark.parametrize("status", ["inactive", "retired", "planned"])
def test_a_running_app_that_needs_one_that_does_not_run_is_told(status: str) -> None:
    drawing = f"app:A -> app:B\n app:B ({status}) -> vm:1"
    assert found(drawing) == [("rests_on_idle", ["app:A", "app:B"])]
    soft = f"app:A -> ~app:B, vm:2\n app:B ({status}) -> vm:1"
    assert found(soft) == [("leans_on_idle", ["app:A", "app:B"])]


def test_a_member_on_its_way_out_is_something_to_spare() -> None:
    group = "app:A -> 1 of vm:1 vm:2\n vm:1 (decommissioning)"
    assert found(group) == [("leans_on_idle", ["app:A", "group:A#1", "vm:1"])]


def test_an_idle_app_may_rest_on_anything() -> None:
    assert found("app:A (inactive) -> vm:1\n vm:1 (offline)") == []


def test_the_gravest_come_first_and_are_counted() -> None:
    graph = drawn("app:A -> vm:1\n vm:1 (failed)\n vm:2\n app:B -> app:B")
    told = findings(graph)
    kinds = [FindingKind.RESTS_ON_IDLE, FindingKind.CIRCLE, FindingKind.MACHINE_WITHOUT_APP]
    assert [one.kind for one in told.found] == kinds
    assert told.counts == dict.fromkeys(kinds, 1)
    assert [one.subject.name for one in told.of_kind(FindingKind.CIRCLE)] == ["B"]


def test_only_what_is_looked_at_is_told() -> None:
    graph = drawn("app:A -> vm:1\n vm:1 (failed)\n app:B -> vm:2\n vm:2 (failed)\n vm:3")
    among = [graph.find(ref) for ref in refs("app:A", "vm:1")]
    assert [one.subject.name for one in findings(graph, among).found] == ["A"]


def test_every_kind_says_what_it_means_and_the_way_out() -> None:
    assert set(MEANINGS) == set(WAYS_OUT) == set(FindingKind)
