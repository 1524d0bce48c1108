"""The negotiation curve as SVG: weight that comes back over the share of the ask.

Read without colour: one solid line of steps, a ring where an app is gained, with its code. Whoever
draws hands in the words; a table beside it says the same to those who don't see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as Xml

from dcim.planning.scenarios.curve import WHOLE, Curve, CurvePoint

NAMESPACE: Final = "http://www.w3.org/2000/svg"
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 28, 52
ROWS: Final = 4
MOST_CODES: Final = 2
LABEL_HEIGHT: Final = 12
# It brings its own ink and paper, so that it can be printed or put into a letter as it is.
STYLE: Final = """
svg{--ink:#16211f;--quiet:#5a6866;--line:#c3cccb;--paper:#fff}
.plot{background:var(--paper)}
.plot text{fill:var(--ink);font:12px system-ui,sans-serif}
.plot .quiet{fill:var(--quiet)}.plot .grid{stroke:var(--line)}
.plot .steps{fill:none;stroke:var(--ink);stroke-width:2.5}
.plot circle{fill:var(--paper);stroke:var(--ink);stroke-width:2}
.plot .lead{stroke:var(--quiet);stroke-dasharray:2 3}
"""


@dataclass(frozen=True, slots=True)
class PlotWords:
    """What is written on the plot; `description` says what it shows in a sentence."""

    title: str
    description: str
    share: str
    weight: str


def plot_of(curve: Curve, words: PlotWords, style: str = STYLE) -> str:
    """The curve as SVG."""
    svg = Xml.Element(
        "svg",
        {
            "class": "plot", "xmlns": NAMESPACE, "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "width": f"{WIDTH}", "height": f"{HEIGHT}", "role": "img",
            "aria-labelledby": "plot-title plot-desc",
        },
    )  # fmt: skip
    Xml.SubElement(svg, "title", {"id": "plot-title"}).text = words.title
    Xml.SubElement(svg, "desc", {"id": "plot-desc"}).text = words.description
    if style:
        Xml.SubElement(svg, "style").text = style
    plot = _Plot(svg, curve)
    plot.draw_grid()
    plot.draw_axes(words)
    plot.draw_steps()
    plot.draw_gains()
    return Xml.tostring(svg, encoding="unicode")


class _Plot:
    """Where things go."""

    def __init__(self, svg: Xml.Element, curve: Curve) -> None:
        self.svg = svg
        self.points = curve.points
        weights = [one.reached.weight for one in curve.points]
        self.low, self.high = min(weights), max(weights)

    def x(self, share: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * share / WHOLE

    def y(self, weight: float) -> float:
        span = max(1, self.high - self.low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM - 24) * (weight - self.low) / span

    def draw_grid(self) -> None:
        for row in range(ROWS + 1 if self.high > self.low else 1):
            weight = self.low + round((self.high - self.low) * row / ROWS)
            self._line(LEFT, self.y(weight), WIDTH - RIGHT, self.y(weight), "grid")
            self._text(LEFT - 8, self.y(weight) + 4, str(weight), "end")
        for share in range(0, WHOLE + 1, WHOLE // 10):
            self._line(self.x(share), HEIGHT - BOTTOM, self.x(share), HEIGHT - BOTTOM + 5, "grid")
            self._text(self.x(share), HEIGHT - BOTTOM + 19, f"{share // 10}%", "middle")

    def draw_axes(self, words: PlotWords) -> None:
        self._text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, words.share, "middle", "quiet")
        self._text(LEFT, 16, words.weight, "start", "quiet")

    def draw_steps(self) -> None:
        first, *rest = self.points
        path = f"M{self.x(first.share):.1f} {self.y(first.reached.weight):.1f}"
        for one in rest:
            path += f"H{self.x(one.share):.1f}V{self.y(one.reached.weight):.1f}"
        path += f"H{self.x(WHOLE):.1f}"
        Xml.SubElement(self.svg, "path", {"class": "steps", "d": path})

    def draw_gains(self) -> None:
        """A ring where more comes back; codes to the left of it, above the line, which only rises.

        Labels that would lie on one another go up, with a line that leads to theirs.
        """
        for point, lift in self._lifted():
            x, y = self.x(point.share), self.y(point.reached.weight)
            if lift:
                self._line(x, y - 6, x, y - 8 - lift, "lead")
            Xml.SubElement(self.svg, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4"})
            self._text(x - 7, y - 7 - lift, _codes(point), "end" if x > LEFT + 150 else "start")

    def _lifted(self) -> Iterator[tuple[CurvePoint, float]]:
        """Each point that gains something, and by how much its label is lifted."""
        last = None
        for point in self.points:
            if not (point.gained and point.reached.weight > self.low):
                continue
            y = self.y(point.reached.weight)
            lift = 0.0 if last is None else max(0.0, y - 7 - (last - LABEL_HEIGHT))
            last = y - 7 - lift
            yield point, min(lift, max(0.0, y - 7 - LABEL_HEIGHT))

    def _line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        numbers = {name: f"{number:.1f}" for name, number in ends.items()}
        Xml.SubElement(self.svg, "line", {"class": kind, **numbers})

    def _text(self, x: float, y: float, text: str, anchor: str, kind: str = "") -> None:
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "class": kind}
        Xml.SubElement(self.svg, "text", place).text = text


def _codes(point: CurvePoint) -> str:
    shown = " ".join(f"+{code}" for code in point.gained[:MOST_CODES])
    more = len(point.gained) - MOST_CODES
    return f"{shown} …+{more}" if more > 0 else shown
