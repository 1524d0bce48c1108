"""The drawing of what an app rests on."""

from __future__ import annotations

from itertools import combinations, pairwise

from dcim.graph.graph import DependencyGraph
from dcim.graph.layout import Box, Drawing, drawing_of
from dcim.graph.requirements import requirements
from dcim.vocabulary.things import Ref, ThingKind
from tests.drawn_graphs import drawn


def room(racks: int, hosts_per_rack: int) -> DependencyGraph:
    """An app on a cluster of hosts with two power supplies each, on two feeds."""
    hosts = [f"{r}-{h}" for r in range(racks) for h in range(hosts_per_rack)]
    lines = [f"app:A -> vm:1, vm:2\n vm:1 -> cluster:K\n vm:2 -> cluster:K\n {cluster_of(hosts)}"]
    lines += [rack_of(host.split("-")[0], host) for host in hosts]
    lines += [f"rack:{r} -> site:S" for r in range(racks)]
    return drawn("\n".join([*lines, "panel:A -> site:S", "panel:B -> site:S"]))


def cluster_of(hosts: list[str]) -> str:
    return f"cluster:K -> 1 of {' '.join(f'host:{host}' for host in hosts)}"


def rack_of(rack: str, host: str) -> str:
    sides = "\n".join(
        f"psu:{host}/{side} -> pdu:{rack}{side}\n"
        f"pdu:{rack}{side} -> rack:{rack}, feed:{rack}{side}\n feed:{rack}{side} -> panel:{side}"
        for side in "AB"
    )
    return f"host:{host} -> rack:{rack}, 1 of psu:{host}/A psu:{host}/B\n{sides}"


def drawing(graph: DependencyGraph, most_nodes: int = 60) -> Drawing:
    return drawing_of(requirements(graph, Ref.parse("app:A")), most_nodes)


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not beside and one.y == other.y


def test_every_requirement_has_a_box_and_every_need_a_line() -> None:
    below = requirements(room(1, 2), Ref.parse("app:A"))
    found = drawing_of(below)
    assert {box.node for box in found.boxes} == set(below.nodes)
    assert {(line.source, line.target) for line in found.lines} == {
        (need.source, need.target) for need in below.needs
    }


def test_boxes_do_not_overlap_and_stay_inside() -> None:
    found = drawing(room(4, 4), most_nodes=500)
    assert len(found.boxes) > 80
    assert not any(overlap(one, other) for one, other in combinations(found.boxes, 2))
    assert all(box.x >= 0 and box.x + box.width <= found.width for box in found.boxes)
    assert all(0 <= x <= found.width for line in found.lines for x, _ in line.points)


def test_the_app_is_on_top_and_the_site_at_the_bottom() -> None:
    found = drawing(room(2, 2))
    assert found.boxes[0].node.kind is ThingKind.APP
    assert found.boxes[-1].node.kind is ThingKind.SITE
    assert all(one.y <= other.y for one, other in pairwise(found.boxes))


def test_lines_run_downwards_from_box_to_box() -> None:
    found = drawing(room(2, 2))
    boxes = {box.node.id: box for box in found.boxes}
    for line in found.lines:
        assert line.points[0][1] == boxes[line.source].y + boxes[line.source].height
        assert line.points[-1][1] == boxes[line.target].y
        assert all(one[1] <= other[1] for one, other in pairwise(line.points))


def test_the_same_graph_is_drawn_the_same() -> None:
    assert drawing(room(3, 3)) == drawing(room(3, 3))


def test_a_tree_is_drawn_without_crossings() -> None:
    found = drawing(drawn("app:A -> vm:1, vm:2\n vm:1 -> host:z\n vm:2 -> host:a"))
    places = {box.node.name: box.x for box in found.boxes}
    assert (places["1"] < places["2"]) == (places["z"] < places["a"])


def test_a_group_says_how_many_of_how_many() -> None:
    (group,) = (box for box in drawing(room(1, 3)).boxes if box.node.name == "K#1")
    assert group.text == "1/3 members"


def test_a_large_drawing_folds_power_by_rack() -> None:
    found = drawing(room(4, 4), most_nodes=60)
    folded = [box for box in found.boxes if box.is_folded]
    assert [box.text for box in folded] == ["⚡ 0", "⚡ 1", "⚡ 2", "⚡ 3"]
    assert len(found.boxes) < 40
    assert Ref.parse("psu:0-1/B") in folded[0].members


def test_power_of_one_rack_is_one_box_though_its_sides_are_apart() -> None:
    sides = "\n".join(
        f"host:{side} -> psu:{side}/1\n psu:{side}/1 -> pdu:{side}\n pdu:{side} -> rack:R"
        for side in "AB"
    )
    found = drawing(drawn(f"app:A -> host:A, host:B\n {sides}"), most_nodes=5)
    assert [box.text for box in found.boxes if box.is_folded] == ["⚡ R"]


def test_folded_power_keeps_its_needs() -> None:
    lines = {(str(line.source), str(line.target)) for line in drawing(room(4, 4)).lines}
    assert ("host:0-1", "psu:power 0") in lines
    assert ("psu:power 0", "panel:A") in lines


def test_an_outlet_stands_between_the_supply_and_its_pdu() -> None:
    inlet = "pdu:P -> psu:P/in\n psu:P/in -> feed:F"
    found = drawing(
        drawn(
            f"app:A -> host:h\n host:h -> psu:h/1\n psu:h/1 -> outlet:P/1\n "
            f"outlet:P/1 -> pdu:P\n {inlet}"
        )
    )
    assert [str(box.node.id) for box in found.boxes][2:] == [
        "psu:h/1",
        "outlet:P/1",
        "pdu:P",
        "psu:P/in",
        "feed:F",
    ]


def test_apps_in_a_cycle_are_drawn_beside_each_other() -> None:
    found = drawing(drawn("app:A -> app:B\n app:B -> app:A"))
    assert len({box.y for box in found.boxes}) == 1
    assert len(found.lines) == 2


def test_a_need_that_points_upwards_is_drawn_from_edge_to_edge() -> None:
    found = drawing(drawn("app:A -> rack:R\n rack:R -> vm:1"))
    boxes = {box.node.id: box for box in found.boxes}
    (up,) = (line for line in found.lines if line.source == Ref.parse("rack:R"))
    assert up.points[0][1] == boxes[up.source].y
    assert up.points[-1][1] == boxes[up.target].y + boxes[up.target].height


def test_a_soft_need_stays_marked() -> None:
    (line,) = drawing(drawn("app:A -> ~app:B")).lines
    assert not line.hard
