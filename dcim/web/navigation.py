"""The menu: which lists and pages there are, in groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dcim.catalog import BY_KIND
from dcim.web.addresses import list_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Own:
    """A page of its own in the menu: its URL name and label."""

    name: str
    label: StrOrPromise


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
    """A part of the menu as it is shown; open when the current page belongs to it."""

    label: str
    links: tuple[Link, ...]

    @property
    def is_current(self) -> bool:
        """Whether the current page is one of its links."""
        return any(link.is_current for link in self.links)


GROUPS: Final = (
    Group(
        _("Apps & plans"),
        (
            "planner.serviceapp",
            "planner.workload",
            "planner.appdependency",
            Own("impact", _("Impact")),
            Own("pools", _("Pools")),
            "planner.plan",
            "planner.provisioningrun",
            "planner.provider",
            "planner.allocation",
        ),
    ),
    Group(
        _("Data centre"),
        (
            "dcim.site",
            "dcim.location",
            "dcim.rack",
            "dcim.device",
            "dcim.interface",
            "dcim.cable",
            "dcim.manufacturer",
            "dcim.devicetype",
            "dcim.devicerole",
            "dcim.platform",
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
        ),
    ),
    Group(_("Network"), ("ipam.prefix", "ipam.ipaddress", "ipam.vlan")),
    Group(_("Organization"), ("tenancy.tenant", "extras.tag")),
    Group(_("Log"), ("core.objectchange",)),
)


def navigation(path: str) -> tuple[ShownGroup, ...]:
    """The menu for a reader of the page at `path`."""
    return tuple(
        ShownGroup(str(group.label), tuple(_link(entry, path) for entry in group.entries))
        for group in GROUPS
    )


def _link(entry: str | Own, path: str) -> Link:
    if isinstance(entry, Own):
        label, url = str(entry.label), reverse(entry.name)
    else:
        resource = BY_KIND[entry]
        label, url = str(capfirst(resource.model._meta.verbose_name_plural)), list_of(resource)
    return Link(label, url, path.startswith(url))
