"""Drawings of the graph as pages show them: the SVG, and the same in a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from dcim.actions.questions.drawings import Asked, Captions, Shown
from dcim.graph.drawing.folding import Part
from dcim.graph.drawing.layout import Drawing, drawing_of
from dcim.graph.drawing.svg import svg_of
from dcim.web.values.formats import TONES
from dcim.web.values.things import KIND_LABELS, page_of_node


@dataclass(frozen=True, slots=True)
class Named:
    """A box by its name, and where it leads."""

    name: str
    url: str
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A box and what it rests on, in words."""

    heading: str
    name: str
    url: str
    state: str
    mark: str
    below: list[Named]


@dataclass(frozen=True, slots=True)
class ShownDrawing:
    """A drawing and the table that says the same; `size` things are shown in the rows' boxes."""

    title: str
    svg: SafeString
    rows: list[Row]
    size: int
    folded: int
    shows_states: bool


def shown_drawing(shown: Shown, url_of: Callable[[Part], str]) -> ShownDrawing:
    """The drawing of a picture, each box with where it leads."""
    captions = Captions(
        shown, KIND_LABELS, url_of, lambda status: f"tone-{TONES.get(status, 'quiet')}"
    )
    drawing = drawing_of(shown.picture, captions.texts)
    svg = svg_of(drawing, captions.said, captions.heading)
    return ShownDrawing(
        title=captions.heading.title,
        svg=mark_safe(svg),  # noqa: S308  # written by ElementTree, which escapes all texts
        rows=_rows(drawing, captions, url_of),
        size=shown.picture.size,
        folded=sum(part.is_folded for part in shown.picture.parts.values()),
        shows_states=bool(shown.failed),
    )


def _rows(drawing: Drawing, captions: Captions, url_of: Callable[[Part], str]) -> list[Row]:
    named = {
        box.part.key: Named(captions.name(box.part), url_of(box.part)) for box in drawing.boxes
    }
    below: dict[str, list[Named]] = defaultdict(list)
    for line in drawing.lines:
        target = named[line.target]
        below[line.source].append(Named(target.name, target.url, not line.hard))
    return [
        Row(
            heading=box.texts.heading,
            name=named[box.part.key].name,
            url=named[box.part.key].url,
            state=captions.state(box.part),
            mark=next(iter(captions.said(box.part).marks[-1:]), ""),
            below=below[box.part.key],
        )
        for box in drawing.boxes
    ]


def address_of(asked: Asked) -> str:
    """The address of the page with the drawing that is asked for."""
    return f"{reverse('graph')}?{urlencode(asked.pairs)}"


def record_page(shown: Shown, part: Part) -> str:
    """The page of a box's object in the record; of a folded box, the drawing with it opened."""
    if part.is_folded:
        return address_of(shown.next_of(part))
    return page_of_node(shown.picture.node_of(part))
