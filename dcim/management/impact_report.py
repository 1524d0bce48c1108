"""An impact as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcim.graph.answers import names
from dcim.graph.facts import Node
from dcim.graph.impact import Hit, Impact
from dcim.graph.propagation import State
from dcim.vocabulary.things import ThingKind


def as_lines(found: Impact) -> Iterator[str]:
    """The counts, then a line per app that stops or loses redundancy, with why."""
    yield headline(found)
    machines = found.counts(State.DOWN)[ThingKind.VM]
    yield ngettext("%(count)s machine stops.", "%(count)s machines stop.", machines) % {
        "count": machines
    }
    yield from _section(_("Stops:"), found.apps_down)
    yield from _section(_("Goes on with less to spare:"), found.apps_degraded)


def headline(found: Impact) -> str:
    """What failed, and how many running apps are hit."""
    return _("%(failed)s fails: %(down)s apps stop, %(degraded)s go on with less to spare.") % {
        "failed": ", ".join(names(found.failed)),
        "down": len(found.apps_down),
        "degraded": len(found.apps_degraded),
    }


def codes(hits: Iterable[Hit]) -> str:
    """The apps' codes, in one line."""
    return ", ".join(hit.thing.name for hit in hits)


def chain_text(chain: Sequence[Node]) -> str:
    """A chain of causes in one line: the app first, what failed last."""
    return " ← ".join(names(chain))


def _section(title: str, hits: Sequence[Hit]) -> Iterator[str]:
    if hits:
        yield ""
        yield title
    for hit in hits:
        yield f"  {hit.thing.name:<22} {chain_text(hit.chain[1:])}"
