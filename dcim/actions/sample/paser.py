"""The sample: an illustrative register and an invented room around it, the same on each load.

Only its backup copies go by the day of the load: they are to be as old as copies are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.changes import Actor
from dcim.actions.refusals import writing
from dcim.actions.register.imports import import_apps, import_offices
from dcim.actions.register.rows import read_rows
from dcim.actions.sample.copies import create_copies
from dcim.actions.sample.grants import create_grants, create_providers, place_provider
from dcim.actions.sample.letterheads import create_letterhead
from dcim.actions.sample.machines import create_machines
from dcim.actions.sample.requests import create_requests
from dcim.actions.sample.room import build_rooms
from dcim.record.log.changes import current_serial, newest_link
from dcim.record.people.organisation import Tenant
from dcim.record.places.sites import Site
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.choices import ProviderKind
from dcim.vocabulary.errors import Refused

SAMPLE_FOLDER: Final = Path(__file__).resolve().parents[2] / "sample_data"
OFFICES_FILE: Final = SAMPLE_FOLDER / "paser_opd.csv"
APPS_FILE: Final = SAMPLE_FOLDER / "paser_apps.csv"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load has put into the record."""

    offices: int
    apps: int
    hosts: int
    machines: int
    serial: int


def load_paser(*, by: Actor, on_step: Callable[[str], None] = lambda _: None) -> Loaded:
    """Load the sample into an empty record, all or nothing.

    Args:
        by: Who loads it.
        on_step: Told the name of each step as it begins.

    Raises: Refused when the record holds offices, apps or sites already.
    """
    with writing():
        _refuse_unless_empty()
        on_step(_("Offices"))
        offices = import_offices(read_rows(OFFICES_FILE), by=by)
        on_step(_("Apps with their tiers and dependencies"))
        providers = create_providers(by=by)
        create_letterhead(by=by)
        apps = import_apps(read_rows(APPS_FILE), by=by)
        on_step(_("Sites, racks, power, switches and hosts"))
        rooms = build_rooms(providers[ProviderKind.REGENCY], by=by)
        own = [room.site for room in rooms]
        place_provider(providers[ProviderKind.REGENCY], own, by=by)
        on_step(_("Grants and machines"))
        machines = create_machines(apps, rooms, create_grants(providers, by=by), by=by)
        on_step(_("Backup copies"))
        create_copies(apps, own, providers, by=by)
        on_step(_("Requests for capacity"))
        create_requests(apps, providers, by=by)
        hosts = sum(len(room.hosts) for room in rooms)
    return Loaded(len(offices), len(apps), hosts, len(machines), current_serial())


def is_untouched() -> bool:
    """Whether nothing has ever been written to the record."""
    return newest_link() is None


def _refuse_unless_empty() -> None:
    for model in (Tenant, ServiceApp, Site):
        if (count := model._default_manager.count()) > 0:
            raise Refused(
                f"The record holds {count} {model._meta.verbose_name_plural} already.",
                field="sample",
                hint="Load the sample into an empty record: set LUMBUNG_DATA to a new folder, "
                "or DATABASE_URL to a new database, and run ./manage.py migrate.",
            )
