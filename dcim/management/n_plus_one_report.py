"""What clusters survive as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dcim.planning.capacity.evacuation import Loss, Shortage, Stuck
from dcim.planning.capacity.n_plus_one import Survival, Verdict
from dcim.planning.capacity.pack import Fit
from dcim.planning.capacity.repack import Move


def as_lines(found: Survival) -> Iterator[str]:
    """The verdict on a cluster, then each loss with its plan or what is in its way."""
    yield _headline(found)
    if found.largest:
        yield "  " + _(
            "%(examined)s of %(sets)s sets were tried: all of the %(largest)s hosts with the most "
            "on them."
        ) % {"examined": found.examined, "sets": found.sets, "largest": found.largest}
    for loss in found.losses:
        yield from _loss(loss)
    if found.refused:
        yield "  " + _("Planned machines that no host can take: %(machines)s") % {
            "machines": ", ".join(one.name for one in found.refused)
        }


def _headline(found: Survival) -> str:
    sentences = {
        Verdict.SURVIVES: _("%(cluster)s survives the loss of any %(failures)s of %(hosts)s."),
        Verdict.FAILS: _("%(cluster)s does NOT survive the loss of any %(failures)s of %(hosts)s."),
        Verdict.UNSETTLED: _("%(cluster)s: not settled for %(failures)s of %(hosts)s hosts."),
        Verdict.NOT_ASKED: _("%(cluster)s is to survive no loss of its %(hosts)s hosts."),
    }
    return sentences[found.verdict] % {
        "cluster": found.cluster,
        "failures": found.failures,
        "hosts": found.hosts,
    }


def _loss(loss: Loss) -> Iterator[str]:
    hosts = ", ".join(loss.hosts)
    if loss.fit is Fit.FITS:
        yield "  " + _("Without %(hosts)s:") % {"hosts": hosts}
        yield from map(_move, loss.moves)
        return
    yield "  " + _("Without %(hosts)s machines have no place:") % {"hosts": hosts}
    if loss.short:
        yield "    " + _("all others together: %(classes)s") % {"classes": _classes(loss.short)}
    yield from map(_stuck, loss.stuck)
    if loss.repack is not None and loss.repack.fit is Fit.FITS:
        yield "    " + _("It works if others move too:")
        yield from map(_move, loss.repack.moves)
    elif loss.repack is not None and loss.repack.fit is Fit.NEVER:
        yield "    " + _("Moving others as well would not help.")


def _move(move: Move) -> str:
    return f"    {move.machine.name}: {move.machine.host or '—'} → {move.host}"


def _stuck(stuck: Stuck) -> str:
    if not stuck.host:
        return "    " + _("%(machine)s: every host carries an instance it keeps apart from") % {
            "machine": stuck.machine.name
        }
    return "    " + _("%(machine)s: on %(host)s %(classes)s") % {
        "machine": stuck.machine.name,
        "host": stuck.host,
        "classes": _classes(stuck.lacking),
    }


def _classes(short: tuple[Shortage, ...]) -> str:
    return ", ".join(
        _("%(class)s asked %(asked)s, free %(free)s")
        % {"class": one.resource_class, "asked": one.asked, "free": one.free}
        for one in short
    )
