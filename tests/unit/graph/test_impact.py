"""What falls when things fail."""

from __future__ import annotations

import pytest

from dcim.graph.failures.impact import Impact, impact
from dcim.graph.propagation import State
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.things import Ref
from tests.drawn_graphs import drawn, refs

TWO_FEEDS = """
    app:SIMPEG -> vm:1
    vm:1 -> host:h1
    host:h1 -> rack:R1, 1 of psu:h1/A psu:h1/B
    psu:h1/A -> pdu:A
    psu:h1/B -> pdu:B
    pdu:A -> feed:A
    pdu:B -> feed:B
"""
TWO_INSTANCES = """
    app:SSO -> workload:SSO/web
    workload:SSO/web -> 1 of vm:1 vm:2
    vm:1 -> host:h1
    vm:2 -> host:h2
"""


def asked(drawing: str, *failed: str) -> Impact:
    return impact(drawn(drawing), refs(*failed))


def apps(answer: Impact) -> tuple[list[str], list[str]]:
    """Codes of the running apps that are down, and that are degraded."""
    return (
        [hit.thing.name for hit in answer.apps_down],
        [hit.thing.name for hit in answer.apps_degraded],
    )


def test_all_that_stands_in_a_rack_falls_with_it() -> None:
    answer = asked(TWO_FEEDS, "rack:R1")
    assert [str(hit.thing.id) for hit in answer.down] == [
        "app:SIMPEG",
        "vm:1",
        "host:h1",
        "rack:R1",
    ]


def test_one_of_two_feeds_degrades() -> None:
    assert apps(asked(TWO_FEEDS, "feed:A")) == ([], ["SIMPEG"])


def test_both_feeds_stop() -> None:
    assert apps(asked(TWO_FEEDS, "feed:A", "feed:B")) == (["SIMPEG"], [])


def test_a_psu_and_the_other_feed_stop() -> None:
    assert apps(asked(TWO_FEEDS, "psu:h1/A", "feed:B")) == (["SIMPEG"], [])


def test_one_instance_of_two_degrades_and_both_stop() -> None:
    assert apps(asked(TWO_INSTANCES, "host:h1")) == ([], ["SSO"])
    assert apps(asked(TWO_INSTANCES, "host:h1", "vm:2")) == (["SSO"], [])


def test_two_of_three_bear_the_loss_of_one() -> None:
    three = "cluster:K -> 2 of host:1 host:2 host:3\n app:A -> cluster:K"
    assert apps(asked(three, "host:2")) == ([], ["A"])
    assert apps(asked(three, "host:2", "host:3")) == (["A"], [])


def test_a_soft_dependency_degrades_and_what_rests_on_it_is_degraded_too() -> None:
    soft = "app:A -> app:B\n app:B -> ~app:C\n app:C -> vm:1"
    assert apps(asked(soft, "vm:1")) == (["C"], ["A", "B"])


def test_a_soft_dependency_that_is_only_degraded_hurts_nobody() -> None:
    soft = "app:A -> ~app:B\n app:B -> 1 of vm:1 vm:2"
    assert apps(asked(soft, "vm:1")) == ([], ["B"])


def test_a_degraded_member_hurts_nobody_while_enough_are_fully_up() -> None:
    drawing = TWO_INSTANCES + "host:h1 -> ~switch:s1"
    answer = asked(drawing, "switch:s1")
    assert answer.state_of(Ref.parse("vm:1")) is State.DEGRADED
    assert apps(answer) == ([], [])


def test_a_group_is_degraded_when_too_few_are_fully_up() -> None:
    drawing = TWO_INSTANCES + "host:h1 -> ~switch:s1\n host:h2 -> ~switch:s1"
    assert apps(asked(drawing, "switch:s1")) == ([], ["SSO"])


def test_a_cycle_stands_by_itself_and_falls_together() -> None:
    cycle = "app:A -> app:B\n app:B -> app:C\n app:C -> app:A, vm:1\n app:D -> vm:2"
    assert apps(asked(cycle, "vm:2")) == (["D"], [])
    assert apps(asked(cycle, "vm:1")) == (["A", "B", "C"], [])


def test_a_hit_names_the_shortest_chain_of_causes() -> None:
    answer = asked("app:A -> app:B, host:h1\n app:B -> vm:1\n vm:1 -> host:h1", "host:h1")
    chains = {hit.thing.name: [str(node.id) for node in hit.chain] for hit in answer.apps_down}
    assert chains["A"] == ["app:A", "host:h1"]
    assert chains["B"] == ["app:B", "vm:1", "host:h1"]


def test_a_chain_runs_through_the_group_that_lost_a_member() -> None:
    (hit,) = asked(TWO_INSTANCES, "host:h2").apps_degraded
    assert [str(node.id) for node in hit.chain] == [
        "app:SSO",
        "workload:SSO/web",
        "group:SSO/web#1",
        "vm:2",
        "host:h2",
    ]
    assert str(hit.cause.id) == "host:h2"


def test_what_failed_is_down_by_itself() -> None:
    (hit,) = asked("app:A -> app:B", "app:A").apps_down
    assert [node.name for node in hit.chain] == ["A"]


def test_apps_that_do_not_run_are_told_apart() -> None:
    idle = "app:OLD (retired) -> vm:1\n app:IDLE (inactive) -> 1 of vm:1 vm:2\n app:NOW -> vm:1"
    answer = asked(idle, "vm:1")
    assert apps(answer) == (["NOW"], [])
    assert {hit.thing.name for hit in answer.idle_apps} == {"OLD", "IDLE"}


def test_a_group_can_fail_as_a_whole() -> None:
    assert apps(asked(TWO_INSTANCES, "group:SSO/web#1")) == (["SSO"], [])


def test_an_answer_names_its_serial_and_what_failed_once() -> None:
    answer = asked(TWO_FEEDS, "feed:B", "feed:A", "feed:A")
    assert answer.serial == 1
    assert [node.name for node in answer.failed] == ["A", "B"]


def test_no_failure_is_no_question() -> None:
    with pytest.raises(InvalidInput, match=r"Nothing was named. Name what fails"):
        asked(TWO_FEEDS)


def test_an_unknown_thing_is_answered_with_close_names() -> None:
    with pytest.raises(UnknownThing, match=r"There is no pdu:C\."):
        asked(TWO_FEEDS, "pdu:A", "pdu:C")
