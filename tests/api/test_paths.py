"""Where endpoints lead through patch panels: traces, paths, and what the ends show."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model
from rest_framework.test import APIClient

from dcim.catalog import BY_MODEL
from dcim.record.equipment.devices import Interface
from tests.factories import make
from tests.patching import panel, plug, plug_many, run, trunk

pytestmark = pytest.mark.django_db


def get(api: APIClient, obj: Model, deed: str = "") -> Any:
    answer = api.get(f"/api/{BY_MODEL[type(obj)].path}/{obj.pk}/{deed}")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def nodes(trace: list[Any]) -> list[list[int]]:
    """The ids of near ends, cable and far ends of each cable of a trace."""
    return [
        [*(one["id"] for one in near), cable["id"], *(one["id"] for one in far)]
        for near, cable, far in trace
    ]


def test_a_trace_goes_through_two_panels_cable_by_cable(api: APIClient) -> None:
    a, b, near, far = make(Interface), make(Interface), panel(2), panel(2)
    between = trunk(near, far)
    first, last = run(a, b, near=near, far=far, socket=1)
    assert nodes(get(api, a, "trace/")) == [
        [a.pk, first.pk, near.fronts[1].pk],
        [near.rear.pk, between.pk, far.rear.pk],
        [far.fronts[1].pk, last.pk, b.pk],
    ]


def test_the_way_back_is_the_same_turned_round(api: APIClient) -> None:
    a, b, near, far = make(Interface), make(Interface), panel(), panel()
    trunk(near, far)
    run(a, b, near=near, far=far)
    there, back = (nodes(get(api, one, "trace/")) for one in (a, b))
    assert back == [hop[::-1] for hop in reversed(there)]


def test_both_ends_show_each_other_as_connected(api: APIClient) -> None:
    a, b, near, far = make(Interface), make(Interface), panel(), panel()
    trunk(near, far)
    run(a, b, near=near, far=far)
    for mine, other in ((a, b), (b, a)):
        shown = get(api, mine)
        assert [one["id"] for one in shown["connected_endpoints"]] == [other.pk]
        assert shown["connected_endpoints_type"] == "dcim.interface"
        assert shown["connected_endpoints_reachable"] is True
        assert shown["link_peers_type"] == "dcim.frontport"


def test_an_end_behind_a_planned_trunk_is_not_reachable(api: APIClient) -> None:
    a, b, near, far = make(Interface), make(Interface), panel(), panel()
    trunk(near, far, status="planned")
    run(a, b, near=near, far=far)
    shown = get(api, a)
    assert [one["id"] for one in shown["connected_endpoints"]] == [b.pk]
    assert shown["connected_endpoints_reachable"] is False


def test_strands_of_one_trunk_are_told_apart(api: APIClient) -> None:
    near, far = panel(3), panel(3)
    trunk(near, far)
    pairs = [(make(Interface), make(Interface)) for _ in range(3)]
    for socket, (a, b) in enumerate(pairs):
        run(a, b, near=near, far=far, socket=socket)
    for a, b in pairs:
        assert [one["id"] for one in get(api, a)["connected_endpoints"]] == [b.pk]


def test_a_run_that_stops_at_a_socket_connects_nothing(api: APIClient) -> None:
    a, near, far = make(Interface), panel(), panel()
    trunk(near, far)
    plug(a, near.fronts[0])
    assert len(get(api, a, "trace/")) == 2
    shown = get(api, a)
    assert (shown["connected_endpoints"], shown["connected_endpoints_reachable"]) == (None, False)


def test_the_paths_of_a_trunk_are_those_of_all_its_strands(api: APIClient) -> None:
    near, far = panel(2), panel(2)
    trunk(near, far)
    starts = []
    for socket in range(2):
        a, b = make(Interface), make(Interface)
        run(a, b, near=near, far=far, socket=socket)
        starts += [a.pk, b.pk]
    paths = get(api, near.rear, "paths/")
    assert sorted(one["path"][0][0]["id"] for one in paths) == sorted(starts)
    assert {(one["is_complete"], one["is_active"], one["is_split"]) for one in paths} == {
        (True, True, False)
    }


def test_a_socket_has_the_paths_of_its_own_strand_both_ways(api: APIClient) -> None:
    near, far = panel(2), panel(2)
    trunk(near, far)
    pairs = [(make(Interface), make(Interface)) for _ in range(2)]
    for socket, (a, b) in enumerate(pairs):
        run(a, b, near=near, far=far, socket=socket)
    paths = get(api, far.fronts[0], "paths/")
    assert {one["path"][0][0]["id"] for one in paths} == {one.pk for one in pairs[0]}


def test_a_cable_into_a_trunk_is_split_where_the_strand_is_not_known(api: APIClient) -> None:
    a, near = make(Interface), panel(2)
    plug(a, near.rear)
    ends = [make(Interface), make(Interface)]
    for front, end in zip(near.fronts, ends, strict=True):
        plug(front, end)
    assert get(api, a)["connected_endpoints"] is None
    paths = get(api, near.rear, "paths/")
    of_a = [one for one in paths if one["path"][0][0]["id"] == a.pk]
    assert [(one["is_split"], one["is_complete"]) for one in of_a] == [(True, False)]


def test_a_cable_that_splits_leads_to_every_end(api: APIClient) -> None:
    a, ends = make(Interface), [make(Interface), make(Interface)]
    plug_many([a], list(ends))
    shown = get(api, a)
    assert [one["id"] for one in shown["connected_endpoints"]] == [one.pk for one in ends]
    ((_near, _cable, far),) = get(api, a, "trace/")
    assert [one["id"] for one in far] == [one.pk for one in ends]


def test_an_endpoint_without_a_cable_leads_nowhere(api: APIClient) -> None:
    assert get(api, make(Interface), "trace/") == []
    assert get(api, panel().rear, "paths/") == []
