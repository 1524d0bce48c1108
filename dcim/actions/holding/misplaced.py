"""Apps that are held by providers which may not hold them: a warning about what is recorded.

Reality is recorded as it is, so nothing is refused; what plans and requests would never do is told
here, with the way out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from dcim.actions.rights import visible
from dcim.record.people.account import User
from dcim.record.planner.allocations import Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.choices import AppStatus, Choices, _
from dcim.vocabulary.holding import Objection, objections


class Way(Choices):
    """How a provider holds an app."""

    RUNS = "runs", _("runs it")
    MACHINES = "machines", _("machines of it draw on its room")
    DEVICES = "devices", _("devices of it stand at its site")
    COPIES = "copies", _("keeps backup copies of it")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An app at a provider that may not hold it: how it is held there, and why it may not be."""

    app: ServiceApp
    provider: Provider
    ways: tuple[Way, ...]
    objections: tuple[Objection, ...]


def misplaced_apps(reader: User | None = None) -> list[Misplaced]:
    """The apps held where they may not be, that `reader` may see (None: all), by code and provider.

    Notes: retired apps count no more. A fixed number of queries; one, where no provider states
    anything.
    """
    providers = {
        one.pk: one
        for one in Provider.objects.exclude(
            Q(data_classes=[]) & Q(highest_category="") & Q(residency="")
        )
    }
    ways = _ways(set(providers)) if providers else {}
    apps = ServiceApp.objects.exclude(status=AppStatus.RETIRED).select_related("owner")
    if reader is not None:
        apps = visible(apps, reader)
    known = {one.pk: one for one in apps.filter(pk__in={app for app, _provider in ways})}
    found = [
        Misplaced(known[app], providers[by], tuple(w for w in Way if w in held), reasons)
        for (app, by), held in ways.items()
        if app in known and (reasons := objections(providers[by].terms, known[app].nature))
    ]
    return sorted(found, key=lambda one: (one.app.code, one.provider.name))


def _ways(providers: set[int]) -> dict[tuple[int, int], set[Way]]:
    found: dict[tuple[int, int], set[Way]] = defaultdict(set)
    for way, app, provider in _held(providers):
        found[app, provider].add(way)
    return found


def _held(providers: set[int]) -> Iterator[tuple[Way, int, int]]:
    """Way, app and provider, of every kind of holding."""
    apps = ServiceApp.objects.filter(provider__in=providers)
    yield from ((Way.RUNS, *pair) for pair in apps.values_list("pk", "provider"))
    tiers, copies = Workload.objects.order_by(), BackupCopy.objects.order_by()
    for way, rows, app, path in (
        (Way.MACHINES, tiers, "app", "virtual_machines__allocation__provider"),
        (Way.MACHINES, tiers, "app", "virtual_machines__cluster__provider"),
        (Way.DEVICES, tiers, "app", "devices__site__providers"),
        (Way.COPIES, copies, "workload__app", "provider"),
        (Way.COPIES, copies, "workload__app", "site__providers"),
    ):
        pairs = rows.filter(**{f"{path}__in": providers}).values_list(app, path)
        yield from ((way, *pair) for pair in pairs.distinct())
