"""Recorded objects for tests, written by the product's own actions.

`make(Rack)` fills what a rack requires: names from a counter, references by making what they point
at; a test states only what it is about.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.db.models import CharField, Field, ForeignKey, IntegerField, Model

from dcim.actions import record
from dcim.actions.changes import Actor
from dcim.catalog import component_templates, kind_of
from dcim.record.equipment.modules import Module, ModuleBay
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.custom_fields import CustomField, CustomFieldChoiceSet
from dcim.record.extras.journal import JournalEntry
from dcim.record.networks.ipam import IPAddress, Prefix
from dcim.record.networks.mac_addresses import MACAddress
from dcim.record.networks.services import Service
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.networks.vlans import VLAN
from dcim.record.people.account import Group, ObjectPermission, User
from dcim.record.people.contacts import ContactAssignment
from dcim.record.people.organisation import Tenant
from dcim.record.places.hardware import DeviceType
from dcim.record.places.reservations import RackReservation
from dcim.record.places.sites import Site
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.categories import CategoryAssessment
from dcim.record.planner.commitments import Commitment
from dcim.record.planner.drift import DriftRule
from dcim.record.planner.plans import Plan
from dcim.record.planner.requests import RequestLine
from dcim.record.planner.scenarios import Scenario
from dcim.record.planner.service_apps import Workload
from dcim.vocabulary.categories import BSSN_8_2020

ModelT = TypeVar("ModelT", bound=Model)
TESTER: Final = Actor.system("test")
_numbers = itertools.count(1)


def make(model: type[ModelT], **values: Any) -> ModelT:
    """A stored object of `model` with `values` and whatever else it requires."""
    if model is Module and "module_bay" not in values:
        bay = make(ModuleBay)
        values |= {"device": bay.device, "module_bay": bay}
    required = {
        one.name: _value_for(one)
        for one in model._meta.concrete_fields
        if one.name not in values and _is_required(one)
    }
    particulars = {
        name: fill() for name, fill in PARTICULARS.get(model, {}).items() if name not in values
    }
    return record.create(model, {**required, **particulars, **values}, by=TESTER)


def make_user(username: str = "siti", *, password: str = "kata-sandi-uji", **fields: Any) -> User:
    """A stored user; `is_superuser=True` for one who may do everything."""
    user = User(username=username, **fields)
    user.set_password(password)
    user.save()
    return user


def permit(user: User, *models: type[Model], actions: Sequence[str] = ("view",)) -> User:
    """`user`, who may do `actions` with every object of `models`."""
    permission = make(
        ObjectPermission,
        object_types=[kind_of(one) for one in models],
        actions=list(actions),
        users=[user],
    )
    assert permission.pk
    return user


def member(user: User, *roles: str, tenant: Tenant | None = None) -> User:
    """`user` with `roles`, of the office `tenant`."""
    user.groups.set(Group.objects.filter(name__in=roles))
    user.tenant = tenant
    user.save()
    return user


def _is_required(field: Field[Any, Any]) -> bool:
    return field.editable and not (field.blank or field.null or field.has_default())


def _value_for(field: Field[Any, Any]) -> Any:
    if isinstance(field, ForeignKey):
        return make(field.related_model)
    number = next(_numbers)
    if isinstance(field, CharField):
        return f"{field.model._meta.model_name}-{number}"
    return number % 100 + 1 if isinstance(field, IntegerField) else Decimal(1)


# What a model requires beyond its field types.
PARTICULARS: Final[dict[type[Model], dict[str, Callable[[], Any]]]] = {
    ObjectPermission: {"object_types": lambda: ["dcim.site"], "actions": lambda: ["view"]},
    CustomField: {
        "name": lambda: f"field_{next(_numbers)}",
        "object_types": lambda: ["dcim.site"],
    },
    ConfigContext: {"data": lambda: {"ntp": "10.0.0.1"}},
    CustomFieldChoiceSet: {"extra_choices": lambda: [["a", "A"], ["b", "B"]]},
    VirtualMachine: {"cluster": lambda: make(Cluster)},
    ContactAssignment: {
        "object_type": lambda: "dcim.site",
        "object_id": lambda: make(Site).pk,
    },
    JournalEntry: {
        "object_type": lambda: "dcim.site",
        "object_id": lambda: make(Site).pk,
        "comments": lambda: "seen",
    },
    RequestLine: {"vcpus": lambda: 2},
    DriftRule: {"reason": lambda: "mesin uji"},
    Plan: {"document": lambda: {"apps": []}},
    Scenario: {"base_date": lambda: date(2026, 12, 1)},
    RackReservation: {"units": lambda: [1, 2]},
    Workload: {"memory_mib": lambda: 1024},
    CategoryAssessment: {one.key: lambda: "C" for one in BSSN_8_2020.questions},
    BackupCopy: {"site": lambda: make(Site)},
    Commitment: {
        "allocation": lambda: make(Allocation, storage_gib=1),
        "name": lambda: f"akan-datang-{next(_numbers)}",
        "storage_gib": lambda: 1,
    },
    Prefix: {"prefix": lambda: f"10.{next(_numbers) % 250}.0.0/24"},
    IPAddress: {"address": lambda: f"10.200.{next(_numbers) % 250}.1/24"},
    Service: {"virtual_machine": lambda: make(VirtualMachine), "ports": lambda: [443]},
    MACAddress: {"mac_address": lambda: f"02:00:00:00:{next(_numbers) % 256:02X}:01"},
    **{
        one.model: {"device_type": lambda: make(DeviceType)}
        for one in component_templates.RESOURCES
    },
    VLAN: {"vid": lambda: next(_numbers) % 4000 + 1},
}
