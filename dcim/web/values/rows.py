"""Objects with all that showing them asks for, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db import models
from django.db.models import Model, Q, QuerySet

from dcim.actions.rules.attachments import ATTACHED
from dcim.catalog import BY_KIND
from dcim.catalog.resource import AnyField, Resource
from dcim.record.equipment.devices import Device
from dcim.record.people.contacts import ContactAssignment
from dcim.record.planner.backups import BackupCopy
from dcim.record.planner.plans import PlanApproval, ProvisioningRun
from dcim.record.planner.reclaims import BackupWaiver
from dcim.record.planner.service_apps import AppDependency, Workload
from dcim.web.values import formats
from dcim.web.values.formats import Shown

Seen = Callable[[QuerySet[Any]], QuerySet[Any]]
# What an object's name is made of beyond its own row.
NAMED_WITH: Final[dict[type[Model], tuple[str, ...]]] = {
    # A device without a name is called after its type.
    Device: ("device_type",),
    **{
        model: (whole, "device__device_type") if whole == "device" else (whole,)
        for model, whole in formats.WHOLE_OF_PART.items()
    },
    Workload: ("app",),
    AppDependency: ("app", "needs"),
    BackupCopy: ("workload__app", "site", "provider"),
    PlanApproval: ("plan", "user"),
    ProvisioningRun: ("plan",),
    BackupWaiver: ("plan",),
    ContactAssignment: ("contact",),
}


def rows_of(resource: Resource, fields: Iterable[AnyField]) -> QuerySet[Model]:
    """The resource's objects with all that showing `fields` asks for, in few queries."""
    joined = list(NAMED_WITH.get(resource.model, ()))
    fetched = []
    for field in fields:
        if isinstance(field, models.ManyToManyField):
            fetched.append(models.Prefetch(field.name, queryset=named(field.related_model)))
        elif isinstance(field, models.ForeignKey):
            more = NAMED_WITH.get(field.related_model, ())
            joined += [field.name, *(f"{field.name}__{name}" for name in more)]
    found = resource.model._default_manager.all()
    return found.select_related(*joined).prefetch_related(*fetched) if joined or fetched else found


def named(model: Any) -> QuerySet[Model]:
    """The model's objects with what their names are made of."""
    found: QuerySet[Model] = model._default_manager.all()
    joined = NAMED_WITH.get(model, ())
    return found.select_related(*joined) if joined else found


def objects_called(names: Iterable[tuple[str, int]], seen: Seen) -> dict[tuple[str, int], Shown]:
    """Objects given by kind and number, those that may be seen; a query per kind."""
    asked: dict[str, set[int]] = {}
    for kind, pk in names:
        asked.setdefault(kind, set()).add(pk)
    return {
        (kind, one.pk): formats.shown_object(one)
        for kind, keys in asked.items()
        if kind in BY_KIND
        for one in seen(named(BY_KIND[kind].model)).filter(pk__in=keys)
    }


def matching(resource: Resource, text: str) -> Q:
    """The condition that some searched field contains `text`."""
    conditions = (Q(**{f"{name}__icontains": text}) for name in resource.search)
    return Q(*conditions, _connector=Q.OR) if text and resource.search else Q()


def names_object(field: AnyField) -> bool:
    """Whether the field is the number of an object whose kind stands beside it."""
    return field.model in ATTACHED and field.name == "object_id"


def is_relation(field: AnyField) -> bool:
    """Whether the field refers to other objects."""
    return isinstance(field, (models.ForeignKey, models.ManyToManyField))
