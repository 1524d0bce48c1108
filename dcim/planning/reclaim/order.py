"""In which order machines go: what rests on others first, networks when nobody is left on them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from dcim.planning.document import Change, PlanDocument
from dcim.planning.reactivation.order import steps
from dcim.vocabulary.things import Ref, ThingKind

if TYPE_CHECKING:
    from dcim.graph.graph import DependencyGraph

Way: TypeAlias = Callable[[int], Iterator[tuple[int, bool]]]


def waves(graph: DependencyGraph, carried: Mapping[str, Collection[str]]) -> dict[str, int]:
    """The wave in which each machine goes, from 1; those of a wave can go at once.

    Args:
        graph: The graph of the record.
        carried: By machine the codes of the apps on it.

    Notes: an app's machines go when those of all apps that rest on it, by hard or soft needs, have
    gone; apps that need each other go at once. Only apps between those that lose machines are
    looked at: O(V x (V + E)) of them.

    >>> from dcim.graph.facts import Facts, Need, Thing
    >>> from dcim.graph.graph import DependencyGraph
    >>> web, login = (Ref(ThingKind.APP, code) for code in ("WEB", "LOGIN"))
    >>> graph = DependencyGraph.of(
    ...     Facts(1, (Thing(web), Thing(login)), (), (Need(web, login, hard=False),)))
    >>> waves(graph, {"login-1": ["LOGIN"], "web-1": ["WEB"], "web-2": ["WEB"]})
    {'login-1': 2, 'web-1': 1, 'web-2': 1}
    """
    known = {code: graph.roster.number(Ref(ThingKind.APP, code)) for code in _codes(carried)}
    starts = [number for number in known.values() if number is not None]
    between = _apps_from(graph, starts, graph.below) & _apps_from(graph, starts, graph.above)
    # An app has gone with its machines and all that rests on it; a machine goes after the latter.
    above = {code: set[str]() for code in known}
    after: dict[str, set[str]] = {}
    for app in between:
        name = graph.roster.name(app)
        resting = {one for one, _ in graph.above(app) if one in between}
        above[name] = {f"app {graph.roster.name(one)}" for one in resting}
        after[f"app {name}"] = {*above[name]}
    for machine, codes in carried.items():
        after[f"vm {machine}"] = {one for code in codes for one in above[code]}
        for code in codes:
            after.setdefault(f"app {code}", set()).add(f"vm {machine}")
    found = steps([*after], after)
    ordered = sorted({found[f"vm {one}"] for one in carried})
    ranks = {step: rank for rank, step in enumerate(ordered, 1)}
    return {machine: ranks[found[f"vm {machine}"]] for machine in carried}


def target_order(document: PlanDocument) -> tuple[str, ...]:
    """The targets by name, those first that bring up machines for an app that loses some elsewhere.

    Notes: an engine works through one stack after the other, and within one it creates before it
    deletes. Apps are what counts, since a machine names the tiers of only the first that it
    carries.
    """
    losing = {app for target in document.targets for vm in target.reclaim for app in vm.apps}
    made = {
        target.name: {
            app
            for vm in target.vms
            if vm.change is Change.CREATE or vm.runs_now is False
            for app in vm.apps
        }
        for target in document.targets
    }
    names = sorted(made)
    return tuple(sorted(names, key=lambda name: not made[name] & losing))


def networks_left(document: PlanDocument) -> Mapping[str, tuple[str, ...]]:
    """By target the networks on which no machine is left once the plan is carried out.

    They are not deleted, since the record still has them; if the plan drops one, it goes last.
    """
    found = {}
    for target in document.targets:
        used = {vm.network for vm in target.vms}
        emptied = {vm.network for vm in target.reclaim} - used
        if names := sorted(name for name in emptied if name):
            found[target.name] = tuple(names)
    return found


def _codes(carried: Mapping[str, Collection[str]]) -> set[str]:
    return {code for codes in carried.values() for code in codes}


def _apps_from(graph: DependencyGraph, starts: Iterable[int], way: Way) -> set[int]:
    """`starts`, and the apps that a way leads to from them over nothing but apps."""
    apps, found = graph.roster.apps, {*starts}
    waiting = [*found]
    while waiting:
        fresh = {one for one, _ in way(waiting.pop()) if one in apps} - found
        found |= fresh
        waiting.extend(fresh)
    return found
