"""Where boxes and lines go when what an app rests on is drawn: pure geometry, no colours, no SVG.

Sugiyama's method in four steps: layers by kind (`layers`), a point in every layer that a line
crosses, barycentre ordering to untangle the lines, and places as near to the neighbours as the
order allows. networkx's multipartite_layout neither reduces crossings nor leads lines around boxes,
and a compiled layout library is more than one drawing is worth. One graph, one drawing: always.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Final, TypeAlias

from dcim.graph.facts import Group
from dcim.graph.folding import picture_of
from dcim.graph.graph import NodeId, node_id
from dcim.graph.layers import layers_of
from dcim.vocabulary.things import ThingKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dcim.graph.facts import Node
    from dcim.graph.folding import Picture
    from dcim.graph.requirements import Requirements
    from dcim.vocabulary.things import Ref

# Units of the drawing, meant as CSS pixels: a letter of 12 px text is about 7 wide.
LETTER: Final = 7.0
LEAST_WIDTH, MOST_WIDTH = 56.0, 170.0
BOX_HEIGHT: Final = 34.0
COLUMN_GAP: Final = 14.0
LAYER_GAP: Final = 42.0
MARGIN: Final = 12.0
SAG: Final = 14.0
SWEEPS: Final = 12
PLACINGS: Final = 4
MOST_NODES: Final = 60

# Their labels are long: an app's full name.
NAMED_BY_CODE: Final = frozenset({ThingKind.APP, ThingKind.WORKLOAD})

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A node drawn: `x`, `y` is its upper left corner.

    `members` are the things it stands for: itself, or the power that was folded into it. `text` is
    what fits into the box, `node` has the whole name and label.
    """

    node: Node
    members: tuple[Ref, ...]
    text: str
    layer: int
    x: float
    y: float
    width: float
    height: float

    @property
    def is_folded(self) -> bool:
        """Whether it stands for several things."""
        return self.members != (self.node.id,)


@dataclass(frozen=True, slots=True)
class Line:
    """A need drawn, from the lower edge of one box to the upper edge of another."""

    source: Ref
    target: Ref
    hard: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes, top layer first and left to right, and the lines between them."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def drawing_of(requirements: Requirements, most_nodes: int = MOST_NODES) -> Drawing:
    """The layered drawing of what an app rests on.

    Args:
        requirements: From `requirements()`.
        most_nodes: With more nodes than this the power of each rack is folded into one box.

    Notes:
        O(sweeps x (E' log E')) for E' layer-to-layer pieces of lines; some 20 ms for 80 nodes.
    """
    picture = picture_of(requirements, most_nodes)
    nodes = {node_id(node.id): node for node in picture.nodes}
    widths = {key: _width(_text(node)) for key, node in nodes.items()}
    sketch = _Sketch(nodes, picture)
    order = _untangled(sketch)
    middles = _placed(sketch, order, widths)
    boxes = tuple(
        _box(picture, nodes[key], sketch.layer[key], middles[key], widths[key])
        for row in order
        for key in row
        if key in nodes
    )
    lines = _lines(picture, sketch, middles)
    right = max(box.x + box.width for box in boxes)
    right = max([right, *(x for line in lines for x, _ in line.points)])
    return Drawing(right + MARGIN, _top(len(order) - 1) + BOX_HEIGHT + MARGIN, boxes, lines)


def _text(node: Node) -> str:
    if isinstance(node, Group):
        return f"{node.needed}/{node.size} {node.label}"
    return node.name if node.kind in NAMED_BY_CODE else node.label or node.name


def _width(text: str) -> float:
    return min(max(LETTER * len(text) + 16, LEAST_WIDTH), MOST_WIDTH)


def _shortened(text: str) -> str:
    most = int((MOST_WIDTH - 16) / LETTER)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _top(layer: int) -> float:
    return MARGIN + layer * (BOX_HEIGHT + LAYER_GAP)


def _box(picture: Picture, node: Node, layer: int, middle: float, width: float) -> Box:
    members = picture.folded.get(node.id, (node.id,))
    text = _shortened(_text(node))
    x = round(middle - width / 2, 1)
    return Box(node, members, text, layer, x, _top(layer), width, BOX_HEIGHT)


class _Sketch:
    """Nodes in layers, and lines cut at every layer they cross by a point of their own."""

    def __init__(self, nodes: Mapping[NodeId, Node], picture: Picture) -> None:
        below: dict[NodeId, list[NodeId]] = {key: [] for key in nodes}
        for need in picture.needs:
            below[node_id(need.source)].append(node_id(need.target))
        self.layer = layers_of(nodes, below)
        self.paths: dict[tuple[NodeId, NodeId], list[NodeId]] = {}
        self.above: dict[NodeId, list[NodeId]] = defaultdict(list)
        self.below: dict[NodeId, list[NodeId]] = defaultdict(list)
        for source, targets in below.items():
            for target in targets:
                self._cut(source, target)

    def _cut(self, source: NodeId, target: NodeId) -> None:
        first, last = self.layer[source], self.layer[target]
        step = 1 if first <= last else -1
        path = [source]
        for layer in range(first + step, last, step):
            path.append(NodeId(f"{source} | {target} | {layer}"))
            self.layer[path[-1]] = layer
        path.append(target)
        self.paths[source, target] = path
        for one, other in pairwise(path):
            if self.layer[one] != self.layer[other]:
                upper, lower = sorted((one, other), key=self.layer.__getitem__)
                self.below[upper].append(lower)
                self.above[lower].append(upper)


def _untangled(sketch: _Sketch) -> list[list[NodeId]]:
    """The rows, each ordered by the barycentre of its neighbours; the best of all sweeps."""
    rows: list[list[NodeId]] = [[] for _ in range(max(sketch.layer.values()) + 1)]
    for key, layer in sketch.layer.items():
        rows[layer].append(key)
    best, fewest = rows, _crossings(sketch, rows)
    for sweep in range(SWEEPS):
        rows = _swept(sketch, rows, downwards=sweep % 2 == 0)
        found = _crossings(sketch, rows)
        if found < fewest:
            best, fewest = rows, found
    return best


def _swept(
    sketch: _Sketch, rows: Sequence[Sequence[NodeId]], *, downwards: bool
) -> list[list[NodeId]]:
    beside = sketch.above if downwards else sketch.below
    rank: dict[NodeId, float] = {}
    swept = []
    for row in rows if downwards else reversed(rows):
        now = {key: float(place) for place, key in enumerate(row)}
        wish = {k: fmean(rank[n] for n in beside[k]) if beside[k] else now[k] for k in row}
        swept.append(sorted(row, key=lambda key: (wish[key], now[key])))
        rank |= {key: float(place) for place, key in enumerate(swept[-1])}
    return swept if downwards else swept[::-1]


def _crossings(sketch: _Sketch, rows: Sequence[Sequence[NodeId]]) -> int:
    """How many pairs of line pieces cross, counted as inversions of their lower ends."""
    rank = {key: place for row in rows for place, key in enumerate(row)}
    return sum(
        _inversions([low for key in row for low in sorted(rank[n] for n in sketch.below[key])])
        for row in rows
    )


def _inversions(values: Sequence[int]) -> int:
    found = 0
    seen: list[int] = []
    for value in values:
        place = bisect_right(seen, value)
        found += len(seen) - place
        seen.insert(place, value)
    return found


def _placed(
    sketch: _Sketch, rows: Sequence[Sequence[NodeId]], widths: Mapping[NodeId, float]
) -> dict[NodeId, float]:
    """The middle of each box and point: near its neighbours, in order, without overlap."""
    middles: dict[NodeId, float] = {}
    for row in rows:
        middles |= _apart(row, _wishes(row, sketch.above, middles), widths)
    both = {key: sketch.above[key] + sketch.below[key] for key in middles}
    for _ in range(PLACINGS):
        for row in (*reversed(rows), *rows):
            middles |= _apart(row, _wishes(row, both, middles), widths)
    left = min(middle - widths.get(key, 0.0) / 2 for key, middle in middles.items()) - MARGIN
    return {key: round(middle - left, 1) for key, middle in middles.items()}


def _wishes(
    row: Sequence[NodeId],
    beside: Mapping[NodeId, Sequence[NodeId]],
    middles: Mapping[NodeId, float],
) -> list[float]:
    """Where each would stand if it were alone: amid its neighbours, else where it is."""
    return [
        fmean(middles[other] for other in beside[key]) if beside[key] else middles.get(key, 0.0)
        for key in row
    ]


def _apart(
    row: Sequence[NodeId], wishes: Sequence[float], widths: Mapping[NodeId, float]
) -> dict[NodeId, float]:
    """The places nearest to the wishes (least squares) that keep the order and the gaps.

    Notes:
        Minus the room that all to the left take, places need only not fall: an isotonic regression,
        solved by pooling neighbours that violate it. O(n).
    """
    room = [0.0]
    for one, other in pairwise(row):
        gap = (widths.get(one, 0.0) + widths.get(other, 0.0)) / 2 + COLUMN_GAP
        room.append(room[-1] + gap)
    pools: list[tuple[float, int]] = []
    for wish, taken in zip(wishes, room, strict=True):
        mean, count = wish - taken, 1
        while pools and pools[-1][0] > mean:
            before, many = pools.pop()
            mean = (before * many + mean * count) / (many + count)
            count += many
        pools.append((mean, count))
    level = (mean for mean, count in pools for _ in range(count))
    return {key: place + taken for key, place, taken in zip(row, level, room, strict=True)}


def _lines(picture: Picture, sketch: _Sketch, middles: Mapping[NodeId, float]) -> tuple[Line, ...]:
    return tuple(
        Line(need.source, need.target, need.hard, _points(path, sketch, middles))
        for need in picture.needs
        if (path := sketch.paths[node_id(need.source), node_id(need.target)])
    )


def _points(
    path: Sequence[NodeId], sketch: _Sketch, middles: Mapping[NodeId, float]
) -> tuple[Point, ...]:
    """From edge to edge; a line passes straight down through each row that it crosses."""
    tops = [_top(sketch.layer[key]) for key in path]
    falls = tops[0] <= tops[-1]
    points: list[Point] = [(middles[path[0]], tops[0] + (BOX_HEIGHT if falls else 0.0))]
    for key, top in zip(path[1:-1], tops[1:-1], strict=True):
        through = ((middles[key], top), (middles[key], top + BOX_HEIGHT))
        points.extend(through if falls else through[::-1])
    # Within a row (a cycle) the line hangs below both boxes.
    end = 0.0 if tops[0] < tops[-1] else BOX_HEIGHT
    if tops[0] == tops[-1]:
        points.append((fmean((middles[path[0]], middles[path[-1]])), tops[0] + BOX_HEIGHT + SAG))
    points.append((middles[path[-1]], tops[-1] + end))
    return tuple(points)
