"""Things of the dependency graph as pages name them: their kind in words, their page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dcim.catalog import BY_MODEL
from dcim.graph.facts import Group, Node, Thing
from dcim.graph.load.record import current_graph
from dcim.record.equipment.devices import Device
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.service_apps import ServiceApp, Workload
from dcim.vocabulary.things import Ref, ThingKind

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
    ThingKind.ROUTER: _("router or firewall"),
    ThingKind.PSU: _("PSU"),
    ThingKind.OUTLET: _("power outlet"),
    ThingKind.PDU: _("PDU"),
    ThingKind.RACK: _("rack"),
    ThingKind.LOCATION: _("location"),
    ThingKind.SITE: _("site"),
    ThingKind.FEED: _("power feed"),
    ThingKind.PANEL: _("power panel"),
    ThingKind.BACKUP: _("backup copy"),
    ThingKind.GROUP: _("redundancy"),
}


# Where things of a kind are recorded.
MODELS: Final[dict[ThingKind, type[Model]]] = {
    ThingKind.APP: ServiceApp,
    ThingKind.WORKLOAD: Workload,
    ThingKind.VM: VirtualMachine,
    ThingKind.HOST: Device,
    ThingKind.SWITCH: Device,
    ThingKind.ROUTER: Device,
    ThingKind.PDU: Device,
    ThingKind.PSU: PowerPort,
    ThingKind.OUTLET: PowerOutlet,
    ThingKind.CLUSTER: Cluster,
    ThingKind.RACK: Rack,
    ThingKind.LOCATION: Location,
    ThingKind.SITE: Site,
    ThingKind.PANEL: PowerPanel,
    ThingKind.FEED: PowerFeed,
    ThingKind.ALLOCATION: Allocation,
    ThingKind.PROVIDER: Provider,
    ThingKind.BACKUP: BackupCopy,
}


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A node of the graph as a page shows it."""

    ref: Ref
    kind: StrOrPromise
    name: str
    label: str
    url: str


def named_things(nodes: Iterable[Node]) -> dict[Ref, NamedThing]:
    """The nodes as pages show them."""
    return {node.id: named_thing(node) for node in nodes}


def named_thing(node: Node) -> NamedThing:
    """A node as pages show it."""
    name = gettext(node.label) if isinstance(node, Group) else node.name
    label = "" if node.label == name else node.label
    return NamedThing(node.id, kind_label(node), name, label, page_of_node(node))


def kind_label(node: Node) -> StrOrPromise:
    """What sort of thing the node is, in words."""
    if isinstance(node, Thing) and node.is_external:
        return _("external app")
    return KIND_LABELS[node.kind]


def page_of_node(node: Node) -> str:
    """The address of the node's page in the record; "" for a group, which has none."""
    if isinstance(node, Group) or node.pk is None:
        return ""
    return reverse(f"{BY_MODEL[MODELS[node.kind]].kind}_detail", args=[node.pk])


def pages_of_things(refs: Iterable[Ref]) -> dict[Ref, str]:
    """The address of each thing's page; what the record no longer has is left out."""
    graph = current_graph()
    return {ref: page_of_node(graph.node(graph.find(ref))) for ref in set(refs) if ref in graph}


def name_of_row(kind: ThingKind, pk: int) -> str:
    """What the graph calls the row `pk`, KIND:NAME; "" when no app can rest on it."""
    thing = current_graph().thing_of_row(kind, pk)
    return "" if thing is None else str(thing.id)
