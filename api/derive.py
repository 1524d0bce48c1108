"""From a resource to its serializer, filter set and view set.

Functions, cached: the same resource always gives the same class. What a resource can't say is an
ordinary class in its own file, named in `OVERRIDES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from django.db.models import Model

from api.nouns.accounts import (
    GroupSerializer,
    LimitedTokensKeepOut,
    TokenSerializer,
    TokenViewSet,
    UserSerializer,
    UserViewSet,
)
from api.nouns.addressing import (
    AddressSerializer,
    PrefixSerializer,
    RoleSerializer,
    ServiceSerializer,
    VlanGroupSerializer,
    VlanSerializer,
    VrfSerializer,
)
from api.nouns.attached import ContactAssignmentSerializer, JournalEntrySerializer
from api.nouns.available import AddressesOfPrefix, PrefixesOfPrefix, VlansOfGroup
from api.nouns.cables import CableFilterSet, CableSerializer, CableViewSet
from api.nouns.categories import (
    CategoryAssessmentSerializer,
    ServiceAppFilterSet,
    ServiceAppSerializer,
)
from api.nouns.changes import ChangeFilterSet, ChangeSerializer
from api.nouns.components import (
    ComponentFilterSet,
    DeviceBaySerializer,
    InterfaceTemplateSerializer,
    MACAddressFilterSet,
    MACAddressSerializer,
    ModularTemplateFilterSet,
    ModuleBayFilterSet,
    ModuleBaySerializer,
    TemplateFilterSet,
)
from api.nouns.config_contexts import ConfigContextSerializer, DeviceSerializer, MachineSerializer
from api.nouns.contacts import ContactAssignmentFilterSet
from api.nouns.devices import (
    ChassisSerializer,
    DeviceFilterSet,
    MachineFilterSet,
)
from api.nouns.discovery import Discovery
from api.nouns.endpoints import (
    EndpointFilterSet,
    EndpointSerializer,
    FeedFilterSet,
    InterfaceFilterSet,
    InterfaceSerializer,
)
from api.nouns.extras import (
    ChoiceSetSerializer,
    CustomFieldFilterSet,
    CustomFieldSerializer,
    TagFilterSet,
    TagSerializer,
)
from api.nouns.grants.allocations import AllocationFilterSet, AllocationSerializer
from api.nouns.jobs import JobSerializer
from api.nouns.networks import (
    AddressFilterSet,
    PrefixFilterSet,
    ScopedFilterSet,
    ServiceFilterSet,
    VlanGroupFilterSet,
)
from api.nouns.panels import (
    FrontPortFilterSet,
    FrontPortSerializer,
    FrontPortTemplateFilterSet,
    FrontPortTemplateSerializer,
    FrontPortViewSet,
    RearPortFilterSet,
    RearPortSerializer,
    RearPortTemplateSerializer,
)
from api.nouns.places import SiteSerializer, TenantSerializer
from api.nouns.planning.plan_deeds import PlanAsks, PlanChanges
from api.nouns.plans import PlanApprovalSerializer, PlanSerializer, PlanViewSet
from api.nouns.provisioning.runs import ProvisioningRunSerializer, ProvisioningRunViewSet
from api.nouns.racks import (
    DeviceTypeSerializer,
    ModuleTypeSerializer,
    RackSerializer,
    ReservationFilterSet,
    TemplatedSerializer,
)
from api.nouns.requests.steps import (
    GrantRenewals,
    GrantReturns,
    RequestBundles,
    RequestProgress,
    RequestSteps,
)
from api.nouns.virtualization import (
    ClusterSerializer,
    MachineInterfaceFilterSet,
    MachineInterfaceSerializer,
)
from api.queries.filters import RecordFilterSet, declared_in, filters_of
from api.records import RecordSerializer, RecordViewSet
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import Resource
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.component_templates import (
    ConsolePortTemplate,
    ConsoleServerPortTemplate,
    DeviceBayTemplate,
    FrontPortTemplate,
    InterfaceTemplate,
    ModuleBayTemplate,
    PowerOutletTemplate,
    PowerPortTemplate,
    RearPortTemplate,
)
from dcim.record.equipment.devices import Device, Interface, VirtualChassis
from dcim.record.equipment.inventory import InventoryItem
from dcim.record.equipment.modules import DeviceBay, ModuleBay, ModuleType
from dcim.record.equipment.ports import ConsolePort, ConsoleServerPort, FrontPort, RearPort
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPort
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.extras.journal import JournalEntry
from dcim.record.log.changes import ObjectChange
from dcim.record.networks.ipam import VRF, IPAddress, Prefix
from dcim.record.networks.mac_addresses import MACAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.services import Service
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN, Role, VLANGroup
from dcim.record.people.account import ApiToken, Group, ObjectPermission, User
from dcim.record.people.contacts import ContactAssignment
from dcim.record.people.organisation import Tag, Tenant
from dcim.record.places.hardware import DeviceRole, DeviceType, Platform
from dcim.record.places.racks import Rack
from dcim.record.places.reservations import RackReservation
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.jobs import Job
from dcim.record.planner.plans import Plan, PlanApproval, ProvisioningRun
from dcim.record.planner.requests import AllocationRequest
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.choices_requests import RequestDeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Base classes of one resource that do more than the derived ones."""

    serializer: type[RecordSerializer] = RecordSerializer
    filter_set: type[RecordFilterSet] = RecordFilterSet
    view_set: type[RecordViewSet] = RecordViewSet
    also: frozenset[str] = frozenset()  # actions of the view set on what is not written by fields


ENDPOINT: Final = Override(serializer=EndpointSerializer, filter_set=EndpointFilterSet)
TEMPLATE: Final = Override(filter_set=ModularTemplateFilterSet)
OVERRIDES: Final[dict[type[Model], Override]] = {
    ObjectChange: Override(serializer=ChangeSerializer, filter_set=ChangeFilterSet),
    ApiToken: Override(
        serializer=TokenSerializer,
        view_set=TokenViewSet,
        also=frozenset({"create", "update", "destroy"}),
    ),
    ContactAssignment: Override(
        serializer=ContactAssignmentSerializer, filter_set=ContactAssignmentFilterSet
    ),
    Allocation: Override(serializer=AllocationSerializer, filter_set=AllocationFilterSet),
    CategoryAssessment: Override(serializer=CategoryAssessmentSerializer),
    Cable: Override(serializer=CableSerializer, filter_set=CableFilterSet, view_set=CableViewSet),
    ConsolePort: ENDPOINT,
    ConsolePortTemplate: TEMPLATE,
    ConsoleServerPort: ENDPOINT,
    ConsoleServerPortTemplate: TEMPLATE,
    Cluster: Override(serializer=ClusterSerializer, filter_set=ScopedFilterSet),
    ConfigContext: Override(serializer=ConfigContextSerializer),
    CustomField: Override(serializer=CustomFieldSerializer, filter_set=CustomFieldFilterSet),
    CustomFieldChoiceSet: Override(serializer=ChoiceSetSerializer),
    Device: Override(serializer=DeviceSerializer, filter_set=DeviceFilterSet),
    DeviceBay: Override(serializer=DeviceBaySerializer, filter_set=ComponentFilterSet),
    DeviceBayTemplate: Override(filter_set=TemplateFilterSet),
    DeviceRole: Override(serializer=TemplatedSerializer),
    DeviceType: Override(serializer=DeviceTypeSerializer),
    Group: Override(serializer=GroupSerializer, view_set=LimitedTokensKeepOut),
    IPAddress: Override(serializer=AddressSerializer, filter_set=AddressFilterSet),
    ObjectPermission: Override(view_set=LimitedTokensKeepOut),
    Job: Override(serializer=JobSerializer),
    PlanApproval: Override(serializer=PlanApprovalSerializer),
    FrontPort: Override(
        serializer=FrontPortSerializer, filter_set=FrontPortFilterSet, view_set=FrontPortViewSet
    ),
    FrontPortTemplate: Override(
        serializer=FrontPortTemplateSerializer,
        filter_set=FrontPortTemplateFilterSet,
        view_set=FrontPortViewSet,
    ),
    Interface: Override(serializer=InterfaceSerializer, filter_set=InterfaceFilterSet),
    InterfaceTemplate: Override(
        serializer=InterfaceTemplateSerializer, filter_set=ModularTemplateFilterSet
    ),
    ModuleType: Override(serializer=ModuleTypeSerializer),
    InventoryItem: Override(filter_set=ComponentFilterSet),
    MACAddress: Override(serializer=MACAddressSerializer, filter_set=MACAddressFilterSet),
    JournalEntry: Override(serializer=JournalEntrySerializer),
    ModuleBay: Override(serializer=ModuleBaySerializer, filter_set=ModuleBayFilterSet),
    ModuleBayTemplate: TEMPLATE,
    Platform: Override(serializer=TemplatedSerializer),
    Plan: Override(serializer=PlanSerializer, view_set=PlanViewSet, also=frozenset({"create"})),
    ProvisioningRun: Override(
        serializer=ProvisioningRunSerializer,
        view_set=ProvisioningRunViewSet,
        also=frozenset({"create"}),
    ),
    PowerFeed: Override(serializer=EndpointSerializer, filter_set=FeedFilterSet),
    PowerOutlet: ENDPOINT,
    PowerOutletTemplate: TEMPLATE,
    PowerPort: ENDPOINT,
    PowerPortTemplate: TEMPLATE,
    Prefix: Override(serializer=PrefixSerializer, filter_set=PrefixFilterSet),
    Role: Override(serializer=RoleSerializer),
    Service: Override(serializer=ServiceSerializer, filter_set=ServiceFilterSet),
    VLAN: Override(serializer=VlanSerializer),
    VLANGroup: Override(serializer=VlanGroupSerializer, filter_set=VlanGroupFilterSet),
    VMInterface: Override(
        serializer=MachineInterfaceSerializer, filter_set=MachineInterfaceFilterSet
    ),
    VRF: Override(serializer=VrfSerializer),
    Rack: Override(serializer=RackSerializer),
    Tag: Override(serializer=TagSerializer, filter_set=TagFilterSet),
    RackReservation: Override(filter_set=ReservationFilterSet),
    ServiceApp: Override(serializer=ServiceAppSerializer, filter_set=ServiceAppFilterSet),
    Site: Override(serializer=SiteSerializer),
    Tenant: Override(serializer=TenantSerializer),
    User: Override(serializer=UserSerializer, view_set=UserViewSet),
    RearPort: Override(serializer=RearPortSerializer, filter_set=RearPortFilterSet),
    RearPortTemplate: Override(
        serializer=RearPortTemplateSerializer, filter_set=ModularTemplateFilterSet
    ),
    VirtualChassis: Override(serializer=ChassisSerializer),
    VirtualMachine: Override(serializer=MachineSerializer, filter_set=MachineFilterSet),
}
PLAIN: Final = Override()
COMPONENTS: Final[dict[type[Model], str]] = {AllocationRequest: "RequestForCapacity"}
AVAILABLE: Final[dict[str, tuple[type[Model], type[RecordViewSet]]]] = {
    "ipam/prefixes/<int:pk>/available-ips/": (IPAddress, AddressesOfPrefix),
    "ipam/prefixes/<int:pk>/available-prefixes/": (Prefix, PrefixesOfPrefix),
    "ipam/vlan-groups/<int:pk>/available-vlans/": (VLAN, VlansOfGroup),
}
DISCOVERED: Final[dict[str, type[Model]]] = {
    "plugins/prometheus-sd/devices/": Device,
    "plugins/prometheus-sd/virtual-machines/": VirtualMachine,
    "plugins/prometheus-sd/ip-addresses/": IPAddress,
    "plugins/prometheus-sd/services/": Service,
}
OF_REQUEST: Final = "plugins/planner/allocation-requests/<int:pk>"
OF_GRANT: Final = "plugins/planner/allocations/<int:pk>"
OF_PLAN: Final = "plugins/planner/plans/<int:pk>"
# Deeds of objects: the route, what it is about, its view, and the view's own name of each method.
Deed: TypeAlias = tuple[str, type[Model], type[RecordViewSet], Mapping[str, str], Mapping[str, Any]]
DEEDS: Final[tuple[Deed, ...]] = (
    *(
        (f"{OF_REQUEST}/{one}/", AllocationRequest, RequestSteps, {"post": "take"}, {"deed": one})
        for one in RequestDeed
    ),
    (f"{OF_REQUEST}/progress/", AllocationRequest, RequestProgress, {"get": "retrieve"}, {}),
    (
        "plugins/planner/allocation-requests/bundle/",
        AllocationRequest,
        RequestBundles,
        {"post": "bundle"},
        {},
    ),
    (
        f"{OF_GRANT}/return/",
        Allocation,
        GrantReturns,
        {"get": "retrieve", "post": "give_back"},
        {},
    ),
    (f"{OF_GRANT}/renew/", Allocation, GrantRenewals, {"post": "renew"}, {}),
    (f"{OF_PLAN}/draft-request/", Plan, PlanAsks, {"post": "draft"}, {}),
    (f"{OF_PLAN}/changes/", Plan, PlanChanges, {"get": "retrieve", "post": "ask"}, {}),
)


READS: Final = frozenset({"list", "retrieve"})
WRITES: Final = frozenset({"create", "update", "destroy", "bulk_update", "bulk_destroy"})


def actions_of(resource: Resource) -> frozenset[str]:
    """What programs may do with the resource's objects."""
    also = OVERRIDES.get(resource.model, PLAIN).also
    return READS | also | (WRITES if resource.writable else also)


@cache
def serializer_for(resource: Resource) -> type[RecordSerializer]:
    """The serializer of the resource's objects; its name is the component's in OpenAPI."""
    base = OVERRIDES.get(resource.model, PLAIN).serializer
    about = {"resource": resource, "__doc__": resource.model.__doc__}
    return type(component_of(resource), (base,), about)


def component_of(resource: Resource) -> str:
    """The name of the resource's objects in OpenAPI: the model's, where that is free.

    A name with “Request” behind it is that of what is written of an object.
    """
    return COMPONENTS.get(resource.model, resource.model.__name__)


@cache
def filter_set_for(resource: Resource) -> type[RecordFilterSet]:
    """The filters of the resource's list."""
    base = OVERRIDES.get(resource.model, PLAIN).filter_set
    name = f"{resource.model.__name__}FilterSet"
    filters = filters_of(resource) | dict(declared_in(base))
    return type(name, (base,), {**filters, "resource": resource})


@cache
def view_set_for(resource: Resource) -> type[RecordViewSet]:
    """The views of the resource's objects."""
    return _view_set(resource, OVERRIDES.get(resource.model, PLAIN).view_set)


def available_views() -> Iterator[tuple[str, type[RecordViewSet]]]:
    """Where what is free of other objects is shown and given out, and the views that do it."""
    for route, (model, base) in AVAILABLE.items():
        yield route, _view_set(BY_MODEL[model], base)


def deed_views() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Where objects are more than read and written, and the views that do it."""
    for route, model, base, methods, more in DEEDS:
        yield route, _view_set(BY_MODEL[model], base).as_view(dict(methods), **more)


def discovery_views() -> Iterator[tuple[str, type[RecordViewSet]]]:
    """Where Prometheus discovers what to scrape, and the views that tell it."""
    for route, model in DISCOVERED.items():
        yield route, _view_set(BY_MODEL[model], Discovery)


def _view_set(resource: Resource, base: type[RecordViewSet]) -> type[RecordViewSet]:
    members = {
        "resource": resource,
        "permission_model": resource.model,
        "queryset": resource.model._default_manager.all(),
        "serializer_class": serializer_for(resource),
        "filter_set": filter_set_for(resource),
        "__doc__": base.__doc__,
    }
    return type(f"{resource.model.__name__}{base.__name__}", (base,), members)
