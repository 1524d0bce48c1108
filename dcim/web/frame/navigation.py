"""The menu: which lists and pages there are, in groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dcim.actions.rights import may
from dcim.catalog import BY_KIND
from dcim.record.networks.virtualization import Cluster
from dcim.record.people.account import User
from dcim.record.places.racks import Rack
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.drift import DriftFinding
from dcim.record.planner.service_apps import ServiceApp
from dcim.web.values.addresses import list_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Own:
    """A page of its own in the menu: its URL name, its label, and whose viewers may open it."""

    name: str
    label: StrOrPromise
    model: type[Model]


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the menu; `entries` are kinds of the catalogue or pages of their own."""

    label: StrOrPromise
    entries: tuple[str | Own, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the menu as it is shown."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A part of the menu as it is shown; `is_open` for those whose links are in sight."""

    label: str
    links: tuple[Link, ...]
    is_open: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the current page is one of its links."""
        return any(link.is_current for link in self.links)


OPEN_AT_FIRST: Final = 2  # groups, on pages that are in none
GROUPS: Final = (
    Group(
        _("Apps & plans"),
        (
            "planner.serviceapp",
            "planner.workload",
            "planner.appdependency",
            "planner.backupcopy",
            "planner.categoryassessment",
            Own("misplaced_apps", _("Apps held where they may not be"), ServiceApp),
            Own("app_categories", _("System categories"), ServiceApp),
            Own("graph", _("Dependencies drawn"), ServiceApp),
            Own("impact", _("Impact"), ServiceApp),
            Own("explain", _("Why an app rests on a thing"), ServiceApp),
            Own("maintenance", _("Maintenance check"), ServiceApp),
            Own("findings", _("Findings"), ServiceApp),
            Own("order", _("Order of starting and stopping"), ServiceApp),
            Own("single_points", _("Single points of failure"), ServiceApp),
            Own("board", _("N-1 board"), ServiceApp),
            Own("emergency_book", _("Emergency book"), ServiceApp),
            Own("pools", _("Pools"), Cluster),
            Own("holdings", _("Who holds what"), Cluster),
            Own("fitting", _("What still fits"), Cluster),
            Own("forecast", _("Forecast"), Cluster),
            "planner.ledgersnapshot",
            Own("n_plus_one", _("N+1 by packing"), Cluster),
            Own("capacity_report", _("Capacity report"), Cluster),
            "planner.plan",
            "planner.scenario",
            "planner.planapproval",
            "planner.provisioningrun",
            "planner.backupwaiver",
            "planner.reclaimedmachine",
            Own("drift", _("Drift"), DriftFinding),
            "planner.driftfinding",
            "planner.driftrule",
            "planner.driftscan",
            "planner.provider",
            "planner.allocation",
            "planner.commitment",
            Own("expiring_grants", _("Expiring grants"), Allocation),
            Own("idle_room", _("Idle room"), Allocation),
            "planner.allocationrequest",
            "planner.requestline",
            "planner.appintake",
            "planner.requeststep",
            "planner.letterhead",
        ),
    ),
    Group(
        _("Data centre"),
        (
            "dcim.region",
            "dcim.sitegroup",
            "dcim.site",
            "dcim.location",
            "dcim.rack",
            "dcim.rackreservation",
            "dcim.rackrole",
            Own("rack_ledgers", _("What racks have left"), Rack),
            "dcim.device",
            "dcim.virtualchassis",
            "dcim.cable",
        ),
    ),
    Group(
        _("Components"),
        (
            "dcim.interface",
            "dcim.macaddress",
            "dcim.consoleport",
            "dcim.consoleserverport",
            "dcim.frontport",
            "dcim.rearport",
            "dcim.devicebay",
            "dcim.modulebay",
            "dcim.module",
            "dcim.inventoryitem",
        ),
    ),
    Group(
        _("Types of equipment"),
        (
            "dcim.manufacturer",
            "dcim.devicetype",
            "dcim.devicerole",
            "dcim.platform",
            "dcim.moduletype",
            "dcim.inventoryitemrole",
            "dcim.interfacetemplate",
            "dcim.consoleporttemplate",
            "dcim.consoleserverporttemplate",
            "dcim.powerporttemplate",
            "dcim.poweroutlettemplate",
            "dcim.frontporttemplate",
            "dcim.rearporttemplate",
            "dcim.devicebaytemplate",
            "dcim.modulebaytemplate",
        ),
    ),
    Group(_("Power"), ("dcim.powerpanel", "dcim.powerfeed", "dcim.powerport", "dcim.poweroutlet")),
    Group(
        _("Virtualization"),
        (
            "virtualization.cluster",
            "virtualization.virtualmachine",
            "virtualization.vminterface",
            "virtualization.virtualdisk",
            "virtualization.clustertype",
            "virtualization.clustergroup",
        ),
    ),
    Group(
        _("Network"),
        (
            "ipam.prefix",
            "ipam.ipaddress",
            "ipam.vrf",
            "ipam.vlan",
            "ipam.vlangroup",
            "ipam.role",
            "ipam.service",
        ),
    ),
    Group(
        _("Organization"),
        (
            "tenancy.tenant",
            "tenancy.tenantgroup",
            "tenancy.contact",
            "tenancy.contactgroup",
            "tenancy.contactrole",
            "tenancy.contactassignment",
            "extras.journalentry",
            "extras.tag",
        ),
    ),
    Group(
        _("Administration"),
        (
            "users.user",
            "users.group",
            "users.permission",
            "users.token",
            "core.objectchange",
            "core.job",
        ),
    ),
    Group(
        _("Customization"),
        ("extras.customfield", "extras.customfieldchoiceset", "extras.configcontext"),
    ),
)


def navigation(path: str, user: User) -> tuple[ShownGroup, ...]:
    """The menu for `user` as a reader of the page at `path`: what may be opened."""
    groups = (
        ShownGroup(
            str(group.label),
            tuple(_link(one, path) for one in group.entries if may(user, "view", _model_of(one))),
        )
        for group in GROUPS
    )
    shown = [group for group in groups if group.links]
    current = [place for place, group in enumerate(shown) if group.is_current]
    opened = current or range(OPEN_AT_FIRST)
    return tuple(replace(one, is_open=place in opened) for place, one in enumerate(shown))


def links_called(text: str, path: str, user: User) -> list[Link]:
    """The lines of the user's menu whose label contains `text`."""
    wanted = text.casefold()
    lines = (link for group in navigation(path, user) for link in group.links)
    return [link for link in lines if wanted and wanted in link.label.casefold()]


def _model_of(entry: str | Own) -> type[Model]:
    return entry.model if isinstance(entry, Own) else BY_KIND[entry].model


def _link(entry: str | Own, path: str) -> Link:
    if isinstance(entry, Own):
        label, url = str(entry.label), reverse(entry.name)
    else:
        resource = BY_KIND[entry]
        label, url = str(capfirst(resource.model._meta.verbose_name_plural)), list_of(resource)
    return Link(label, url, path.startswith(url))
