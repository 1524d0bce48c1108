"""What can be restored from copies: which copies count, and why an app can't come back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dcim.graph.facts import Copy, Demand
from dcim.graph.graph import DependencyGraph
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.choices import Obstacle
from dcim.vocabulary.things import Ref
from tests.copied_graphs import copied, copy, hours_ago, of_app, restored

APP = """
    app:A -> workload:A/db
    workload:A/db -> vm:a
    vm:a -> cluster:KVM, host:h1
    host:h1 -> rack:R1
    rack:R1 -> site:PDR
    cluster:KVM -> provider:own
"""


def obstacle(graph: DependencyGraph, *failed: str, app: str = "A") -> Obstacle | None:
    return of_app(restored(graph, *failed), app).obstacle


def test_an_app_comes_back_from_the_newest_copy_elsewhere() -> None:
    copies = (
        copy("A/db", "provider:pdn", hours=30, frequency_hours=24),
        copy("A/db", "site:DRC", hours=26, frequency_hours=24, last_restore_test=date(2026, 5, 1)),
        copy("A/db", "site:PDR", hours=1),
    )
    app = of_app(restored(copied(APP, *copies), "rack:R1"), "A")
    (tier,) = app.tiers
    assert tier.source is not None
    assert tier.source.copy == copies[1]
    assert (app.is_restorable, app.age_hours, tier.source.is_overdue) == (True, 26.0, True)


@pytest.mark.parametrize(
    ("failed", "copies", "expected"),
    [
        ("site:PDR", (), Obstacle.NO_COPY),
        ("rack:R1", (copy("A/db", "site:PDR"),), Obstacle.SAME_PLACE),
        ("site:PDR", (copy("A/db", "site:PDR"),), Obstacle.SAME_PLACE),
        ("site:PDR", (copy("A/db", "site:DRC", "provider:own"),), Obstacle.SAME_PLACE),
        ("site:PDR", (copy("A/db", "site:DRC", hours=None),), Obstacle.NEVER_SUCCEEDED),
        ("site:PDR", (copy("A/db", "site:DRC", hours=49, retention_days=2),), Obstacle.EXPIRED),
        ("site:PDR", (copy("A/db", "site:DRC", hours=48, retention_days=2),), None),
        (
            "site:PDR",
            (copy("A/db", "site:PDR"), copy("A/db", "site:DRC", hours=None)),
            Obstacle.NEVER_SUCCEEDED,
        ),
    ],
)
def test_a_copy_that_does_not_count_is_told_by_what_is_nearest_to_one(
    failed: str, copies: tuple[Copy, ...], expected: Obstacle | None
) -> None:
    assert obstacle(copied(APP, *copies), failed) is expected


def test_a_copy_whose_place_fails_too_is_lost_and_counted() -> None:
    graph = copied(APP, copy("A/db", "site:DRC"), copy("A/db", "provider:pdn", hours=9))
    assert obstacle(graph, "site:PDR", "site:DRC", "provider:pdn") is Obstacle.COPY_LOST
    assert restored(graph, "site:PDR", "site:DRC").copies_lost == 1
    assert obstacle(graph, "site:PDR", "site:DRC") is None


def test_losing_a_copy_takes_no_app_down_nor_degrades_it() -> None:
    answer = restored(copied(APP, copy("A/db", "site:DRC")), "site:DRC")
    assert (answer.apps, answer.copies_lost) == ((), 1)


def test_every_tier_that_is_lost_needs_a_copy_and_the_others_do_not() -> None:
    more = """
        app:A -> workload:A/web
        workload:A/web -> vm:web
        vm:web -> site:DRC
    """
    graph = copied(APP + more, copy("A/db", "provider:pdn"))
    assert obstacle(graph, "site:PDR") is None
    assert obstacle(graph, "site:PDR", "site:DRC") is Obstacle.NO_COPY


NEEDING = """
    app:B -> app:A
    app:C -> app:B, workload:C/web
    workload:C/web -> vm:c
    vm:c -> site:PDR
"""


def test_an_app_that_needs_another_comes_back_with_it() -> None:
    graph = copied(APP + NEEDING, copy("A/db", "site:DRC"), copy("C/web", "site:DRC", hours=5))
    answer = restored(graph, "site:PDR")
    assert [(one.app.name, one.obstacle, len(one.tiers)) for one in answer.apps] == [
        ("A", None, 1), ("B", None, 0), ("C", None, 1),
    ]  # fmt: skip


def test_an_app_that_needs_one_that_is_lost_is_lost() -> None:
    answer = restored(copied(APP + NEEDING, copy("C/web", "site:DRC")), "site:PDR")
    told = [
        (one.app.name, one.obstacle, str(one.cause.id if one.cause else "")) for one in answer.apps
    ]
    assert told == [
        ("A", Obstacle.NO_COPY, "workload:A/db"),
        ("B", Obstacle.NEEDED_APP, "app:A"),
        ("C", Obstacle.NEEDED_APP, "app:B"),
    ]


def test_apps_in_a_circle_come_back_together_or_not_at_all() -> None:
    graph = copied(APP + "app:A -> app:B\n app:B -> app:A", copy("A/db", "site:DRC"))
    assert (obstacle(graph, "site:PDR"), obstacle(graph, "site:PDR", app="B")) == (None, None)
    graph = copied(APP + "app:A -> app:B\n app:B -> app:A")
    assert obstacle(graph, "site:PDR", app="B") is Obstacle.NEEDED_APP


def test_an_app_that_its_provider_runs_is_restored_from_the_copies_of_all_its_tiers() -> None:
    text = "app:A -> workload:A/db, provider:pdn\n workload:A/db ->"
    assert obstacle(copied(text), "provider:pdn") is Obstacle.NO_COPY
    graph = copied(text, copy("A/db", "provider:pdn"))
    assert obstacle(graph, "provider:pdn") is Obstacle.SAME_PLACE
    assert obstacle(copied(text, copy("A/db", "site:PDR")), "provider:pdn") is None
    nothing = copied("app:A -> provider:pdn")
    assert obstacle(nothing, "provider:pdn") is Obstacle.NOT_RECORDED


def test_a_line_to_another_site_makes_that_no_place_of_the_machine() -> None:
    lines = "host:h1 -> switch:s1\n switch:s1 -> switch:core\n switch:core -> site:DRC"
    assert obstacle(copied(APP + lines, copy("A/db", "site:DRC")), "rack:R1") is None


def test_a_tier_on_a_device_itself_is_where_that_stands() -> None:
    text = """
        app:A -> workload:A/db
        workload:A/db -> host:h1
        host:h1 -> site:PDR, switch:core
        switch:core -> site:DRC
    """
    graph = copied(text, copy("A/db", "site:DRC"), copy("A/db", "site:PDR", hours=9))
    assert obstacle(graph, "host:h1") is None


def test_a_place_of_any_lost_machine_is_one_of_the_tier() -> None:
    text = APP.replace("-> vm:a", "-> 1 of vm:a vm:b") + "vm:b -> site:DRC"
    graph = copied(text, copy("A/db", "site:DRC"))
    assert obstacle(graph, "site:PDR", "vm:b") is Obstacle.SAME_PLACE


def test_what_is_failed_itself_is_restored_elsewhere_than_where_it_runs() -> None:
    for failed in ("app:A", "workload:A/db"):
        assert obstacle(copied(APP, copy("A/db", "site:PDR")), failed) is Obstacle.SAME_PLACE
        assert obstacle(copied(APP, copy("A/db", "site:DRC")), failed) is None


def test_restoring_takes_the_instances_that_are_missing_machine_by_machine() -> None:
    text = """
        app:A -> workload:A/db, workload:A/web, workload:A/app
        workload:A/db -> 2 of vm:1 vm:2 vm:3
        vm:1 -> site:PDR
        vm:2 -> site:PDR
        vm:3 -> site:DRC
        workload:A/web -> vm:4
        workload:A/app -> vm:4
        vm:4 -> site:PDR
    """
    db, web, app = (Ref.parse(f"workload:A/{name}") for name in ("db", "web", "app"))
    shared: dict[str, Any] = {"memory_mib": 512, "storage_gib": 5, "co_hosted": True}
    demands = (
        Demand(db, Decimal("1.5"), 2048, 20, wanted=3, needed=2),
        Demand(web, Decimal("0.5"), **shared),
        Demand(app, Decimal("0.75"), **shared),
    )
    copies = [copy(tier, "provider:pdn") for tier in ("A/db", "A/web", "A/app")]
    answer = restored(copied(text, *copies, demands=demands), "site:PDR")
    shared_machine = Amounts(2, 1024, 10)
    assert of_app(answer, "A").needed == answer.needed == Amounts(2, 2048, 20) + shared_machine
    assert answer.wanted == Amounts(4, 4096, 40) + shared_machine


def test_what_can_not_be_restored_counts_for_nothing_in_the_sum() -> None:
    demands = (Demand(Ref.parse("workload:A/db"), Decimal(2), 1024, 10),)
    answer = restored(copied(APP, demands=demands), "site:PDR")
    assert (of_app(answer, "A").needed, answer.needed) == (Amounts(2, 1024, 10), Amounts())


def test_idle_apps_are_not_asked_about() -> None:
    assert restored(copied(APP + "app:A (inactive) ->"), "site:PDR").apps == ()


def test_a_copy_of_the_future_is_as_old_as_now() -> None:
    graph = copied(APP, copy("A/db", "site:DRC", last_success=hours_ago(-3)))
    assert of_app(restored(graph, "site:PDR"), "A").age_hours == 0
