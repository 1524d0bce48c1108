"""Drawings of the graph for a reader: which part is drawn, and what is said of each box of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dcim.actions.questions.answers import known_to, part_seen
from dcim.actions.questions.failures import impact_seen
from dcim.graph.drawing.exports import refuse_more_than
from dcim.graph.drawing.folding import Part, Picture, Wishes, picture_of
from dcim.graph.drawing.layout import Texts, drawing_of
from dcim.graph.drawing.svg import STYLE, Heading, Said, svg_of
from dcim.graph.facts import Group, Thing
from dcim.graph.failures.failing import Failing
from dcim.graph.graph import DependencyGraph
from dcim.graph.homes import EVERYWHERE, POWER
from dcim.graph.propagation import State
from dcim.graph.reach import around
from dcim.record.people.account import User
from dcim.vocabulary.errors import InvalidInput, UnknownThing
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_NODES: Final = 20_000
USUAL_HOPS, MOST_HOPS = 2, 9
MOST_NAMED: Final = 12
FAILED: Final = "failed"
# Their labels are long: an app's full name.
NAMED_BY_CODE: Final = frozenset({ThingKind.APP, ThingKind.WORKLOAD})


class Parameters(Protocol):
    """The parameters of an address."""

    def get(self, name: str) -> object: ...  # noqa: D102

    def getlist(self, name: str) -> Sequence[object]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Asked:
    """Which drawing is asked for.

    Attributes:
        scope: Which part of the graph, see `dcim.graph.scopes`; may be left out with the others.
        focus: KIND:NAME in the middle, with what is up to `hops` steps above and below it.
        failed: What fails: states are drawn, and without a scope all that is hit.
        opened: Keys of folded boxes that are drawn in more detail.
    """

    scope: str = ""
    focus: str = ""
    hops: int = USUAL_HOPS
    failed: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Parameters) -> Asked:
        """What the parameters of an address ask for.

        Raises: InvalidInput: `hops` is no number of steps.
        """
        hops = str(given.get("hops") or USUAL_HOPS)
        if not (hops.isascii() and hops.isdigit() and 1 <= int(hops[:3]) <= MOST_HOPS):
            raise InvalidInput(
                _("“%(text)s” is no number of steps.") % {"text": hops},
                field="hops",
                hint=_("Write a number from 1 to %(most)s.") % {"most": MOST_HOPS},
            )
        return cls(
            str(given.get("scope") or "").strip(),
            str(given.get("focus") or "").strip(),
            int(hops),
            _texts(given.getlist("failed")),
            _texts(given.getlist("open")),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the address that asks for this."""
        pairs = [("scope", self.scope), ("focus", self.focus)]
        if self.focus and self.hops != USUAL_HOPS:
            pairs.append(("hops", str(self.hops)))
        pairs += [("failed", one) for one in self.failed]
        return [pair for pair in pairs if pair[1]] + [("open", one) for one in self.opened]


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one).strip() for one in values if str(one).strip()))


@dataclass(frozen=True)
class Shown:
    """A picture, with what failed and what is in the middle of it."""

    asked: Asked
    picture: Picture
    failed: Collection[int] = frozenset()
    middle: int | None = None
    single: Collection[Ref] = field(default=frozenset())

    def next_of(self, part: Part) -> Asked:
        """What a box asks for: more of what is folded, else the same part with it in the middle."""
        if part.is_folded:
            return replace(self.asked, opened=(*self.asked.opened, part.key))
        return replace(self.asked, focus=part.key, opened=())


def drawing_seen(graph: DependencyGraph, asked: Asked, reader: User) -> Shown:
    """The picture that is asked for, of what the reader may be told of.

    Raises:
        InvalidInput: Nothing is asked for, or too much to draw, or a name can't be read.
        UnknownThing: The graph, or the reader, knows nothing of a name.
    """
    failed, states = _states(graph, asked, reader)
    numbers = _asked_for(graph, asked, reader, states)
    middle = None
    if asked.focus:
        middle = _found(graph, asked.focus, numbers)
        groups = graph.roster.groups.start
        numbers = around(graph.wiring, middle, asked.hops, lambda one: one >= groups, numbers)
    refuse_more_than(
        MOST_NODES, len(numbers), asked.scope or asked.focus, _("Or a focus: focus=KIND:NAME.")
    )
    wishes = Wishes(
        opened=frozenset(asked.opened),
        apart=failed | ({middle} if middle is not None else set()),
        state_of=lambda number: states.get(number, State.UP),
    )
    return Shown(asked, picture_of(graph, numbers, wishes), failed, middle)


def _states(
    graph: DependencyGraph, asked: Asked, reader: User
) -> tuple[frozenset[int], Mapping[int, State]]:
    """What failed, and the state of all that is hit."""
    if not asked.failed:
        return frozenset(), {}
    failed = tuple(_named(text, "failed") for text in asked.failed)
    found = impact_seen(graph, Failing(failed), reader)
    states = dict.fromkeys(found.hit.degraded, State.DEGRADED)
    states |= dict.fromkeys(found.hit.down, State.DOWN)
    return frozenset(found.numbers), states


def _asked_for(
    graph: DependencyGraph, asked: Asked, reader: User, states: Mapping[int, State]
) -> Collection[int]:
    if asked.scope:
        return part_seen(graph, asked.scope, reader)
    known = known_to(graph, reader)
    if asked.failed:
        return {number for number in states if number in known}
    if asked.focus:
        return known
    return part_seen(graph, "", reader)


def _named(text: str, parameter: str) -> Ref:
    """The thing that a parameter names; an error carries the parameter's name."""
    try:
        return Ref.parse(text)
    except InvalidInput as err:
        raise InvalidInput(err.reason, field=parameter, hint=err.hint) from err


def _found(graph: DependencyGraph, text: str, numbers: Collection[int]) -> int:
    ref = _named(text, "focus")
    number = graph.roster.number(ref)
    if number is None or number not in numbers:
        raise UnknownThing(
            _("“%(name)s” is not in this part of the graph.") % {"name": ref},
            field="focus",
            hint=_("Name something that is, or a wider part."),
        )
    return number


def svg_alone(shown: Shown, kinds: Mapping[ThingKind, StrOrPromise], address: str = "") -> str:
    """The drawing as a file of its own.

    Args:
        shown: The picture.
        kinds: What each kind is called.
        address: Where drawings are to be had: boxes open there, or go into the middle.
    """

    def url_of(part: Part) -> str:
        return f"{address}?{urlencode(shown.next_of(part).pairs)}" if address else ""

    captions = Captions(shown, kinds, url_of)
    drawing = drawing_of(shown.picture, captions.texts)
    return svg_of(drawing, captions.said, captions.heading, STYLE)


class Captions:
    """What is written into the boxes of a picture, and said of them.

    Args:
        shown: The picture.
        kinds: What each kind is called.
        url_of: Where a box leads.
        tone_of: The style class of a thing's status.
    """

    def __init__(
        self,
        shown: Shown,
        kinds: Mapping[ThingKind, StrOrPromise],
        url_of: Callable[[Part], str],
        tone_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._shown, self._picture = shown, shown.picture
        self._kinds, self._url_of, self._tone_of = kinds, url_of, tone_of

    @property
    def heading(self) -> Heading:
        """What the drawing is called, and how much it shows."""
        asked, picture = self._shown.asked, self._picture
        names = ", ".join(filter(None, (asked.scope, asked.focus, *asked.failed)))
        title = _("Dependencies: %(things)s")
        if asked.failed:
            title = _("What falls without %(things)s")
        told = _("%(boxes)s boxes for %(nodes)s things; each rests on what is below it.")
        numbers = {"boxes": len(picture.parts), "nodes": picture.size}
        return Heading(title % {"things": names}, told % numbers)

    def texts(self, part: Part) -> Texts:
        """What is written into the box."""
        heading = self._place(part).rpartition("/")[2]
        if not part.is_folded:
            heading = self._kind(part)
        words = filter(None, (heading, self.state(part) or self._status(part)))
        return Texts(" · ".join(words), self.name(part))

    def name(self, part: Part) -> str:
        """What a box is called: its node's name, or how many of what it stands for."""
        if part.is_folded:
            counts = {"count": len(self._things(part)), "kind": self._kinds[part.kind]}
            if part.kind in POWER:
                return _("⚡ %(count)s parts of power") % counts
            return f"{counts['count']} {counts['kind']}"
        node = self._picture.node_of(part)
        if isinstance(node, Group):
            return f"{node.needed}/{node.size} {_(node.label)}"
        return node.name if node.kind in NAMED_BY_CODE else node.label or node.name

    def state(self, part: Part) -> str:
        """How it fares, in a word; nothing while it is up."""
        if not part.is_folded and part.members[0] in self._shown.failed:
            return pgettext("of a thing", "failed")
        words = {
            State.DOWN: pgettext("of a thing", "down"),
            State.DEGRADED: pgettext("of a thing", "degraded"),
        }
        return words.get(part.state, "")

    def _status(self, part: Part) -> str:
        """What the colour of a node's status says, in a word."""
        words = {"tone-bad": _("not running"), "tone-plan": _("planned")}
        return next((words[mark] for mark in self._marks(part) if mark in words), "")

    def said(self, part: Part) -> Said:
        """What is said of it, and how it is marked."""
        below, above = self._counts[part.key]
        told = _("Rests on %(below)s, carries %(above)s.") % {"below": below, "above": above}
        state = self.state(part) or self._status(part)
        named = ", ".join(filter(None, (self._full_name(part), state)))
        return Said(f"{named}. {told}", self._url_of(part), self._marks(part))

    def _full_name(self, part: Part) -> str:
        if part.is_folded:
            nodes = [self._picture.graph.node(one) for one in self._things(part)[:MOST_NAMED]]
            more = "…" if len(self._things(part)) > MOST_NAMED else ""
            names = f"{', '.join(node.name for node in nodes)}{more}"
            return f"{self.name(part)}, {self._place(part)}: {names}".replace(", :", ":")
        node = self._picture.node_of(part)
        if isinstance(node, Group):
            return f"{self._kinds[part.kind]} {self.name(part)}"
        label = node.label if node.label != node.name else ""
        return " ".join(filter(None, (self._kind(part), node.name, label)))

    def _kind(self, part: Part) -> str:
        """What sort of node a box shows that is not folded."""
        node = self._picture.node_of(part)
        if isinstance(node, Thing) and node.is_external:
            return _("external app")
        return str(self._kinds[part.kind])

    def _place(self, part: Part) -> str:
        return "" if part.home == EVERYWHERE else part.home.partition(":")[2]

    def _things(self, part: Part) -> list[int]:
        """What the box is said to stand for: without the groups and tiers that are in it too."""
        kinds = POWER if part.kind in POWER else {part.kind}
        kind_of = self._picture.graph.roster.kind
        return [number for number in part.members if kind_of(number) in kinds]

    def _marks(self, part: Part) -> list[str]:
        marks = ["folded"] if part.is_folded else []
        if self._shown.middle in part.members:
            marks.append("middle")
        if self._is_single(part):
            marks.append("single")
        if not part.is_folded and part.members[0] in self._shown.failed:
            return [*marks, FAILED]
        if self._shown.failed:
            return [*marks, part.state.value] if part.state is not State.UP else marks
        node = self._picture.node_of(part)
        if not part.is_folded and isinstance(node, Thing) and node.status:
            marks.append(self._tone_of(node.status))
        return [mark for mark in marks if mark]

    def _is_single(self, part: Part) -> bool:
        graph, single = self._picture.graph, self._shown.single
        return bool(single) and any(graph.node(one).id in single for one in part.members)

    @cached_property
    def _counts(self) -> dict[str, tuple[int, int]]:
        """How many boxes each points at, and how many point at it."""
        below = Counter(line.source for line in self._picture.lines)
        above = Counter(line.target for line in self._picture.lines)
        return {key: (below[key], above[key]) for key in self._picture.parts}
