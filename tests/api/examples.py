"""Bodies that name every field a resource can be written with, and what should come back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import models
from django.db.models import Model

from dcim.catalog import RESOURCES, kind_of
from dcim.catalog.resource import AnyField, Resource
from dcim.record.equipment.cables import Cable
from dcim.record.equipment.component_templates import (
    ConsolePortTemplate,
    ConsoleServerPortTemplate,
    FrontPortTemplate,
    InterfaceTemplate,
    ModuleBayTemplate,
    PowerOutletTemplate,
    PowerPortTemplate,
    RearPortTemplate,
)
from dcim.record.equipment.devices import Device, Interface
from dcim.record.equipment.inventory import InventoryItem
from dcim.record.equipment.modules import DeviceBay, Module, ModuleBay
from dcim.record.equipment.ports import ConsolePort, ConsoleServerPort, FrontPort, RearPort
from dcim.record.equipment.power import PowerFeed, PowerOutlet, PowerPanel, PowerPort
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.extras.journal import JournalEntry
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.mac_addresses import MACAddress
from dcim.record.networks.machine_parts import VMInterface
from dcim.record.networks.services import Service
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN, VLANGroup
from dcim.record.numbers import NumberListField
from dcim.record.people.account import ObjectPermission, User
from dcim.record.people.contacts import Contact, ContactAssignment
from dcim.record.people.organisation import Tag
from dcim.record.places.hardware import DeviceType
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.commitments import Commitment
from dcim.record.planner.intakes import AppIntake
from dcim.record.planner.letterheads import Letterhead
from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import ServiceApp, Workload
from tests.factories import make

Body = dict[str, Any]
WRITABLE: Final = tuple(one for one in RESOURCES if one.writable)
_TOLD_TO_GUESTS: Final = {
    "name_servers": "10.64.0.53 10.64.1.53",
    "ssh_keys": "ssh-ed25519 AAAAC3Nz admin@paser",
}
_numbers = itertools.count(1)


def filled_body(resource: Resource) -> Body:
    """A body with a value for every writable field, none of them the default."""
    groups = {name for names in resource.one_of.values() for name in names}
    body = {
        resource.wire_name(one.name): example_of(one)
        for one in resource.writable_fields
        if one.name not in groups
    }
    return body | CONSISTENT.get(resource.model, dict)()


def example_of(one: AnyField) -> Any:
    """A valid value of a field, as it is written."""
    if one.is_relation:
        assert isinstance(one.related_model, type)
        pk = make(one.related_model).pk
        return [pk] if one.many_to_many else pk
    if one.choices:
        return one.flatchoices[-1][0]
    for kind, example in BY_KIND.items():
        if isinstance(one, kind):
            return example(one)
    raise TypeError(f"no example for {one}")


def _text(one: AnyField) -> str:
    return f"{one.name}-{next(_numbers)}"


def _user() -> Body:
    return {"email": f"u{next(_numbers)}@example.go.id"}


BY_KIND: Final[Mapping[type[AnyField], Callable[[AnyField], Any]]] = {
    models.DecimalField: lambda one: 2.5,
    models.BooleanField: lambda one: not one.default,
    models.IntegerField: lambda one: 2,
    models.DateTimeField: lambda one: "2026-01-31T02:30:00.000000Z",
    models.DateField: lambda one: "2026-01-31",
    NumberListField: lambda one: [1, 2, 5],
    models.JSONField: lambda one: ["open"],
    models.URLField: lambda one: "https://app.example/",
    models.TextField: _text,
    models.CharField: lambda one: "2196f3" if one.name == "color" else _text(one),
}


def _in_site(*models_of_site: type[Model]) -> tuple[Site, dict[str, int]]:
    site = make(Site)
    return site, {one._meta.model_name or "": make(one, site=site).pk for one in models_of_site}


def _location() -> Body:
    site = make(Site)
    return {"site": site.pk, "parent": make(Location, site=site).pk}


def _rack() -> Body:
    site, placed = _in_site(Location)
    return {"site": site.pk, **placed}


# What is new has no interface yet, so no address of its own.
NO_PRIMARY: Final = {"primary_ip4": None, "primary_ip6": None}


def _device() -> Body:
    site, placed = _in_site(Location, Rack)
    return {
        "site": site.pk,
        **placed,
        **NO_PRIMARY,
        "oob_ip": None,
        "local_context_data": {"ntp": ["10.0.0.1"]},
    }


def _power_feed() -> Body:
    site = make(Site)
    panel, rack = make(PowerPanel, site=site), make(Rack, site=site)
    return {"power_panel": panel.pk, "rack": rack.pk}


def _on_one_device(*references: str, model: type[Model]) -> Callable[[], Body]:
    """Bodies whose references lead to parts of the body's own device."""

    def body() -> Body:
        device = make(Device)
        of_model = {one.name: one for one in model._meta.concrete_fields}
        parts = {name: _part_of(device, of_model[name]) for name in references}
        return {"device": device.pk, **parts}

    return body


def _part_of(device: Device, field: AnyField) -> int:
    assert isinstance(field.related_model, type)
    if field.related_model is Module:
        bay = make(ModuleBay, device=device)
        return make(Module, device=device, module_bay=bay).pk
    kind = {"type": "lag"} if field.name == "lag" else {}
    return int(make(field.related_model, device=device, **kind).pk)


def _interface() -> Body:
    parts = ("module", "parent", "bridge", "lag")
    consistent = _on_one_device(*parts, model=Interface)()
    return {**consistent, "type": "virtual", "primary_mac_address": None}


def _inventory_item() -> Body:
    body = _on_one_device("parent", model=InventoryItem)()
    port = make(Interface, device=Device.objects.get(pk=body["device"]))
    return {**body, "component_type": "dcim.interface", "component_id": port.pk}


def _of_type(reference: str, model: type[Model]) -> Callable[[], Body]:
    """Bodies of templates whose reference leads to another template of their type."""

    def body() -> Body:
        kind = make(DeviceType)
        other = make(model, device_type=kind)
        return {"device_type": kind.pk, "module_type": None, reference: other.pk}

    return body


def _virtual_machine() -> Body:
    cluster = make(Cluster)
    host = make(Device, cluster=cluster)
    grant = make(Allocation, vcpus=8, memory_mib=8, storage_gib=8)
    return {
        "cluster": cluster.pk,
        "device": host.pk,
        "allocation": grant.pk,
        "local_context_data": None,
        **NO_PRIMARY,
    }


def _vm_interface() -> Body:
    machine = make(VirtualMachine)
    parent, bridge = (make(VMInterface, virtual_machine=machine).pk for _ in range(2))
    return {"virtual_machine": machine.pk, "parent": parent, "bridge": bridge}


def _request() -> Body:
    grant = make(Allocation)
    return {
        "predecessor": grant.pk,
        "provider": grant.provider.pk,
        **dict.fromkeys(("admin_nip", "technical_nip"), "198001012005011001"),
        **{f"{one}_email": f"{one}@example.go.id" for one in ("admin", "technical")},
    }


def _request_line() -> Body:
    tier = make(Workload)
    return {"app": tier.app.pk, "workload": tier.pk}


def _pointing_at(group: str, model: type[Model]) -> Body:
    return {f"{group}_type": kind_of(model), f"{group}_id": make(model).pk}


def end_of(endpoint: Model) -> list[Body]:
    """One side of a cable, as it is written."""
    return [{"object_type": kind_of(type(endpoint)), "object_id": endpoint.pk}]


def _cable() -> Body:
    a, b = make(Interface), make(Interface)
    return {"a_terminations": end_of(a), "b_terminations": end_of(b)}


def _custom_field() -> Body:
    choices = make(CustomFieldChoiceSet)
    return {
        "name": f"choice_{next(_numbers)}",
        "type": "select",
        "choice_set": choices.pk,
        "object_types": ["dcim.site", "dcim.rack"],
        "related_object_type": None,
        "default": "a",
        "validation_minimum": 1,
        "validation_regex": "^a",
    }


# What must hold between the fields of an object.
CONSISTENT: Final[Mapping[type[Model], Callable[[], Body]]] = {
    Site: lambda: {"time_zone": "Asia/Makassar"},
    Location: _location,
    DeviceType: lambda: {"subdevice_role": "parent"},
    Rack: _rack,
    Contact: lambda: {"email": "ani@paser.example"},
    ContactAssignment: lambda: {"object_type": "dcim.site", "object_id": make(Site).pk},
    JournalEntry: lambda: {
        "assigned_object_type": "dcim.site",
        "assigned_object_id": make(Site).pk,
    },
    Device: _device,
    PowerPanel: _rack,
    PowerFeed: _power_feed,
    PowerOutlet: _on_one_device("module", "power_port", model=PowerOutlet),
    **{
        model: _on_one_device("module", model=model)
        for model in (ConsolePort, ConsoleServerPort, FrontPort, ModuleBay, PowerPort, RearPort)
    },
    **{
        model: lambda: {"module_type": None}
        for model in (
            ConsolePortTemplate,
            ConsoleServerPortTemplate,
            FrontPortTemplate,
            ModuleBayTemplate,
            PowerPortTemplate,
            RearPortTemplate,
        )
    },
    PowerOutletTemplate: _of_type("power_port", PowerPortTemplate),
    InterfaceTemplate: _of_type("bridge", InterfaceTemplate),
    Interface: _interface,
    InventoryItem: _inventory_item,
    Module: _on_one_device("module_bay", model=Module),
    DeviceBay: lambda: {"enabled": True},
    MACAddress: lambda: {
        "mac_address": f"00:1B:44:11:3A:{next(_numbers) % 256:02X}",
        **_pointing_at("assigned_object", Interface),
    },
    VirtualMachine: _virtual_machine,
    ServiceApp: lambda: {"status": "inactive"},
    AllocationRequest: _request,
    Scenario: lambda: {
        "overlays": [{"kind": "grow", "on": "2026-01-31", "percent_per_year": 5.0}],
    },
    RequestLine: _request_line,
    AppIntake: lambda: {"year": 2024, "backup_retention_days": 30},
    Commitment: lambda: {
        "allocation": make(Allocation, vcpus=8, memory_mib=8, storage_gib=8).pk,
    },
    Letterhead: lambda: {
        "email": "kominfo@paser.example",
        "signatory_nip": "197001012000031001",
    },
    Provider: lambda: {
        "data_classes": ["open", "restricted"],
        "hypervisor_uri": f"openstack://h{next(_numbers)}.example/v3",
        **_TOLD_TO_GUESTS,
    },
    Cluster: lambda: {
        "hypervisor_uri": f"qemu+ssh://h{next(_numbers)}.example/system",
        **_TOLD_TO_GUESTS,
        **_pointing_at("scope", Site),
    },
    Prefix: lambda: {"prefix": f"10.{next(_numbers) % 250}.0.0/16", **_pointing_at("scope", Site)},
    IPAddress: lambda: {
        "address": f"10.201.{next(_numbers) % 250}.9/24",
        "dns_name": "app.example",
        **_pointing_at("assigned_object", VMInterface),
    },
    Cable: _cable,
    VMInterface: _vm_interface,
    VLANGroup: lambda: {
        "vid_ranges": [[1, 99], [200, 4094]],
        **_pointing_at("scope", Location),
    },
    Service: lambda: {"ports": [80, 443], **_pointing_at("parent_object", VirtualMachine)},
    VLAN: lambda: {"vid": next(_numbers) % 4000 + 1},
    Tag: lambda: {"object_types": ["dcim.site"]},
    User: _user,
    ObjectPermission: lambda: {
        "object_types": ["dcim.site"],
        "actions": ["view", "change"],
        "constraints": None,
    },
    CustomField: _custom_field,
    ConfigContext: lambda: {"data": {"ntp": ["10.0.0.1"]}, "tags": [make(Tag).slug]},
    CustomFieldChoiceSet: lambda: {"base_choices": None, "extra_choices": [["a", "A"]]},
}


def as_written(value: Any) -> Any:
    """A value that was read, in the form in which it is written."""
    if isinstance(value, list):
        return [as_written(one) for one in value]
    if isinstance(value, dict) and "object" in value:
        return {name: one for name, one in value.items() if name != "object"}
    if isinstance(value, dict):
        return value.get("value", value.get("id", value))
    return value
