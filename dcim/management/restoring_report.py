"""What can be restored, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcim.graph.failures.restoring import Restorable, Restoration, Source
from dcim.vocabulary.amounts import Amounts
from dcim.vocabulary.units import MIB_PER_GIB


def restorable_lines(found: Restorable, part: slice, pools: Mapping[str, Amounts]) -> Iterator[str]:
    """The copies that are lost, then where some of the apps come back from, or why not.

    Args:
        found: What can be restored.
        part: Which apps are listed.
        pools: What pools have free, told last.
    """
    yield ""
    yield ngettext(
        "%(count)s backup copy is lost.", "%(count)s backup copies are lost.", found.copies_lost
    ) % {"count": found.copies_lost}
    if not found.apps:
        return
    yield _("Can be restored: %(count)s of %(of)s apps; that takes %(needed)s.") % {
        "count": sum(one.is_restorable for one in found.apps),
        "of": len(found.apps),
        "needed": _amounts(found.needed),
    }
    for one in found.apps[part]:
        yield f"  {one.app.name:<22} {_how(one)}"
    if pools:
        yield _("Free in the other pools:")
    for pool, free in pools.items():
        yield f"  {pool:<30} {_amounts(free)}"


def _how(one: Restoration) -> str:
    if one.obstacle is not None:
        where = f" ({one.cause.id})" if one.cause else ""
        return f"{_('lost:')} {_(one.obstacle.label)}{where}"
    if not one.tiers:
        return _("comes back with the apps that it needs")
    sources = [tier.source for tier in one.tiers if tier.source is not None]
    oldest = max(sources, key=lambda source: source.age)
    places = sorted({str(source.copy.site or source.copy.provider) for source in sources})
    told = _("from %(places)s, %(hours)s h old; takes %(needed)s") % {
        "places": ", ".join(places),
        "hours": oldest.age_hours,
        "needed": _amounts(one.needed),
    }
    return "; ".join([told, *_warnings(sources)])


def _warnings(sources: list[Source]) -> Iterator[str]:
    if any(source.is_overdue for source in sources):
        yield _("a copy is overdue")
    if any(source.copy.last_restore_test is None for source in sources):
        yield _("never restored on trial")


def _amounts(amounts: Amounts) -> str:
    return _("%(vcpus)s vCPU, %(memory)s GiB memory, %(storage)s GiB storage") % {
        "vcpus": amounts.vcpus,
        "memory": f"{amounts.memory_mib / MIB_PER_GIB:g}",
        "storage": amounts.storage_gib,
    }
