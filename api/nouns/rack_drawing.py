"""An elevation as an SVG file that stands by itself: numbers, devices, reserved units."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as Xml

from dcim.planning.capacity.elevation import Frame

NAMESPACE: Final = "http://www.w3.org/2000/svg"
EDGE_PX: Final = 2
STRIP_PX: Final = 4
CHARACTER_PX: Final = 7  # of the names, on average
STYLE: Final = (
    "text{font:12px sans-serif;dominant-baseline:central}"
    ".number{fill:#667;font-size:10px;text-anchor:end}"
    ".frame{fill:none;stroke:#445;stroke-width:2}"
    ".unit{fill:#f6f7f9;stroke:#dde}"
    ".reserved{fill:#fdeecb;stroke:#dde}"
    ".device{fill:#fff;stroke:#889}"
    ".hidden{fill:#ccd;stroke:#889}"
)


@dataclass(frozen=True, slots=True)
class Box:
    """What stands in a rack: its lowest half unit, its height in half units, and its name."""

    half_unit: int
    half_units: int
    text: str = ""
    title: str = ""
    url: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pixels: of a unit, and of the column of numbers beside the units."""

    unit_width: int = 220
    unit_height: int = 22
    legend_width: int = 30


def drawn(frame: Frame, boxes: Iterable[Box], reserved: Collection[int], sizes: Sizes) -> bytes:
    """The SVG of one face of a rack."""
    width, height = sizes.unit_width, frame.u_height * sizes.unit_height
    full = (sizes.legend_width + width + EDGE_PX, height + 2 * EDGE_PX)
    svg = Xml.Element("svg", _strings(width=full[0], height=full[1]))
    svg.set("xmlns", NAMESPACE)
    svg.set("viewBox", f"0 0 {full[0]} {full[1]}")
    Xml.SubElement(svg, "style").text = STYLE
    inside = Xml.SubElement(svg, "g", transform=f"translate({sizes.legend_width} {EDGE_PX})")
    for number in frame.numbers:
        _unit(inside, frame, number, sizes, is_reserved=number in reserved)
    for box in boxes:
        _box(inside, frame, box, sizes)
    _rectangle(inside, "frame", 0, width, height)
    file: bytes = Xml.tostring(svg, encoding="utf-8", xml_declaration=True)
    return file


def _unit(
    parent: Xml.Element, frame: Frame, number: int, sizes: Sizes, *, is_reserved: bool
) -> None:
    y = float(frame.above(2 * number, 2)) * sizes.unit_height
    kind = "reserved" if is_reserved else "unit"
    _rectangle(parent, kind, y, sizes.unit_width, sizes.unit_height)
    place = _strings(x=-6, y=y + sizes.unit_height / 2)
    Xml.SubElement(parent, "text", {"class": "number", **place}).text = str(number)


def _box(parent: Xml.Element, frame: Frame, box: Box, sizes: Sizes) -> None:
    y = float(frame.above(box.half_unit, box.half_units)) * sizes.unit_height
    height = box.half_units * sizes.unit_height / 2
    if not box.text:
        _rectangle(parent, "hidden", y, sizes.unit_width, height)
        return
    link = Xml.SubElement(parent, "a", href=box.url, target="_blank")
    Xml.SubElement(link, "title").text = box.title
    _rectangle(link, "device", y, sizes.unit_width, height)
    _rectangle(link, "strip", y, STRIP_PX, height).set("fill", f"#{box.color}")
    place = _strings(x=STRIP_PX + 8, y=y + height / 2)
    Xml.SubElement(link, "text", place).text = _cut(box.text, sizes.unit_width)


def _rectangle(parent: Xml.Element, kind: str, y: float, width: int, height: float) -> Xml.Element:
    place = _strings(x=0, y=y, width=width, height=height)
    return Xml.SubElement(parent, "rect", {"class": kind, **place})


def _strings(**numbers: float) -> dict[str, str]:
    return {name: f"{number:g}" for name, number in numbers.items()}


def _cut(text: str, width: int) -> str:
    most = max(width // CHARACTER_PX - 2, 1)
    return text if len(text) <= most else f"{text[: most - 1]}…"
