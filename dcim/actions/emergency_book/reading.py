"""The emergency book of the record as it is now: the graph, and what stands beside it in tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from dcim.actions.people import people_called
from dcim.actions.rights import may_all
from dcim.catalog import kind_of
from dcim.graph.load.record import current_graph
from dcim.planning.emergency_book import (
    Backup,
    Beside,
    EmergencyBook,
    Responsible,
    grouped,
    make_book,
)
from dcim.planning.people import Person
from dcim.record.equipment.devices import Device
from dcim.record.equipment.power import PowerFeed
from dcim.record.log.reading import one_view
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.account import User
from dcim.record.people.contacts import Contact
from dcim.record.people.organisation import Tenant
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Site
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.choices import AppStatus
from dcim.vocabulary.errors import NotPermitted

# Whoever may not view all of these sees nothing of the book.
TELLS_OF: Final[tuple[type[Model], ...]] = (
    ServiceApp,
    VirtualMachine,
    Device,
    Rack,
    PowerFeed,
    Site,
    Tenant,
    Contact,
    BackupCopy,
)
OWNERS, SITES = kind_of(Tenant), kind_of(Site)


def require_all_of_it(reader: User) -> None:
    """Let pass who may view every object that the book tells of.

    Raises: NotPermitted.
    """
    for model in TELLS_OF:
        if not may_all(reader, "view", model):
            raise NotPermitted(
                _("The emergency book tells of everything; your account sees a part of it only."),
                hint=_("Ask an administrator for the right."),
            )


def current_book() -> EmergencyBook:
    """The book of the record as it is now, in one consistent view.

    Notes: ten queries beside those of the graph, which is kept from one question to the next.
    """
    with one_view():
        return make_book(current_graph(), _read(), timezone.localtime())


def _read() -> Beside:
    people = people_called({OWNERS: None, SITES: None})
    machines = VirtualMachine.objects.filter(device__isnull=False)
    return Beside(
        machines_on=grouped(machines.values_list("device_id", "pk")),
        apps_on=_apps_on(Workload.virtual_machines.through, "virtualmachine_id"),
        apps_on_devices=_apps_on(Workload.devices.through, "device_id"),
        places=dict(_places()),
        owners=tuple(_owners(people)),
        sites=tuple(
            Responsible(name, (), people.get((SITES, pk), ()))
            for pk, name in Site.objects.order_by("name").values_list("pk", "name")
        ),
        backups=tuple(map(_backup, _copies())),
        without_backup=tuple(
            ServiceApp.objects.filter(status=AppStatus.ACTIVE, workloads__isnull=False)
            .exclude(workloads__backup_copies__isnull=False)
            .order_by("code")
            .values_list("code", flat=True)
            .distinct()
        ),
    )


def _apps_on(carriers: type[Model], carrier: str) -> dict[int, tuple[str, ...]]:
    """The codes of the apps whose tiers each carrier carries."""
    rows = carriers._default_manager.values_list(carrier, "workload__app__code")
    return grouped(rows.distinct())


def _copies() -> Iterable[BackupCopy]:
    return BackupCopy.objects.select_related("workload__app", "site", "provider").order_by(
        "workload__app__code", "workload__name", "pk"
    )


def _backup(copy: BackupCopy) -> Backup:
    places = (one.name for one in (copy.site, copy.provider) if one is not None)
    success, trial = copy.last_success, copy.last_restore_test
    return Backup(
        f"{copy.workload.app.code}/{copy.workload.name}",
        copy.kind,
        ", ".join(places),
        copy.frequency_hours,
        timezone.localtime(success).isoformat() if success else "",
        trial.isoformat() if trial else "",
    )


def _places() -> Iterator[tuple[int, str]]:
    rows = Device.objects.filter(rack__isnull=False).values_list("pk", "rack__name", "position")
    for pk, rack, position in rows:
        yield pk, rack if position is None else f"{rack} U{position.normalize():f}"


def _owners(people: dict[tuple[str, int], tuple[Person, ...]]) -> Iterator[Responsible]:
    apps = grouped(
        (owner, (code, name))
        for owner, code, name in ServiceApp.objects.filter(status=AppStatus.ACTIVE)
        .order_by("code")
        .values_list("owner_id", "code", "name")
    )
    for pk, name in Tenant.objects.order_by("name").values_list("pk", "name"):
        if pk in apps:
            yield Responsible(name, apps[pk], people.get((OWNERS, pk), ()))
