"""What the outside sees of each model: one `Resource` per object, in one literal tuple."""

from __future__ import annotations

from typing import Final

from django.db.models import Model

from dcim.catalog import (
    accounts,
    component_templates,
    components,
    devices,
    drift,
    extras,
    networks,
    places,
    planner,
)
from dcim.catalog.resource import Resource
from dcim.record.equipment.cables import CableTermination
from dcim.record.equipment.component_templates import PortTemplateMapping
from dcim.record.equipment.ports import PortMapping
from dcim.record.log.changes import ChangeLink, ObjectChange
from dcim.record.people.account import FailedSignIn
from dcim.record.places.racks import RackUnit
from dcim.record.places.reservations import ReservedUnit
from dcim.record.planner.drift import DriftFinding, DriftScan
from dcim.record.planner.jobs import Job
from dcim.record.planner.ledger_snapshots import LedgerSnapshot

RESOURCES: Final = (
    *planner.RESOURCES,
    *drift.RESOURCES,
    *places.RESOURCES,
    *devices.RESOURCES,
    *components.RESOURCES,
    *component_templates.RESOURCES,
    *networks.RESOURCES,
    *extras.RESOURCES,
    *accounts.RESOURCES,
)

# Written by deeds of their own and shown in other objects, never by themselves.
INTERNAL: Final[dict[type[Model], str]] = {
    FailedSignIn: "users.failedsignin",
    RackUnit: "dcim.rackunit",
    ReservedUnit: "dcim.reservedunit",
    ChangeLink: "core.changelink",
    CableTermination: "dcim.cabletermination",
    PortMapping: "dcim.portmapping",
    PortTemplateMapping: "dcim.porttemplatemapping",
}

# Not part of the record that the change log proves: the log itself, and what is measured or written
# while work goes on.
UNLOGGED: Final[frozenset[type[Model]]] = frozenset(
    {ObjectChange, Job, LedgerSnapshot, DriftFinding, DriftScan}
)

BY_MODEL: Final[dict[type[Model], Resource]] = {one.model: one for one in RESOURCES}
BY_KIND: Final[dict[str, Resource]] = {one.kind: one for one in RESOURCES}
BY_PATH: Final[dict[str, Resource]] = {one.path: one for one in RESOURCES}


def kind_of(model: type[Model]) -> str:
    """The public type name of a model's objects."""
    resource = BY_MODEL.get(model)
    return resource.kind if resource is not None else INTERNAL[model]
