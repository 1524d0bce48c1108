"""Drawings of the graph as templates need them: plain numbers, addresses, kinds in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from dcim.graph.facts import Group, Thing
from dcim.graph.layout import Box, Drawing, Line, Point
from dcim.vocabulary.things import Ref
from dcim.web.values.formats import TONES
from dcim.web.values.things import KIND_LABELS, page_of_node

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class ShownBox:
    """A box: `x` and `y` is its upper left corner, in pixels; `marks` are its style classes."""

    x: float
    y: float
    width: float
    height: float
    kind: StrOrPromise
    text: str
    title: str
    url: str
    marks: str

    @property
    def middle(self) -> float:
        """Where texts are centred."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as an SVG path."""

    path: str
    marks: str


@dataclass(frozen=True, slots=True)
class ShownDrawing:
    """A drawing with addresses; `single` says whether some box is a single point of failure."""

    width: float
    height: float
    boxes: list[ShownBox]
    lines: list[ShownLine]


def shown_drawing(drawing: Drawing, single_points: Collection[Ref]) -> ShownDrawing:
    """The drawing with an address for each box; single points of failure are marked."""
    return ShownDrawing(
        width=drawing.width,
        height=drawing.height,
        boxes=[_box(box, single_points) for box in drawing.boxes],
        lines=[_line(line) for line in drawing.lines],
    )


def _box(box: Box, single_points: Collection[Ref]) -> ShownBox:
    node = box.node
    marks = [f"kind-{node.kind}"]
    if isinstance(node, Thing) and node.status:
        marks.append(f"tone-{TONES.get(node.status, 'quiet')}")
    if any(member in single_points for member in box.members):
        marks.append("single")
    members = ", ".join(ref.name for ref in box.members) if box.is_folded else ""
    if isinstance(node, Group):
        title = text = count_of(node)
    else:
        title, text = f"{node.name} {node.label}".strip(), box.text
    return ShownBox(
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        kind=KIND_LABELS[node.kind],
        text=text,
        title=members or title,
        url=page_of_node(node),
        marks=" ".join(marks),
    )


def count_of(group: Group) -> str:
    """How many members a group needs, of how many, and what they are."""
    return f"{group.needed}/{group.size} {_(group.label)}"


def _line(line: Line) -> ShownLine:
    return ShownLine(path_of(line.points), "hard" if line.hard else "soft")


def path_of(points: Sequence[Point]) -> str:
    """A smooth path through `points`: each piece leaves and enters upright.

    >>> path_of([(0.0, 0.0), (10.0, 40.0)])
    'M0.0 0.0C0.0 20.0 10.0 20.0 10.0 40.0'
    """
    (x, y), *rest = points
    path = f"M{x:.1f} {y:.1f}"
    for next_x, next_y in rest:
        half = (y + next_y) / 2
        path += f"C{x:.1f} {half:.1f} {next_x:.1f} {half:.1f} {next_x:.1f} {next_y:.1f}"
        x, y = next_x, next_y
    return path
