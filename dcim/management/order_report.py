"""The order of starting or stopping as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dcim.graph.answers.impact import names
from dcim.graph.needs.order import Direction, Order, Scope, Step


def as_lines(found: Order) -> Iterator[str]:
    """What is done, then each wave with its steps, then what has no place in it."""
    yield headline(found)
    for number, wave in enumerate(found.waves, start=1):
        yield ""
        yield _("Wave %(number)s, at once:") % {"number": number}
        yield from (f"  {_words(step)}" for step in wave)
    if found.unordered:
        yield ""
        yield _("Soft needs in a circle, which order nothing:")
        yield from (f"  {' → '.join(names(pair))}" for pair in found.unordered)
    if found.idle:
        yield ""
        yield _("Not running now, left out:")
        yield from (f"  {name}" for name in names(found.idle))


def headline(found: Order) -> str:
    """What is done with what."""
    sentences = {
        (Direction.START, Scope.ABOVE): _("Start %(things)s and what rests on it:"),
        (Direction.STOP, Scope.ABOVE): _("Stop what rests on %(things)s, then the thing itself:"),
        (Direction.START, Scope.BELOW): _("Start what %(things)s rests on, then the thing itself:"),
        (Direction.STOP, Scope.BELOW): _("Stop %(things)s, then what it rests on:"),
    }
    sentence = sentences[found.direction, found.scope]
    return sentence % {"things": ", ".join(names(found.named))}


def _words(step: Step) -> str:
    text = " + ".join(names(step.things))
    if step.is_knot:
        text = _("together, since they need each other: %(things)s") % {"things": text}
    return _("%(things)s (goes on without it)") % {"things": text} if step.stands else text
