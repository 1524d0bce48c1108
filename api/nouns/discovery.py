"""Targets for Prometheus' service discovery, in the forms of NetBox's plugin for it.

A bare list without pages: what is found by the filters of the core lists and may be seen.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from api.http.auth import signed_in
from api.records import RecordViewSet
from dcim.actions.rights import visible
from dcim.catalog import kind_of
from dcim.record.equipment.devices import Device
from dcim.record.extras.contexts_applied import contexts_of
from dcim.record.networks.ipam import IPAddress
from dcim.record.networks.services import Service
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.contacts import ContactAssignment

Labels = dict[str, str]
PREFIX: Final = "__meta_netbox_"
CONTEXT: Final = "prometheus-plugin-prometheus-sd"
# What a config context may set beside the port, and the labels that Prometheus scrapes by.
SCRAPED_BY: Final = {"metrics_path": "__metrics_path__", "scheme": "__scheme__"}
NOT_OF_A_NAME: Final = re.compile(r"[^A-Za-z0-9_]")
MACHINE: Final = (
    "site", "role", "platform", "tenant__group", "cluster__group", "cluster__type",
    "cluster__site", "primary_ip4", "primary_ip6",
)  # fmt: skip
SELECTED: Final[Mapping[type, tuple[str, ...]]] = {
    Device: (*MACHINE, "location", "rack", "device_type__manufacturer", "oob_ip"),
    VirtualMachine: (*MACHINE, "device"),
    IPAddress: ("vrf", "tenant__group", "interface__device__device_type",
                "vm_interface__virtual_machine"),
    Service: ("device__device_type", "device__primary_ip4", "device__primary_ip6",
              "virtual_machine__primary_ip4", "virtual_machine__primary_ip6"),
}  # fmt: skip
# Labels by where an object has them: `NAME`, and `NAME_slug` of what has a slug.
REFERENCES: Final = ("role", "platform", "site", "location", "tenant", "device_type")
NAMES: Final = ("rack", "cluster", "vrf", "device", "virtual_machine")
PLAIN: Final = ("status", "description", "serial", "asset_tag", "dns_name", "protocol")
ADDRESSES: Final = ("primary_ip4", "primary_ip6", "oob_ip")


@dataclass(frozen=True, slots=True)
class Beside:
    """What others say of a page of objects, by their keys."""

    contacts: Mapping[int, Sequence[ContactAssignment]]
    contexts: Mapping[int, Mapping[str, Any]]


class Discovery(RecordViewSet):
    """Targets and their labels, one or more per object."""

    schema: Any = None
    pagination_class = None

    def list(self, request: Request, **kwargs: Any) -> Response:
        """Every object that matches the filters, as what Prometheus scrapes."""
        rows = self.filter_queryset(self.get_queryset())
        objects = list(self._with_parts(rows))
        beside = self._beside([one.pk for one in objects])
        return Response([target for one in objects for target in targets_of(one, beside)])

    def _with_parts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        model = self.resource.model
        rows = rows.select_related(*SELECTED[model]).prefetch_related("tags")
        if model is Service:
            return rows.prefetch_related("ipaddresses")
        seen = visible(Service.objects.order_by("name", "pk"), signed_in(self.request))
        return rows.prefetch_related(Prefetch("services", seen))

    def _beside(self, keys: Sequence[int]) -> Beside:
        model = self.resource.model
        assigned = ContactAssignment.objects.select_related("contact", "role").order_by("pk")
        contacts: defaultdict[int, list[ContactAssignment]] = defaultdict(list)
        for one in visible(assigned, signed_in(self.request)).filter(object_type=kind_of(model)):
            contacts[one.object_id].append(one)
        has_context = model in (Device, VirtualMachine)
        return Beside(contacts, contexts_of(model, keys) if has_context and keys else {})


def targets_of(obj: Any, beside: Beside) -> Iterator[dict[str, Any]]:
    """One target per setting that the object's context has for Prometheus; one without any."""
    labels = {
        f"{PREFIX}{NOT_OF_A_NAME.sub('_', name)}": value
        for name, value in labels_of(obj, beside.contacts.get(obj.pk, ())).items()
    }
    name = host_of(obj.address) if isinstance(obj, IPAddress) else obj.name or str(obj)
    stated = beside.contexts.get(obj.pk, {}).get(CONTEXT)
    settings = stated if isinstance(stated, list) else [stated]
    for one in [one for one in settings if isinstance(one, dict)] or [{}]:
        port = one.get("port")
        scraped = {label: str(one[key]) for key, label in SCRAPED_BY.items() if one.get(key)}
        yield {"targets": [f"{name}:{port}" if port else name], "labels": labels | scraped}


def labels_of(obj: Any, contacts: Sequence[ContactAssignment]) -> Labels:
    """What is known of the object; what is unset has no label."""
    labels: Labels = {"id": str(obj.pk), "model": type(obj).__name__}
    labels |= _stated(obj, "name", *PLAIN)
    for name in REFERENCES:
        labels |= _reference(name, getattr(obj, name, None))
    for name in NAMES:
        labels |= _named(name, getattr(obj, name, None))
    labels |= _of_place(obj) | _of_addresses(obj) | _of_parent(obj) | _of_lists(obj)
    for one in reversed(contacts):  # of two with one priority, the first
        labels |= _of_contact(one)
    for name, value in obj.custom_field_data.items():
        if value is not None:
            labels[f"custom_field_{name}"] = _text(value)
    return labels


def host_of(address: str) -> str:
    """An address without its length.

    >>> host_of("10.64.10.5/24")
    '10.64.10.5'
    """
    return address.partition("/")[0]


def _stated(obj: Any, *names: str) -> Labels:
    return {name: str(value) for name in names if (value := getattr(obj, name, None))}


def _named(name: str, other: Any) -> Labels:
    return {} if other is None else {name: str(other)}


def _reference(name: str, other: Any) -> Labels:
    if not hasattr(other, "slug"):  # an address's role is a word
        return {name: other} if other else {}
    return {name: getattr(other, "name", None) or other.model, f"{name}_slug": other.slug}


def _of_place(obj: Any) -> Labels:
    labels: Labels = {}
    if getattr(obj, "position", None) is not None:
        labels["rack_u_position"] = f"{obj.position.normalize():f}"
    if (cluster := getattr(obj, "cluster", None)) is not None:
        labels |= _named("cluster_group", cluster.group) | _named("cluster_type", cluster.type)
        if obj.site is None:
            labels |= _reference("site", cluster.site)
    if (tenant := getattr(obj, "tenant", None)) is not None:
        labels |= _reference("tenant_group", tenant.group)
    if isinstance(obj, Device):
        labels["manufacturer"] = str(obj.device_type.manufacturer)
    return labels


def _of_addresses(obj: Any) -> Labels:
    if isinstance(obj, IPAddress):
        return {"ip": host_of(obj.address), "family": str(obj.family)}
    found = {name: getattr(obj, name, None) for name in ADDRESSES}
    labels = {name: host_of(one.address) for name, one in found.items() if one is not None}
    preferred = labels.get("primary_ip6") or labels.get("primary_ip4")
    return labels | ({"primary_ip": preferred} if preferred else {})


def _of_parent(obj: Any) -> Labels:
    """What an address or service is on: its own name and addresses are that one's."""
    if isinstance(obj, IPAddress):
        on: Any = obj.interface or obj.vm_interface
        if on is None:
            return {}
        parent = on.device if obj.interface else on.virtual_machine
        return {"interface": on.name, "parent": parent.name or str(parent)}
    if not isinstance(obj, Service):
        return {}
    offers: Any = obj.device or obj.virtual_machine
    return {"parent": offers.name or str(offers)} | _of_addresses(offers)


def _of_lists(obj: Any) -> Labels:
    tags = list(obj.tags.all())
    lists = {"tags": [one.name for one in tags], "tag_slugs": [one.slug for one in tags]}
    if isinstance(obj, Service):
        lists["ports"] = list(map(str, obj.ports))
        lists["ipaddresses"] = [host_of(one.address) for one in obj.ipaddresses.all()]
    else:
        lists["services"] = [one.name for one in obj.services.all()]
    return {name: ",".join(words) for name, words in lists.items() if words}


def _of_contact(assignment: ContactAssignment) -> Labels:
    contact, role = assignment.contact, assignment.role
    said = {
        "name": contact.name,
        "email": contact.email,
        "role": role.name if role is not None else "",
        "comments": contact.comments,
    }
    head = f"contact_{assignment.priority}"
    return {f"{head}_{name}": text for name, text in said.items() if text}


def _text(value: Any) -> str:
    """A custom field's value as text: lists joined, the rest as in JSON."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
