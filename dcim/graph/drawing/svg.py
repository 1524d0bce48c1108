"""A drawing as SVG: boxes that are links, lines that know their ends, a mark for what is down.

Pages put it into their own frame and give it their colours; by itself it brings `STYLE`. What is
down, degraded or has failed is told by colour, by the shape of its mark, and in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as Xml

from dcim.graph.drawing.exports import NOT_IN_XML

if TYPE_CHECKING:
    from dcim.graph.drawing.folding import Part
    from dcim.graph.drawing.layout import Box, Drawing, Line, Point

NAMESPACE: Final = "http://www.w3.org/2000/svg"
BEHIND_PX: Final = 4.0
# Shapes of marks, around their middle: a cross in a square, a cross, an exclamation mark.
MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "failed": ("M-7-7H7V7H-7Z", "M-3.5-3.5L3.5 3.5M3.5-3.5L-3.5 3.5"),
    "down": ("M-7 0A7 7 0 1 1 7 0A7 7 0 1 1-7 0Z", "M-3-3L3 3M3-3L-3 3"),
    "degraded": ("M0-8L8 6H-8Z", "M0-3V1.5M0 3.5V4.5"),
}
STYLE: Final = """
svg{--ink:#16211f;--quiet:#5a6866;--line:#8d999b;--raised:#fff;--accent:#0f766e;--wash:#e3f1ef;
--bad:#b3261e;--bad-wash:#fbe9e7;--plan:#8a5a00;--plan-wash:#fdf2dc;background:#fff}
@media (prefers-color-scheme:dark){svg{--ink:#e3e9e8;--quiet:#94a3a1;--line:#6b787b;
--raised:#20282a;--accent:#4fc4b7;--wash:#17322f;--bad:#ff9087;--bad-wash:#3a1f1d;--plan:#e5b45a;
--plan-wash:#33290f;background:#181e20}}
path.need{fill:none;stroke:var(--line);stroke-width:1.25}path.soft{stroke-dasharray:4 3}
rect{fill:var(--raised);stroke:var(--line)}
text{fill:var(--ink);font:12px system-ui,sans-serif;text-anchor:middle}
text.heading{fill:var(--quiet);font-size:9.5px}
.kind-app rect{fill:var(--wash);stroke:var(--accent)}.kind-group rect{stroke-dasharray:3 3}
.single rect,.middle rect{stroke-width:2}.single rect{stroke:var(--bad)}
.down rect,.failed rect{fill:var(--bad-wash);stroke:var(--bad);stroke-width:2}
.degraded rect{fill:var(--plan-wash);stroke:var(--plan);stroke-width:2;stroke-dasharray:6 3}
.mark path{fill:var(--bad)}.degraded .mark path{fill:var(--plan)}
.mark path.sign{fill:none;stroke:var(--raised);stroke-width:2}
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a part beside the texts in its box.

    Attributes:
        title: All of it in words, for those who don't see the drawing, and under the pointer.
        url: Where the box leads; "" for nowhere.
        marks: Style classes, `failed`, `down` and `degraded` among them.
    """

    title: str
    url: str = ""
    marks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """What the whole drawing is called, and what it shows in a sentence."""

    title: str
    description: str


def svg_of(
    drawing: Drawing, said: Callable[[Part], Said], heading: Heading, style: str = ""
) -> str:
    """The drawing as SVG, boxes in the order of reading."""
    width, height = f"{drawing.width:g}", f"{drawing.height:g}"
    svg = Xml.Element(
        "svg",
        {
            "class": "chain", "xmlns": NAMESPACE, "width": width, "height": height,
            "viewBox": f"0 0 {width} {height}", "role": "graphics-document document",
            "tabindex": "-1",
            "aria-labelledby": "chain-title chain-desc",
        },
    )  # fmt: skip
    Xml.SubElement(svg, "title", {"id": "chain-title"}).text = heading.title
    Xml.SubElement(svg, "desc", {"id": "chain-desc"}).text = heading.description
    if style:
        Xml.SubElement(svg, "style").text = style
    places = {box.part.key: f"part-{at}" for at, box in enumerate(drawing.boxes)}
    for line in drawing.lines:
        _line(svg, line, places)
    for box in drawing.boxes:
        _box(svg, box, said(box.part), places[box.part.key])
    return Xml.tostring(svg, encoding="unicode").translate(NOT_IN_XML)


def _line(svg: Xml.Element, line: Line, places: Mapping[str, str]) -> None:
    Xml.SubElement(
        svg,
        "path",
        {
            "class": "need" if line.hard else "need soft",
            "d": path_of(line.points),
            "data-from": places[line.source],
            "data-to": places[line.target],
        },
    )


def _box(svg: Xml.Element, box: Box, said: Said, place: str) -> None:
    classes = " ".join(("part", f"kind-{box.part.kind}", *said.marks))
    attributes = {"id": place, "class": classes, "aria-label": said.title}
    if said.url:
        element = Xml.SubElement(svg, "a", {**attributes, "href": said.url})
    else:
        element = Xml.SubElement(svg, "g", {**attributes, "role": "img", "tabindex": "0"})
    Xml.SubElement(element, "title").text = said.title
    if box.part.is_folded:
        _rectangle(element, box, BEHIND_PX)
    _rectangle(element, box, 0.0)
    _text(element, box, box.texts.heading, 13, "heading")
    _text(element, box, box.texts.text, 28)
    for state in MARKS.keys() & set(said.marks):
        _mark(element, box, state)


def _rectangle(parent: Xml.Element, box: Box, shift: float) -> None:
    place = {"x": box.x + shift, "y": box.y + shift, "width": box.width, "height": box.height}
    numbers = {name: f"{number:g}" for name, number in place.items()}
    Xml.SubElement(parent, "rect", {**numbers, "rx": "4"})


def _text(parent: Xml.Element, box: Box, text: str, down: float, kind: str = "") -> None:
    place = {"x": f"{box.middle:g}", "y": f"{box.y + down:g}"}
    Xml.SubElement(parent, "text", {"class": kind, **place} if kind else place).text = text


def _mark(parent: Xml.Element, box: Box, state: str) -> None:
    outline, sign = MARKS[state]
    place = f"translate({box.x:g} {box.y + 1:g})"
    mark = Xml.SubElement(parent, "g", {"class": "mark", "transform": place})
    Xml.SubElement(mark, "path", {"d": outline})
    Xml.SubElement(mark, "path", {"class": "sign", "d": sign})


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
