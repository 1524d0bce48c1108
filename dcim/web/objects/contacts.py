"""Whom to call about an object: the panel on its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from dcim.catalog import BY_MODEL
from dcim.record.equipment.devices import Device
from dcim.record.equipment.power import PowerPanel
from dcim.record.networks.ipam import Prefix
from dcim.record.networks.virtualization import Cluster, VirtualMachine
from dcim.record.people.contacts import ContactAssignment
from dcim.record.people.organisation import Tenant
from dcim.record.places.hardware import Manufacturer
from dcim.record.places.racks import Rack
from dcim.record.places.sites import Location, Region, Site
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.service_apps import ServiceApp
from dcim.web.values import formats
from dcim.web.values.addresses import deed_page_of, page_of
from dcim.web.values.formats import Shown

# Where the panel stands even while it is empty; elsewhere it comes with the first contact.
CALLED_ABOUT: Final[frozenset[type[Model]]] = frozenset(
    {Region, Site, Location, Rack, Device, PowerPanel, Manufacturer, Cluster, VirtualMachine}
    | {Prefix, Tenant, ServiceApp, Provider, Allocation}
)


@dataclass(frozen=True, slots=True)
class Called:
    """A contact as the panel shows it, in what role, and where the assignment is edited."""

    contact: Shown
    role: str
    phone: str
    email: str
    url: str
    remove_url: str  # "" for who may not


@dataclass(frozen=True, slots=True)
class ContactPanel:
    """The contacts of one object, and where one more is assigned ("" for who may not)."""

    called: list[Called]
    add_url: str


def contacts_of(
    obj: Model,
    seen: Callable[[QuerySet[Any]], QuerySet[Any]],
    may_add: bool,
    may_delete: bool,
) -> ContactPanel | None:
    """The panel of `obj`; None where nobody is called and nobody would look for it."""
    kind = BY_MODEL[type(obj)].kind
    rows = seen(ContactAssignment.objects.filter(object_type=kind, object_id=obj.pk))
    back = urlencode({"next": page_of(obj)})
    called = [
        _called(one, f"{deed_page_of(one, 'delete')}?{back}" if may_delete else "")
        for one in rows.select_related("contact", "role")
    ]
    if not called and type(obj) not in CALLED_ABOUT:
        return None
    given = {"object_type": kind, "object_id": obj.pk, "next": page_of(obj)}
    add_url = f"{reverse('tenancy.contactassignment_add')}?{urlencode(given)}"
    return ContactPanel(called, add_url if may_add else "")


def _called(one: ContactAssignment, remove_url: str) -> Called:
    words = [str(one.role or ""), formats.text_of(one, one._meta.get_field("priority"))]
    role = ", ".join(word for word in words if word and word != formats.NOTHING)
    contact = one.contact
    reached = contact.phone, contact.email
    return Called(formats.shown_object(contact), role, *reached, page_of(one), remove_url)
