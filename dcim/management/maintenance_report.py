"""The maintenance check as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from dcim.graph.answers.impact import names
from dcim.graph.facts import Thing
from dcim.graph.needs.order import Step
from dcim.planning.questions.maintenance import Maintenance, Told
from dcim.planning.questions.moves import Deed, Move


def as_lines(found: Maintenance) -> Iterator[str]:
    """The counts; then machines, offices, gaps, and the order of stopping and starting."""
    yield headline(found)
    yield from _section(_("Machines:"), (move_text(move) for move in found.moves))
    yield from _section(_("Whom to tell:"), (_told(one) for one in found.told))
    yield from _section(_("Nobody is named for:"), (app.name for app in found.gaps))
    less = (
        f"{one.owner.id}: {one.left} / {one.group.size} {_(one.group.label)}"
        for one in found.weakened
    )
    yield from _section(_("Less to spare:"), less)
    yield from _section(_("Stop before, wave by wave:"), _waves(found.stop))
    yield from _section(_("Start after, wave by wave:"), _waves(found.start))


def headline(found: Maintenance) -> str:
    """What is out, and how many running apps are hit."""
    return _(
        "%(things)s out: %(down)s apps stop, %(moved)s go on once moved, %(degraded)s go on with "
        "less to spare."
    ) % {
        "things": ", ".join(names(found.found.failed)),
        "down": len(found.stopped),
        "moved": len(found.saved),
        "degraded": len(found.found.apps_degraded),
    }


def move_text(move: Move) -> str:
    """What is done with a machine."""
    sentences = {
        Deed.MIGRATE: _("%(machine)s migrates to %(place)s while it runs"),
        Deed.MOVE: _("%(machine)s is moved to %(place)s"),
        Deed.NO_PLACE: _("%(machine)s has no place to go"),
        Deed.OTHERS_GO_ON: _("%(machine)s can stop: others go on in its place"),
        Deed.STOP: _("%(machine)s can stop: it carries no running app"),
    }
    place = f"{move.pool} {move.host}".strip()
    return sentences[move.deed] % {"machine": move.machine.name, "place": place}


def _told(one: Told) -> str:
    people = ", ".join(f"{who.name} {who.phone or who.email}".strip() for who in one.people)
    apps = ", ".join(_codes((*one.stopped, *one.moved, *one.weakened)))
    return f"{one.name}: {people or _('nobody is named')} ({apps})"


def _codes(apps: Iterable[Thing]) -> Iterator[str]:
    return (app.name for app in apps)


def _waves(waves: Iterable[Iterable[Step]]) -> Iterator[str]:
    for number, wave in enumerate(waves, start=1):
        yield f"{number}. {', '.join(' + '.join(names(step.things)) for step in wave)}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    shown = [f"  {line}" for line in lines]
    if shown:
        yield from ("", title, *shown)
