"""Grants whose end is near or past: what draws on each, who is hit, what has been asked already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypedDict, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from dcim.actions.questions.failures import impact_seen
from dcim.actions.rights import visible
from dcim.graph.failures.failing import Failing
from dcim.graph.failures.impact import Impact, impact
from dcim.graph.graph import DependencyGraph
from dcim.graph.load.record import current_graph
from dcim.planning.grants.expiry import LONGEST, WARN_AT, Expiry, expiry
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.account import User
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices import AllocationStatus
from dcim.vocabulary.choices_grants import GrantState
from dcim.vocabulary.choices_requests import RequestStatus
from dcim.vocabulary.things import Ref, ThingKind

ModelT = TypeVar("ModelT", bound=Model)
# A request in one of these changes nothing any more.
CLOSED = (RequestStatus.REJECTED, RequestStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ExpiringGrant:
    """A grant near or past its end.

    Attributes:
        grant: As recorded.
        expiry: Where it stands today.
        machines: What draws on it.
        hit: Who is hit when it lapses; None where nothing draws on it.
        requests: What has been asked about it and is not refused or withdrawn.
    """

    grant: Allocation
    expiry: Expiry
    machines: tuple[VirtualMachine, ...]
    hit: Impact | None
    requests: tuple[AllocationRequest, ...]


def expiry_of(grant: Allocation, on: date | None = None) -> Expiry:
    """Where `grant` stands on a day, today unless one is given."""
    day = on or timezone.localdate()
    return expiry(grant.status, grant.valid_from, grant.valid_until, day)


def in_state(state: GrantState, on: date) -> Q:
    """The condition for grants that are in `state` on a day; `expiry` says the same of one."""
    active = Q(status=AllocationStatus.ACTIVE.value)
    over, near = Q(valid_until__lt=on), Q(valid_until__gte=on, valid_until__lte=on + LONGEST)
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gt=on + LONGEST)
    return {
        GrantState.RETURNED: Q(status=AllocationStatus.RETURNED.value),
        GrantState.EXPIRED: active & over,
        GrantState.EXPIRING: active & begun & near,
        GrantState.ACTIVE: active & begun & lasting,
        GrantState.UPCOMING: active & Q(valid_from__gt=on),
    }[state]


def expiring_grants(
    reader: User | None = None, *, within_days: int = max(WARN_AT)
) -> list[ExpiringGrant]:
    """The grants that `reader` may see (None: all) and that end soon or are over, by their end.

    Notes: a grant that nothing draws on is told too, since to give it back is a decision as well.
    """
    grants = ending(_seen(Allocation.objects.all(), reader), within_days)
    return _told(list(grants.select_related("provider")), reader)


def ending(grants: QuerySet[Allocation], within_days: int) -> QuerySet[Allocation]:
    """Those of `grants` that end within so many days or are over, the first to end first."""
    last = timezone.localdate() + timedelta(days=within_days)
    rows = grants.filter(status=AllocationStatus.ACTIVE.value, valid_until__lte=last)
    return rows.order_by("valid_until", "reference")


def _seen(rows: QuerySet[ModelT], reader: User | None) -> QuerySet[ModelT]:
    return rows if reader is None else visible(rows, reader)


def _told(grants: list[Allocation], reader: User | None) -> list[ExpiringGrant]:
    machines, requests = _machines_on(grants, reader), _requests_about(grants, reader)
    graph = current_graph() if machines else None
    found = []
    for grant in grants:
        hit = None
        if graph is not None and machines[grant.pk]:
            ref = Ref(ThingKind.ALLOCATION, grant.reference)
            hit = _hit(graph, ref, reader)
        on_it, asked = tuple(machines[grant.pk]), tuple(requests[grant.pk])
        found.append(ExpiringGrant(grant, expiry_of(grant), on_it, hit, asked))
    return found


def _hit(graph: DependencyGraph, ref: Ref, reader: User | None) -> Impact:
    if reader is None:
        return impact(graph, [ref])
    return impact_seen(graph, Failing((ref,)), reader)


def _machines_on(grants: list[Allocation], reader: User | None) -> dict[int, list[VirtualMachine]]:
    found: dict[int, list[VirtualMachine]] = defaultdict(list)
    rows = _seen(VirtualMachine.objects.filter(allocation__in=grants), reader)
    for machine in rows.order_by("name", "pk"):
        found[machine.allocation_id or 0].append(machine)
    return found


def _requests_about(
    grants: list[Allocation], reader: User | None
) -> dict[int, list[AllocationRequest]]:
    found: dict[int, list[AllocationRequest]] = defaultdict(list)
    rows = AllocationRequest.objects.filter(predecessor__in=grants).exclude(status__in=CLOSED)
    for request in _seen(rows, reader).order_by("pk"):
        found[request.predecessor_id or 0].append(request)
    return found


class ExpiringAnswer(TypedDict):
    """An ending grant as JSON, the same from the command line and from the API."""

    grant: str
    grant_id: int
    provider: str
    valid_until: str
    state: str
    days_left: int
    warning: int | None
    machines: list[str]
    apps_down: list[str]
    apps_degraded: list[str]
    requests: list[str]


def answer_of(one: ExpiringGrant) -> ExpiringAnswer:
    """What is told of an ending grant."""
    down, degraded = (one.hit.apps_down, one.hit.apps_degraded) if one.hit is not None else ((), ())
    return {
        "grant": one.grant.reference,
        "grant_id": one.grant.pk,
        "provider": one.grant.provider.slug,
        "valid_until": str(one.grant.valid_until),
        "state": one.expiry.state.value,
        "days_left": one.expiry.days_left or 0,
        "warning": one.expiry.warning,
        "machines": [machine.name for machine in one.machines],
        "apps_down": [hit.thing.name for hit in down],
        "apps_degraded": [hit.thing.name for hit in degraded],
        "requests": [request.number for request in one.requests],
    }
