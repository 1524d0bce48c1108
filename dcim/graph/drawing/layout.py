"""Where boxes and lines go when a part of the graph is drawn: pure geometry, no colours, no SVG.

Sugiyama's method in four steps: layers by kind (`layers`), a point in every layer that a line
crosses, barycentre ordering to untangle the lines, and places as near to the neighbours as the
order allows. networkx's multipartite_layout neither reduces crossings nor leads lines around boxes,
and a compiled layout library is more than one drawing is worth. One graph, one drawing: always.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Final, TypeAlias

from dcim.graph.layers import layers_of

if TYPE_CHECKING:
    from dcim.graph.drawing.folding import Line as Need
    from dcim.graph.drawing.folding import Part, Picture

# Units of the drawing, meant as CSS pixels: sizes of the fonts, widths in parts of the size.
TEXT_SIZE, HEADING_SIZE = 12.0, 9.5
LETTER, CAPITAL = 0.58, 0.72
PADDING: Final = 18.0
LEAST_WIDTH, MOST_WIDTH = 64.0, 180.0
BOX_HEIGHT: Final = 36.0
COLUMN_GAP: Final = 14.0
LAYER_GAP: Final = 42.0
SHELF_GAP: Final = 24.0
MARGIN: Final = 12.0
SAG: Final = 14.0
SWEEPS: Final = 12
PLACINGS: Final = 4
MOST_ABREAST: Final = 10

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written into a box: a small heading, and its text; both shortened where too long."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A part drawn: `x`, `y` is its upper left corner, `row` counts from the top."""

    part: Part
    texts: Texts
    row: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where texts are centred."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A need drawn, from the lower edge of one box to the upper edge of another, by their keys."""

    source: str
    target: str
    hard: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes, top row first and left to right, and the lines between them."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def drawing_of(picture: Picture, texts_of: Callable[[Part], Texts]) -> Drawing:
    """The layered drawing of a picture: apps on top, power and places at the bottom.

    Notes:
        O(sweeps x (E' log E')) for E' row-to-row pieces of lines; some 20 ms for 80 boxes.
    """
    texts = {key: _shortened(texts_of(part)) for key, part in picture.parts.items()}
    widths = {key: _width(one) for key, one in texts.items()}
    below: dict[str, list[str]] = {key: [] for key in picture.parts}
    for line in picture.lines:
        below[line.source].append(line.target)
    kinds = {key: part.kind for key, part in picture.parts.items()}
    shelves, sketch, rows = _arranged(layers_of(kinds, below), below)
    middles = _placed(sketch, rows, widths)
    tops = _tops(shelves)
    boxes = tuple(
        Box(
            picture.parts[key], texts[key], at, round(middles[key] - widths[key] / 2, 1), tops[at],
            widths[key], BOX_HEIGHT,
        )
        for at, row in enumerate(rows)
        for key in row
        if key in widths
    )  # fmt: skip
    lines = tuple(_line(line, sketch, middles, tops) for line in picture.lines)
    right = max((box.x + box.width for box in boxes), default=0.0)
    right = max([right, *(x for line in lines for x, _ in line.points)])
    return Drawing(right + MARGIN, (tops or [0.0])[-1] + BOX_HEIGHT + MARGIN, boxes, lines)


def _arranged(
    layer: Mapping[str, int], below: Mapping[str, Sequence[str]]
) -> tuple[list[int], _Sketch, list[list[str]]]:
    """The layer of each row, and the rows in order; a wide layer takes several rows."""
    sketch = _Sketch(layer, below)
    rows = _untangled(sketch)
    boxes = [[key for key in row if key in layer] for row in rows]
    counts = [-(-len(row) // MOST_ABREAST) or 1 for row in boxes]
    shelves = [at for at, count in enumerate(counts) for _ in range(count)]
    if max(counts, default=1) == 1:
        return shelves, sketch, rows
    first = [sum(counts[:at]) for at in range(len(counts))]
    shelf = {
        key: first[at] + place % counts[at]
        for at, row in enumerate(boxes)
        for place, key in enumerate(row)
    }
    sketch = _Sketch(shelf, below)
    return shelves, sketch, _untangled(sketch)


def _tops(shelves: Sequence[int]) -> list[float]:
    """The upper edge of each row; rows of one layer stand closer together."""
    tops = [MARGIN] if shelves else []
    for one, other in pairwise(shelves):
        tops.append(tops[-1] + BOX_HEIGHT + (SHELF_GAP if one == other else LAYER_GAP))
    return tops


def _width(texts: Texts) -> float:
    longest = max(_length(texts.text, TEXT_SIZE), _length(texts.heading, HEADING_SIZE))
    return min(max(round(longest + PADDING), LEAST_WIDTH), MOST_WIDTH)


def _length(text: str, size: float) -> float:
    capitals = sum(letter.isupper() for letter in text)
    return size * (CAPITAL * capitals + LETTER * (len(text) - capitals))


def _shortened(texts: Texts) -> Texts:
    return Texts(_fitting(texts.heading, HEADING_SIZE), _fitting(texts.text, TEXT_SIZE))


def _fitting(text: str, size: float) -> str:
    room = MOST_WIDTH - PADDING
    if _length(text, size) <= room:
        return text
    most = next(n for n in range(len(text), 0, -1) if _length(text[:n] + "…", size) <= room)
    return f"{text[:most]}…"


class _Sketch:
    """Nodes in layers, and lines cut at every layer they cross by a point of their own."""

    def __init__(self, layer: Mapping[str, int], below: Mapping[str, Sequence[str]]) -> None:
        self.layer = dict(layer)
        self.paths: dict[tuple[str, str], list[str]] = {}
        self.above: dict[str, list[str]] = defaultdict(list)
        self.below: dict[str, list[str]] = defaultdict(list)
        for source, targets in below.items():
            for target in targets:
                self._cut(source, target)

    def _cut(self, source: str, target: str) -> None:
        first, last = self.layer[source], self.layer[target]
        step = 1 if first <= last else -1
        path = [source]
        for layer in range(first + step, last, step):
            path.append(f"{source} | {target} | {layer}")
            self.layer[path[-1]] = layer
        path.append(target)
        self.paths[source, target] = path
        for one, other in pairwise(path):
            if self.layer[one] != self.layer[other]:
                upper, lower = sorted((one, other), key=self.layer.__getitem__)
                self.below[upper].append(lower)
                self.above[lower].append(upper)


def _untangled(sketch: _Sketch) -> list[list[str]]:
    """The rows, each ordered by the barycentre of its neighbours; the best of all sweeps."""
    rows: list[list[str]] = [[] for _ in range(max(sketch.layer.values()) + 1)]
    for key, layer in sketch.layer.items():
        rows[layer].append(key)
    best, fewest = rows, _crossings(sketch, rows)
    for sweep in range(SWEEPS):
        rows = _swept(sketch, rows, downwards=sweep % 2 == 0)
        found = _crossings(sketch, rows)
        if found < fewest:
            best, fewest = rows, found
    return best


def _swept(sketch: _Sketch, rows: Sequence[Sequence[str]], *, downwards: bool) -> list[list[str]]:
    beside = sketch.above if downwards else sketch.below
    rank: dict[str, float] = {}
    swept = []
    for row in rows if downwards else reversed(rows):
        now = {key: float(place) for place, key in enumerate(row)}
        wish = {k: fmean(rank[n] for n in beside[k]) if beside[k] else now[k] for k in row}
        swept.append(sorted(row, key=lambda key: (wish[key], now[key])))
        rank |= {key: float(place) for place, key in enumerate(swept[-1])}
    return swept if downwards else swept[::-1]


def _crossings(sketch: _Sketch, rows: Sequence[Sequence[str]]) -> int:
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
    sketch: _Sketch, rows: Sequence[Sequence[str]], widths: Mapping[str, float]
) -> dict[str, float]:
    """The middle of each box and point: near its neighbours, in order, without overlap."""
    middles: dict[str, float] = {}
    for row in rows:
        middles |= _apart(row, _wishes(row, sketch.above, middles), widths)
    both = {key: sketch.above[key] + sketch.below[key] for key in middles}
    for _ in range(PLACINGS):
        for row in (*reversed(rows), *rows):
            middles |= _apart(row, _wishes(row, both, middles), widths)
    left = min(middle - widths.get(key, 0.0) / 2 for key, middle in middles.items()) - MARGIN
    return {key: round(middle - left, 1) for key, middle in middles.items()}


def _wishes(
    row: Sequence[str],
    beside: Mapping[str, Sequence[str]],
    middles: Mapping[str, float],
) -> list[float]:
    """Where each would stand if it were alone: amid its neighbours, else where it is."""
    return [
        fmean(middles[other] for other in beside[key]) if beside[key] else middles.get(key, 0.0)
        for key in row
    ]


def _apart(
    row: Sequence[str], wishes: Sequence[float], widths: Mapping[str, float]
) -> dict[str, float]:
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


def _line(line: Need, sketch: _Sketch, middles: Mapping[str, float], tops: Sequence[float]) -> Line:
    path = sketch.paths[line.source, line.target]
    edges = [tops[sketch.layer[key]] for key in path]
    return Line(line.source, line.target, line.hard, _points(path, edges, middles))


def _points(
    path: Sequence[str], tops: Sequence[float], middles: Mapping[str, float]
) -> tuple[Point, ...]:
    """From edge to edge; a line passes straight down through each row that it crosses."""
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
