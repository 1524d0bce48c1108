"""An impact as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcim.graph.answers.impact import names
from dcim.graph.facts import Node
from dcim.graph.failures.impact import Hit, Impact
from dcim.graph.failures.losses import losses_of
from dcim.graph.propagation import State
from dcim.vocabulary.things import ThingKind

MOST_NAMED: Final = 10


def as_lines(found: Impact, part: slice) -> Iterator[str]:
    """The counts, then a line per app that stops or loses redundancy, with why; `part` of these."""
    yield headline(found)
    machines = found.counts(State.DOWN)[ThingKind.VM]
    yield ngettext("%(count)s machine stops.", "%(count)s machines stop.", machines) % {
        "count": machines
    }
    losses = losses_of(found)
    yield _("%(users)s users a month lose an app; %(owners)s owners are hit.") % {
        "users": sum(losses.cost.users_down),
        "owners": losses.cost.owners,
    }
    yield from _section(_("Stops:"), found.app_hits(State.DOWN, part))
    yield from _section(_("Goes on with less to spare:"), found.app_hits(State.DEGRADED, part))


def headline(found: Impact) -> str:
    """What failed, and how many running apps are hit."""
    return _("%(failed)s fails: %(down)s apps stop, %(degraded)s go on with less to spare.") % {
        "failed": _listed(found),
        "down": len(found.running_apps(State.DOWN)),
        "degraded": len(found.running_apps(State.DEGRADED)),
    }


def _listed(found: Impact) -> str:
    """What failed; of many things the first few, and how many more."""
    told = ", ".join(names(found.failed[:MOST_NAMED]))
    more = len(found.numbers) - MOST_NAMED
    return _("%(names)s and %(count)s more") % {"names": told, "count": more} if more > 0 else told


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
