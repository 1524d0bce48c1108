"""Things of the dependency graph as pages name them: their kind in words, their page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dcim.graph.facts import Group, Node
from dcim.record.allocations import Allocation, Provider
from dcim.record.devices import Device
from dcim.record.power import PowerFeed, PowerPanel, PowerPort
from dcim.record.racks import Rack
from dcim.record.service_apps import ServiceApp, Workload
from dcim.record.sites import Location, Site
from dcim.record.virtualization import Cluster, VirtualMachine
from dcim.vocabulary.things import Ref, ThingKind
from dcim.web.addresses import page_of

if TYPE_CHECKING:
    from django.db.models import Model
    from django_stubs_ext import StrOrPromise

KIND_LABELS: Final[dict[ThingKind, StrOrPromise]] = {
    ThingKind.APP: _("app"),
    ThingKind.WORKLOAD: _("tier"),
    ThingKind.VM: _("VM"),
    ThingKind.HOST: _("host"),
    ThingKind.CLUSTER: _("cluster"),
    ThingKind.ALLOCATION: _("allocation"),
    ThingKind.PROVIDER: _("provider"),
    ThingKind.SWITCH: _("switch"),
    ThingKind.PDU: _("PDU"),
    ThingKind.PSU: _("PSU"),
    ThingKind.RACK: _("rack"),
    ThingKind.LOCATION: _("location"),
    ThingKind.SITE: _("site"),
    ThingKind.FEED: _("power feed"),
    ThingKind.PANEL: _("power panel"),
    ThingKind.GROUP: _("redundancy"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where things of a kind are recorded: the field of their last name, and how they are called.

    Namesakes in several places are told apart by `place`, as the graph does: PLACE/NAME.
    """

    model: type[Model]
    field: str
    name: Callable[[Any], str]
    joined: tuple[str, ...] = ()
    place: Callable[[Any], str] | None = None


def _own_name(obj: Any) -> str:
    return str(obj.name)


def _site_name(obj: Any) -> str:
    return str(obj.site.name)


DEVICE: Final = Source(Device, "name", _own_name, ("site",), _site_name)
SOURCES: Final[dict[ThingKind, Source]] = {
    ThingKind.APP: Source(ServiceApp, "code", lambda app: app.code),
    ThingKind.WORKLOAD: Source(
        Workload, "name", lambda tier: f"{tier.app.code}/{tier.name}", ("app",)
    ),
    ThingKind.VM: Source(VirtualMachine, "name", _own_name),
    ThingKind.HOST: DEVICE,
    ThingKind.SWITCH: DEVICE,
    ThingKind.PDU: DEVICE,
    ThingKind.PSU: Source(
        PowerPort, "name", lambda port: f"{port.device.name}/{port.name}", ("device",)
    ),
    ThingKind.CLUSTER: Source(Cluster, "name", _own_name),
    ThingKind.RACK: Source(Rack, "name", _own_name, ("site",), _site_name),
    ThingKind.LOCATION: Source(
        Location, "name", lambda place: f"{place.site.name}/{place.name}", ("site",)
    ),
    ThingKind.SITE: Source(Site, "name", _own_name),
    ThingKind.PANEL: Source(
        PowerPanel, "name", lambda panel: f"{panel.site.name}/{panel.name}", ("site",)
    ),
    ThingKind.FEED: Source(
        PowerFeed,
        "name",
        lambda feed: f"{feed.power_panel.site.name}/{feed.power_panel.name}/{feed.name}",
        ("power_panel__site",),
    ),
    ThingKind.ALLOCATION: Source(Allocation, "reference", lambda grant: grant.reference),
    ThingKind.PROVIDER: Source(Provider, "slug", lambda provider: provider.slug),
}
MOST_NAMES_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A node of the graph as a page shows it."""

    ref: Ref
    kind: StrOrPromise
    name: str
    label: str
    url: str


def named_things(nodes: Iterable[Node]) -> dict[Ref, NamedThing]:
    """The nodes as pages show them, found with one query per kind."""
    listed = list(nodes)
    urls = pages_of_things(node.id for node in listed)
    return {node.id: _named(node, urls) for node in listed}


def _named(node: Node, urls: Mapping[Ref, str]) -> NamedThing:
    name = gettext(node.label) if isinstance(node, Group) else node.name
    label = "" if node.label == name else node.label
    return NamedThing(node.id, KIND_LABELS[node.kind], name, label, urls.get(node.id, ""))


def pages_of_things(refs: Iterable[Ref]) -> dict[Ref, str]:
    """The address of each thing's page in the record; those without one are left out."""
    names: dict[ThingKind, set[str]] = defaultdict(set)
    for ref in refs:
        if ref.kind in SOURCES:
            names[ref.kind].add(ref.name)
    return {
        Ref(kind, name): url for kind, some in names.items() for name, url in _pages(kind, some)
    }


def _pages(kind: ThingKind, names: set[str]) -> Iterable[tuple[str, str]]:
    source = SOURCES[kind]
    last = sorted({name.rpartition("/")[2] if source.joined else name for name in names})
    for start in range(0, len(last), MOST_NAMES_AT_ONCE):
        some = last[start : start + MOST_NAMES_AT_ONCE]
        rows = source.model._default_manager.filter(**{f"{source.field}__in": some})
        for obj in rows.select_related(*source.joined) if source.joined else rows:
            for name in names.intersection(_names(source, obj)):
                yield name, page_of(obj)


def _names(source: Source, obj: Model) -> list[str]:
    name = source.name(obj)
    return [name] if source.place is None else [name, f"{source.place(obj)}/{name}"]
