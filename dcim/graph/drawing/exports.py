"""A graph as files that other programs read: GraphML, networkx's node-link JSON, and DOT.

GraphML and node-link are networkx's own writers. DOT is written here: networkx writes it by pydot,
which takes what stands before a colon for the name, so that every `vm:…` becomes one node.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Final

from dcim.vocabulary.errors import InvalidInput

if TYPE_CHECKING:
    import networkx as nx

LINES_AT_ONCE: Final = 500
LETTERS_AT_ONCE: Final = 65_536
# What XML 1.0 has no way to write: control characters but tab and ends of lines.
CONTROLS: Final = {*range(32), 0xFFFE, 0xFFFF} - {9, 10, 13}
NOT_IN_XML: Final = dict.fromkeys(CONTROLS, "\N{REPLACEMENT CHARACTER}")


class Format(StrEnum):
    """The files that a graph can be had as."""

    NODE_LINK = "node-link"
    GRAPHML = "graphml"
    DOT = "dot"

    @property
    def media_type(self) -> str:
        """What the file is to a browser."""
        return MEDIA_TYPES[self]

    @property
    def ending(self) -> str:
        """How the name of the file ends."""
        return "json" if self is Format.NODE_LINK else self.value


MEDIA_TYPES: Final = {
    Format.NODE_LINK: "application/json",
    Format.GRAPHML: "application/graphml+xml",
    Format.DOT: "text/vnd.graphviz",
}


def written(graph: nx.DiGraph[str], form: Format) -> Iterator[str]:
    """The file, piece by piece.

    Notes: O(V + E), and beside the graph as much memory as networkx's writer takes.

    >>> import networkx as nx
    >>> graph = nx.DiGraph([("app:A", "vm:1", {"hard": False})])
    >>> print("".join(written(graph, Format.DOT)), end="")
    digraph {
      node [shape=box]
      "app:A"
      "vm:1"
      "app:A" -> "vm:1" [hard="false", style="dashed"]
    }
    """
    import networkx as nx

    if form is Format.NODE_LINK:
        yield json.dumps(nx.node_link_data(graph), ensure_ascii=False)
    elif form is Format.GRAPHML:
        # Not generate_graphml: it breaks lines at characters that stand inside of names.
        file = BytesIO()
        nx.write_graphml_xml(graph, file)
        text = file.getvalue().decode().translate(NOT_IN_XML)
        yield from (text[at : at + LETTERS_AT_ONCE] for at in range(0, len(text), LETTERS_AT_ONCE))
    else:
        yield from _joined(_dot(graph))


def file_name(scope: str, form: Format) -> str:
    """What to call the file of a scope.

    >>> file_name("site:Pusat Data/Ruang 1", Format.DOT)
    'site-Pusat-Data-Ruang-1.dot'
    """
    plain = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in scope)
    return f"{'-'.join(plain.split()) or 'graph'}.{form.ending}"


def refuse_more_than(most: int, size: int, scope: str, way_out: str) -> None:
    """Refuse a part of the graph that is larger than `most` nodes.

    Raises: InvalidInput, which says how to ask for less.
    """
    if size > most:
        raise InvalidInput(
            f"“{scope}” has {size} nodes, more than the {most} that are given at once.",
            field="scope",
            hint=f"Name a part of it: a site, a tenant, a cluster, an app. {way_out}".strip(),
        )


def _joined(lines: Iterator[str]) -> Iterator[str]:
    while some := list(islice(lines, LINES_AT_ONCE)):
        yield "".join(f"{line}\n" for line in some)


def _dot(graph: nx.DiGraph[str]) -> Iterator[str]:
    yield "digraph {"
    if graph.graph:
        yield f"  graph{_dot_attributes(graph.graph)}"
    yield "  node [shape=box]"
    for node, attributes in graph.nodes(data=True):
        yield f"  {_quoted(node)}{_dot_attributes(attributes)}"
    for source, target, attributes in graph.edges(data=True):
        style = {} if attributes.get("hard", True) else {"style": "dashed"}
        yield f"  {_quoted(source)} -> {_quoted(target)}{_dot_attributes(attributes | style)}"
    yield "}"


def _dot_attributes(attributes: Mapping[str, object]) -> str:
    """The attributes in brackets; empty ones are left out, since an empty label hides the name.

    So is `name`, which pydot can't read, and which the node's id tells.
    """
    texts = {name: _dot_value(value) for name, value in attributes.items() if name != "name"}
    shown = ", ".join(f"{name}={_quoted(text)}" for name, text in texts.items() if text)
    return f" [{shown}]" if shown else ""


def _dot_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    """A text as DOT writes it; a backslash is doubled, or the last would hide the closing sign."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
