"""The drawing of what an app rests on."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

from dcim.graph.drawing.folding import Part, Picture, Wishes, picture_of
from dcim.graph.drawing.layout import Box, Drawing, Texts, drawing_of
from dcim.graph.graph import DependencyGraph
from dcim.graph.needs.requirements import requirements
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


def picture(graph: DependencyGraph, most: int = 60, **wishes: Any) -> Picture:
    return picture_of(graph, graph.part(Ref.parse("app:A")), Wishes(most, **wishes))


def texts(part: Part) -> Texts:
    return Texts(part.home, part.key)


def drawing(graph: DependencyGraph, most: int = 60) -> Drawing:
    return drawing_of(picture(graph, most), texts)


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not beside and one.y == other.y


def test_every_requirement_has_a_box_and_every_need_a_line() -> None:
    below = requirements(room(1, 2), Ref.parse("app:A"))
    found = drawing(room(1, 2))
    assert {box.part.key for box in found.boxes} == {str(node.id) for node in below.nodes}
    assert {(line.source, line.target) for line in found.lines} == {
        (str(need.source), str(need.target)) for need in below.needs
    }


def test_boxes_do_not_overlap_and_stay_inside() -> None:
    found = drawing(room(4, 4), most=500)
    assert len(found.boxes) > 80
    assert not any(overlap(one, other) for one, other in combinations(found.boxes, 2))
    assert all(box.x >= 0 and box.x + box.width <= found.width for box in found.boxes)
    assert all(0 <= x <= found.width for line in found.lines for x, _ in line.points)


def test_the_app_is_on_top_and_the_site_at_the_bottom() -> None:
    found = drawing(room(2, 2))
    assert found.boxes[0].part.kind is ThingKind.APP
    assert found.boxes[-1].part.kind is ThingKind.SITE
    assert all(one.y <= other.y for one, other in pairwise(found.boxes))


def test_lines_run_downwards_from_box_to_box() -> None:
    found = drawing(room(2, 2))
    boxes = {box.part.key: box for box in found.boxes}
    for line in found.lines:
        assert line.points[0][1] == boxes[line.source].y + boxes[line.source].height
        assert line.points[-1][1] == boxes[line.target].y
        assert all(one[1] <= other[1] for one, other in pairwise(line.points))


def test_the_same_graph_is_drawn_the_same() -> None:
    assert drawing(room(3, 3)) == drawing(room(3, 3))


def test_a_tree_is_drawn_without_crossings() -> None:
    found = drawing(drawn("app:A -> vm:1, vm:2\n vm:1 -> host:z\n vm:2 -> host:a"))
    places = {box.part.key: box.x for box in found.boxes}
    assert (places["vm:1"] < places["vm:2"]) == (places["host:z"] < places["host:a"])


def test_a_wide_layer_takes_several_rows_without_overlap() -> None:
    found = drawing(drawn("app:A -> " + ", ".join(f"vm:{n}" for n in range(25))))
    machines = [box for box in found.boxes if box.part.kind is ThingKind.VM]
    assert len({box.y for box in machines}) == 3
    assert not any(overlap(one, other) for one, other in combinations(found.boxes, 2))
    assert max(box.x + box.width for box in found.boxes) < 1_500


def box_with(text: str) -> Box:
    return drawing_of(picture(drawn("app:A ->")), lambda _: Texts(text, text)).boxes[0]


def test_long_texts_are_shortened_to_their_box() -> None:
    for letter in "xX":
        box = box_with(letter * 60)
        assert box.texts.text.endswith("…")
        assert 160 < box.width <= 180


def test_a_box_of_capitals_is_wider() -> None:
    assert box_with("WEB-TANAH-GROGOT").width > box_with("web-tanah-grogot").width


def test_an_outlet_stands_between_the_supply_and_its_pdu() -> None:
    inlet = "pdu:P -> psu:P/in\n psu:P/in -> feed:F"
    found = drawing(
        drawn(
            f"app:A -> host:h\n host:h -> psu:h/1\n psu:h/1 -> outlet:P/1\n "
            f"outlet:P/1 -> pdu:P\n {inlet}"
        )
    )
    assert [box.part.key for box in found.boxes][2:] == [
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
    boxes = {box.part.key: box for box in found.boxes}
    (up,) = (line for line in found.lines if line.source == "rack:R")
    assert up.points[0][1] == boxes[up.source].y
    assert up.points[-1][1] == boxes[up.target].y + boxes[up.target].height


def test_a_soft_need_stays_marked() -> None:
    (line,) = drawing(drawn("app:A -> ~app:B")).lines
    assert not line.hard
