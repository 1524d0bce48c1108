"""The maintenance check of the record as it is now: what is asked, and what is read for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from dcim.actions.people import people_called
from dcim.actions.rights import may_all
from dcim.catalog import kind_of
from dcim.graph.failures.impact import Impact, impact
from dcim.graph.load.record import current_graph
from dcim.graph.reach import all_below
from dcim.planning.load.hosts import load_hosts
from dcim.planning.load.record import load_snapshot
from dcim.planning.people import Person
from dcim.planning.questions.maintenance import Beside, Maintenance, Window, check
from dcim.record.log.reading import one_view
from dcim.record.people.account import User
from dcim.record.people.contacts import ContactAssignment
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.errors import InvalidInput
from dcim.vocabulary.things import Ref, ThingKind

OFFICES, APPS, SITES = kind_of(Tenant), kind_of(ServiceApp), kind_of(Site)


def window_of(start: str, until: str) -> Window:
    """The window that two moments name, in the time of the data centre unless they say otherwise.

    Raises: InvalidInput, which names `from` or `until`.
    """
    return Window(_moment(start, "from"), _moment(until, "until"))


def check_maintenance(named: Sequence[Ref], window: Window, reader: User | None) -> Maintenance:
    """What work on things means, in one consistent view of the record.

    Args:
        named: What is out: one thing or several.
        window: From when until when; grants are judged by the day on which it begins.
        reader: Who asks; who may not see contacts is told of none. None for the command line.

    Raises: InvalidInput, UnknownThing, as `impact`; BadDocument when the record contradicts itself.
    """
    if not named:
        raise InvalidInput(
            "Nothing was named.", field="thing", hint="Name a thing, for example rack:PDR-R01."
        )
    sees_people = reader is None or may_all(reader, "view", ContactAssignment)
    with one_view():
        found = impact(current_graph(), named)
        snapshot = load_snapshot(timezone.localdate(window.start))
        return check(found, snapshot, window, _beside(found, sees_people=sees_people))


def _beside(found: Impact, *, sees_people: bool) -> Beside:
    apps = [hit.thing for hit in (*found.apps_down, *found.apps_degraded)]
    slugs = {app.owner for app in apps}
    offices = list(Tenant.objects.filter(slug__in=slugs).values_list("pk", "slug", "name"))
    graph = found.graph
    below = all_below(graph.wiring, [graph.find(node.id) for node in found.failed])
    sites = [graph.node(one) for one in graph.roster.things_among(below, {ThingKind.SITE})]
    responsible: dict[tuple[str, int | None], tuple[str, str]] = {
        **{(APPS, app.pk): ("app", app.name) for app in apps},
        **{(OFFICES, pk): ("office", slug) for pk, slug, _ in offices},
        **{(SITES, getattr(site, "pk", None)): ("site", site.name) for site in sites},
    }
    return Beside(
        hosts=load_hosts(),
        offices={slug: name for _, slug, name in offices},
        people=_people(responsible) if sees_people else {},
    )


def _people(
    responsible: dict[tuple[str, int | None], tuple[str, str]],
) -> dict[tuple[str, str], tuple[Person, ...]]:
    """The people of objects by kind and key, by what they are called in the check."""
    keys = {
        kind: [pk for of, pk in responsible if of == kind and pk is not None]
        for kind in (APPS, OFFICES, SITES)
    }
    return {responsible[of]: people for of, people in people_called(keys).items()}


def _moment(text: str, field: str) -> datetime:
    hint = "Write day and time, for example 2026-12-01T20:00."
    if not text.strip():
        raise InvalidInput("No moment was named.", field=field, hint=hint)
    try:
        read = datetime.fromisoformat(text.strip())
        return timezone.localtime(read if read.tzinfo else timezone.make_aware(read))
    except (ValueError, OverflowError) as err:
        raise InvalidInput(f"“{text}” is no moment.", field=field, hint=hint) from err
