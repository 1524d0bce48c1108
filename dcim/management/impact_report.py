"""An impact as lines for people and as JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcim.graph.facts import Node
from dcim.graph.impact import Hit, Impact
from dcim.vocabulary.things import ThingKind


def as_json(found: Impact) -> dict[str, object]:
    """Stable keys; apps with their chain of causes, other things as counts by kind."""
    return {
        "serial": found.serial,
        "failed": [str(node.id) for node in found.failed],
        "apps_down": [_app(hit) for hit in found.apps_down],
        "apps_degraded": [_app(hit) for hit in found.apps_degraded],
        "idle_apps": [hit.thing.name for hit in found.idle_apps],
        "things_down": _by_kind(found.down),
        "things_degraded": _by_kind(found.degraded),
    }


def as_lines(found: Impact) -> Iterator[str]:
    """The counts, then a line per app that stops or loses redundancy, with why."""
    yield headline(found)
    machines = _by_kind(found.down)[ThingKind.VM.value]
    yield ngettext("%(count)s machine stops.", "%(count)s machines stop.", machines) % {
        "count": machines
    }
    yield from _section(_("Stops:"), found.apps_down)
    yield from _section(_("Goes on with less to spare:"), found.apps_degraded)


def headline(found: Impact) -> str:
    """What failed, and how many running apps are hit."""
    return _("%(failed)s fails: %(down)s apps stop, %(degraded)s go on with less to spare.") % {
        "failed": ", ".join(str(node.id) for node in found.failed),
        "down": len(found.apps_down),
        "degraded": len(found.apps_degraded),
    }


def codes(hits: Iterable[Hit]) -> str:
    """The apps' codes, in one line."""
    return ", ".join(hit.thing.name for hit in hits)


def chain_text(chain: Sequence[Node]) -> str:
    """A chain of causes in one line: the app first, what failed last."""
    return " ← ".join(str(node.id) for node in chain)


def _section(title: str, hits: Sequence[Hit]) -> Iterator[str]:
    if hits:
        yield ""
        yield title
    for hit in hits:
        yield f"  {hit.thing.name:<22} {chain_text(hit.chain[1:])}"


def _app(hit: Hit) -> dict[str, object]:
    return {
        "code": hit.thing.name,
        "name": hit.thing.label,
        "owner": hit.thing.owner,
        "chain": [str(node.id) for node in hit.chain],
    }


def _by_kind(hits: Iterable[Hit]) -> dict[str, int]:
    count = Counter(hit.thing.kind for hit in hits)
    return {kind.value: count[kind] for kind in ThingKind if kind is not ThingKind.GROUP}
