"""The graph's answers for a reader: of someone's own apps only, what these rest on and lose."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence

from django.utils.translation import gettext as _

from dcim.actions.rights import may_all, visible
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.regions import sites_of_region
from dcim.graph.needs.order import Direction, Order, Scope, order
from dcim.graph.reach import all_below
from dcim.graph.scopes import ALL, numbers_in
from dcim.record.people.account import User
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import UnknownThing
from dcim.vocabulary.things import Ref, ThingKind


def part_seen(graph: DependencyGraph, scope: str, reader: User) -> Collection[int]:
    """The nodes of a scope (see `scopes`), as far as the reader's own apps rest on them.

    Raises:
        InvalidInput: `scope` is no scope.
        UnknownThing: The graph, or the reader, knows nothing of that name.
    """
    told = told_to(reader)
    if told is None:
        return numbers_in(graph, scope, sites_of_region)
    known = known_below(graph, told)
    if scope == ALL:
        return known
    try:
        found = known.intersection(numbers_in(graph, scope, sites_of_region))
    except UnknownThing as err:
        raise unknown_to_reader(scope) from err
    if not found or not _names_none_or(graph, scope, known):
        raise unknown_to_reader(scope)
    return found


def order_seen(
    graph: DependencyGraph,
    named: Sequence[Ref],
    direction: Direction,
    scope: Scope | None,
    reader: User,
) -> Order:
    """The order of starting or stopping, told of what the reader's apps rest on.

    Raises: UnknownThing as `impact_seen`; else as `order`.
    """
    told = told_to(reader)
    if told is None:
        return order(graph, named, direction, scope)
    known = known_below(graph, told)
    require_known(graph, named, known)
    return order(graph, named, direction, scope, known)


def known_to(graph: DependencyGraph, reader: User) -> Collection[int]:
    """The nodes that the reader may be told of: all, or what the reader's own apps rest on."""
    told = told_to(reader)
    return range(len(graph)) if told is None else known_below(graph, told)


def told_to(reader: User) -> frozenset[str] | None:
    """The codes of the apps that the reader may be told of; None for all."""
    if may_all(reader, "view", ServiceApp):
        return None
    return frozenset(visible(ServiceApp.objects.all(), reader).values_list("code", flat=True))


def known_below(graph: DependencyGraph, codes: Collection[str]) -> set[int]:
    """The apps of these codes, and all that they rest on."""
    numbers = (graph.roster.number(Ref(ThingKind.APP, code)) for code in codes)
    return all_below(graph.wiring, [number for number in numbers if number is not None])


def require_known(graph: DependencyGraph, named: Iterable[Ref], known: Container[int]) -> None:
    """Refuse what is not among the nodes that a reader knows.

    Raises: UnknownThing.
    """
    for ref in named:
        if graph.roster.number(ref) not in known:
            raise unknown_to_reader(ref)


def _names_none_or(graph: DependencyGraph, scope: str, known: Collection[int]) -> bool:
    """Whether a scope that names a node names one of those that are known."""
    if scope.partition(":")[0] not in set(ThingKind):
        return True
    return graph.roster.number(Ref.parse(scope)) in known


def app_seen(graph: DependencyGraph, ref: Ref, reader: User) -> Ref:
    """The app `ref`, where the reader sees it.

    Raises: UnknownThing.
    """
    if not may_all(reader, "view", ServiceApp):
        seen = visible(ServiceApp.objects.filter(code=ref.name), reader)
        if ref.kind is not ThingKind.APP or not seen.exists():
            raise unknown_to_reader(ref)
    return ref


def unknown_to_reader(name: Ref | str) -> UnknownThing:
    """The refusal of what a reader does not know, whether it is there or not."""
    return UnknownThing(
        _("You see nothing that is called “%(name)s”.") % {"name": name},
        hint=_("Look it up in the list."),
    )
