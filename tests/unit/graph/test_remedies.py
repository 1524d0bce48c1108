"""What would remove a single point of failure: each change asked again on changed facts."""

from __future__ import annotations

import pytest

from dcim.graph.failures.remedies import removals
from dcim.graph.failures.single_points import POINT_KINDS, SinglePoints, single_points
from dcim.graph.selection import Selection, selected
from tests.drawn_graphs import drawn, refs
from tests.remedies import stands_after

ON_A_HOST = "app:A -> workload:A/web\n workload:A/web -> vm:1\n vm:1 -> host:h1\n"
POWERED = """
    host:h1 -> rack:R1, psu:h1/1
    psu:h1/1 -> outlet:P/1
    outlet:P/1 -> pdu:P
    pdu:P -> rack:R1, psu:P/in
    psu:P/in -> feed:F
    feed:F -> panel:Q
    panel:Q -> site:S
    rack:R1 -> site:S
"""
UPLINKED = """
    host:h1 -> rack:R1, switch:s1
    switch:s1 -> rack:R9, psu:s1/1
    psu:s1/1 -> feed:F
"""
CLUSTERED = """
    app:A -> workload:A/web
    workload:A/web -> vm:1
    vm:1 -> cluster:K
    cluster:K -> host:h1, host:h2
    host:h1 -> rack:R1
    host:h2 -> rack:R2
    rack:R1 -> site:S
    rack:R2 -> site:S
    cluster:K -> provider:own
"""
TOGETHER = """
    app:A -> workload:A/web
    workload:A/web -> 2 of vm:1 vm:2 vm:3
    vm:1 -> host:h1
    vm:2 -> host:h1
    vm:3 -> host:h2
"""
AMONG_APPS = """
    app:A -> app:B
    app:B -> app:C
    app:C -> workload:C/web
    workload:C/web -> vm:1
    app:P -> provider:pdn
"""
# Two tiers: one has its only machine behind the feed, the other two of three, of which one has a
# second leg as soon as its host has one.
MIXED = """
    app:A -> workload:A/web, workload:A/db
    workload:A/web -> vm:1
    vm:1 -> allocation:G
    allocation:G -> provider:pdn
    workload:A/db -> 2 of vm:2 vm:3 vm:4
    vm:2 -> host:h1
    host:h1 -> psu:h1/1
    psu:h1/1 -> feed:F
    vm:3 -> host:h2
    host:h2 -> feed:F, rack:R
    rack:R -> panel:Q
    feed:F -> panel:Q
    vm:4 -> site:T
"""


def changes(drawing: str, app: str, thing: str) -> list[tuple[str, str, str, int]]:
    graph = drawn(drawing)
    top, fails = (graph.find(ref) for ref in refs(app, thing))
    (removal,) = removals(graph, fails, [top])
    return [
        (one.remedy.value, str(graph.node(one.at).id), str(graph.node(one.on).id), one.count)
        for one in removal.changes
    ]


@pytest.mark.parametrize("thing", ["psu:h1/1", "outlet:P/1", "pdu:P", "psu:P/in", "feed:F"])
def test_power_is_cured_by_a_second_supply_of_the_host(thing: str) -> None:
    found = changes(ON_A_HOST + POWERED, "app:A", thing)
    assert found == [("second_supply", "host:h1", thing, 1)]


def test_a_switch_is_cured_by_a_second_uplink_of_the_host() -> None:
    found = changes(ON_A_HOST + UPLINKED, "app:A", "switch:s1")
    assert found == [("second_uplink", "host:h1", "switch:s1", 1)]


def test_what_is_nearest_to_the_thing_is_changed() -> None:
    found = changes(ON_A_HOST + UPLINKED, "app:A", "feed:F")
    assert found == [("second_supply", "switch:s1", "feed:F", 1)]


@pytest.mark.parametrize("thing", ["vm:1", "host:h1", "rack:R1", "site:S"])
def test_a_host_or_place_is_cured_by_another_instance(thing: str) -> None:
    found = changes(ON_A_HOST + POWERED, "app:A", thing)
    assert found == [("another_instance", "workload:A/web", thing, 1)]


def test_a_cluster_without_a_host_to_spare_gets_another() -> None:
    assert changes(CLUSTERED, "app:A", "rack:R1") == [("another_host", "cluster:K", "rack:R1", 1)]


@pytest.mark.parametrize("thing", ["site:S", "cluster:K", "provider:own"])
def test_a_cluster_that_is_lost_whole_is_left_for_another(thing: str) -> None:
    found = changes(CLUSTERED, "app:A", thing)
    assert found == [("another_instance", "workload:A/web", thing, 1)]


def test_instances_that_stand_together_are_spread() -> None:
    found = changes(TOGETHER, "app:A", "host:h1")
    assert found == [("spread_instances", "workload:A/web", "host:h1", 1)]


def test_a_hard_dependency_is_loosened_where_it_is_nearest() -> None:
    assert changes(AMONG_APPS, "app:A", "app:C") == [("loosen_dependency", "app:B", "app:C", 1)]
    assert changes(AMONG_APPS, "app:B", "app:C") == [("loosen_dependency", "app:B", "app:C", 1)]


def test_what_an_app_rests_on_is_cured_below_it() -> None:
    found = changes(AMONG_APPS, "app:A", "vm:1")
    assert found == [("another_instance", "workload:C/web", "vm:1", 1)]


def test_an_app_at_a_provider_gets_a_second_one() -> None:
    found = changes(AMONG_APPS, "app:P", "provider:pdn")
    assert found == [("another_provider", "app:P", "provider:pdn", 1)]


def test_nothing_helps_against_the_loss_of_the_apps_own_tier() -> None:
    assert changes(ON_A_HOST, "app:A", "workload:A/web") == []


def test_a_change_that_counts_on_another_brings_it_along() -> None:
    found = changes(MIXED, "app:A", "panel:Q")
    assert found == [
        ("second_supply", "host:h1", "panel:Q", 1),
    ]


DRAWINGS = [
    ON_A_HOST + POWERED,
    ON_A_HOST + UPLINKED,
    CLUSTERED,
    TOGETHER,
    AMONG_APPS,
    MIXED,
]


def points(drawing: str) -> SinglePoints:
    graph = drawn(drawing)
    return single_points(graph, selected(graph, Selection(), POINT_KINDS))


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_every_single_point_is_gone_after_its_changes(drawing: str) -> None:
    found = points(drawing)
    asked = [
        (removal.app.id, removal.thing.id)
        for point in found.points(slice(None), slice(None))
        for removal in point.removals
    ]
    assert asked
    assert [pair for pair in asked if not stands_after(found.graph, *pair)] == []
