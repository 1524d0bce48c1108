"""In which order things are started and stopped."""

from __future__ import annotations

import pytest

from dcim.graph.needs.order import Direction, Order, Scope, order
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from tests.drawn_graphs import drawn, refs

ROOM = """
    app:SIMPEG -> workload:SIMPEG/web, app:SSO
    app:SSO -> vm:sso-1
    workload:SIMPEG/web -> 1 of vm:web-1 vm:web-2
    vm:web-1 -> host:h1
    vm:sso-1 -> host:h1
    vm:web-2 -> host:h2
    host:h1 -> rack:R1
    host:h2 -> rack:R2
"""


def asked(
    drawing: str, *named: str, direction: Direction = Direction.START, scope: Scope | None = None
) -> Order:
    return order(drawn(drawing), refs(*named), direction, scope)


def told(found: Order) -> list[list[str]]:
    """The steps of each wave; what goes together joined by a plus, what stands in brackets."""
    return [[_step(step) for step in wave] for wave in found.waves]


def _step(step: object) -> str:
    text = "+".join(str(one.id) for one in step.things)  # type: ignore[attr-defined]
    return f"({text})" if step.stands else text  # type: ignore[attr-defined]


def test_starting_goes_from_the_bottom_up_and_each_wave_at_once() -> None:
    assert told(asked(ROOM, "rack:R1")) == [
        ["rack:R1"],
        ["host:h1"],
        ["vm:sso-1", "vm:web-1"],
        ["app:SSO", "(workload:SIMPEG/web)"],
        ["app:SIMPEG"],
    ]


def test_stopping_is_starting_backwards() -> None:
    start, stop = (told(asked(ROOM, "rack:R1", direction=one)) for one in Direction)
    assert stop == start[::-1]


def test_what_goes_on_without_the_thing_is_marked() -> None:
    assert told(asked(ROOM, "rack:R2")) == [
        ["rack:R2"],
        ["host:h2"],
        ["vm:web-2"],
        ["(workload:SIMPEG/web)"],
        ["(app:SIMPEG)"],
    ]


def test_an_app_is_asked_for_what_it_rests_on_itself_last() -> None:
    waves = told(asked(ROOM, "app:SIMPEG"))
    assert (waves[0], waves[-1]) == (["rack:R1", "rack:R2"], ["app:SIMPEG"])
    assert waves[2] == ["vm:sso-1", "vm:web-1", "vm:web-2"]


def test_what_rests_on_an_app_is_told_when_asked() -> None:
    found = asked(ROOM, "app:SSO", scope=Scope.ABOVE)
    assert told(found) == [["app:SSO"], ["app:SIMPEG"]]


def test_what_needs_each_other_is_one_step() -> None:
    cycle = "app:A -> app:B\n app:B -> app:C\n app:C -> app:A, vm:1\n app:D -> app:B"
    assert told(asked(cycle, "vm:1")) == [["vm:1"], ["app:A+app:B+app:C"], ["app:D"]]


def test_a_cycle_through_a_group_is_one_step_too() -> None:
    cycle = "app:A -> 1 of app:B app:C\n app:B -> app:A"
    found = asked(cycle, "app:A")
    assert told(found) == [["app:C"], ["app:A+app:B"]]


def test_a_soft_need_orders() -> None:
    assert told(asked("app:A -> ~app:B\n app:B -> vm:1", "vm:1"))[1:] == [["app:B"], ["(app:A)"]]


def test_a_soft_need_in_a_cycle_orders_nothing_and_is_named() -> None:
    found = asked("app:A -> app:B\n app:B -> ~app:A, vm:1", "vm:1")
    assert told(found) == [["vm:1"], ["app:B"], ["app:A"]]
    assert [(one.name, other.name) for one, other in found.unordered] == [("B", "A")]


def test_a_soft_need_beside_a_hard_cycle_is_not_worth_a_word() -> None:
    found = asked("app:A -> app:B, ~app:C\n app:B -> app:C\n app:C -> app:A", "app:A")
    assert (told(found), found.unordered) == ([["app:A+app:B+app:C"]], ())


def test_what_does_not_run_is_in_no_wave() -> None:
    drawing = """
        app:NOW -> vm:1, vm:2
        app:OLD (retired) -> workload:OLD/web
        workload:OLD/web -> vm:1
        vm:1 -> host:h1
        vm:2 (planned) -> host:h1
    """
    found = asked(drawing, "host:h1")
    assert told(found) == [["host:h1"], ["vm:1"], ["app:NOW"]]
    assert [str(one.id) for one in found.idle] == ["app:OLD", "workload:OLD/web", "vm:2"]


def test_an_app_that_is_named_has_its_place_though_it_does_not_run() -> None:
    assert told(asked("app:OLD (inactive) -> vm:1", "app:OLD")) == [["vm:1"], ["app:OLD"]]


def test_several_things_are_ordered_together() -> None:
    assert told(asked(ROOM, "host:h1", "host:h2"))[0] == ["host:h1", "host:h2"]
    assert told(asked(ROOM, "host:h1", "host:h2"))[2] == ["app:SSO", "workload:SIMPEG/web"]


def test_only_what_may_be_told_of_is_told() -> None:
    graph = drawn(ROOM)
    among = [graph.find(ref) for ref in refs("app:SSO", "vm:sso-1", "host:h1")]
    found = order(graph, refs("host:h1"), Direction.START, among=among)
    assert told(found) == [["host:h1"], ["vm:sso-1"], ["app:SSO"]]


def test_bad_questions_name_their_field() -> None:
    with pytest.raises(InvalidInput, match="thing: Nothing was named"):
        asked(ROOM)
    with pytest.raises(UnknownThing):
        asked(ROOM, "rack:R9")
