"""The graph's answers for a reader: of someone's own apps only, what these rest on and lose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from dcim.actions.rights import may_all, visible
from dcim.graph.graph import DependencyGraph
from dcim.graph.impact import Impact, impact
from dcim.graph.requirements import requirements
from dcim.record.people.account import User
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import UnknownThing
from dcim.vocabulary.things import Ref, ThingKind


def impact_seen(graph: DependencyGraph, failed: Sequence[Ref], reader: User) -> Impact:
    """What falls when `failed` fail, told of the apps that the reader sees.

    Who sees some apps only may ask about what these rest on; of all else not even whether it is
    there.

    Raises: UnknownThing for a name that the graph, or the reader, does not know.
    """
    if may_all(reader, "view", ServiceApp):
        return impact(graph, failed)
    codes = set(visible(ServiceApp.objects.all(), reader).values_list("code", flat=True))
    below = [requirements(graph, ref) for ref in _apps(codes) if ref in graph]
    known = {node.id for found in below for layer in found.layers for node in layer}
    for ref in failed:
        if ref not in known:
            raise _unknown(ref)
    return replace(impact(graph, failed), apps=codes)


def app_seen(graph: DependencyGraph, ref: Ref, reader: User) -> Ref:
    """The app `ref`, where the reader sees it.

    Raises: UnknownThing.
    """
    if not may_all(reader, "view", ServiceApp):
        seen = visible(ServiceApp.objects.filter(code=ref.name), reader)
        if ref.kind is not ThingKind.APP or not seen.exists():
            raise _unknown(ref)
    return ref


def _apps(codes: set[str]) -> list[Ref]:
    return [Ref(ThingKind.APP, code) for code in sorted(codes)]


def _unknown(ref: Ref) -> UnknownThing:
    return UnknownThing(
        _("You see nothing that is called “%(name)s”.") % {"name": ref},
        hint=_("Look it up in the list."),
    )
