"""Filters by what others say of an object: its contacts, and the requests that wrote it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Model, Q
from django_filters import Filter

from api.queries.lookups import EXACT, AnyOf, Known, Rows, Values
from dcim.actions.rights import visible
from dcim.catalog import kind_of
from dcim.record.log.changes import ObjectChange
from dcim.record.people.contacts import Contact, ContactAssignment, ContactGroup, ContactRole
from dcim.record.tree import Tree
from dcim.vocabulary.choices import ChangeAction

# The kinds that NetBox assigns contacts to; ours are assigned to any, and found there by these.
WITH_CONTACTS: Final = frozenset(
    {
        "dcim.device", "dcim.location", "dcim.manufacturer", "dcim.powerpanel", "dcim.rack",
        "dcim.region", "dcim.site", "dcim.sitegroup", "ipam.ipaddress", "ipam.prefix",
        "ipam.service", "tenancy.tenant", "virtualization.cluster",
        "virtualization.clustergroup", "virtualization.virtualmachine",
    }
)  # fmt: skip
WRITES: Final = {
    "created_by_request": (ChangeAction.CREATE,),
    "updated_by_request": (ChangeAction.UPDATE,),
    "modified_by_request": (ChangeAction.CREATE, ChangeAction.UPDATE),
}


class Said(AnyOf):
    """Objects that rows of another model name by type and id.

    Args:
        model: Whose objects are looked for.
        rows: What names them.
        kind, key: Its fields for the type and the id.
    """

    def __init__(
        self, model: type[Model], rows: Rows, kind: str, key: str, form_field: Values, **more: Any
    ) -> None:
        super().__init__("pk", form_field, **more)
        self.rows = rows.filter(**{kind: kind_of(model)}).order_by()
        self.key = key

    def seen_by(self, reader: Any) -> None:
        super().seen_by(reader)
        self.rows = visible(self.rows, reader)

    def matches(self, values: list[Any]) -> Q:
        stated = [one for one in values if one is not None]
        found = Q(pk__in=self.rows.filter(self.said(stated)).values(self.key))
        return found | ~Q(pk__in=self.rows.values(self.key)) if None in values else found

    def said(self, values: list[Any]) -> Q:
        """The condition on what names the objects."""
        raise NotImplementedError


class ByContact(Said):
    """Objects by a contact assigned to them, its role, or a group that it is in or below."""

    def __init__(self, model: type[Model], path: str, of: type[Model], **more: Any) -> None:
        rows = ContactAssignment.objects.all()
        super().__init__(model, rows, "object_type", "object_id", Known(of, "pk"), **more)
        self.path, self.of = path, of

    def said(self, values: list[Any]) -> Q:
        below = Tree.of(ContactGroup).under(values) if self.of is ContactGroup else values
        return Q(**{f"{self.path}__in": below})


class ByRequest(Said):
    """Objects that a request made or changed, as far as its log may be seen."""

    def __init__(self, model: type[Model], actions: tuple[str, ...]) -> None:
        rows = ObjectChange.objects.filter(action__in=actions)
        names = ("changed_object_type", "changed_object_id")
        super().__init__(model, rows, *names, Values(forms.UUIDField()))

    def said(self, values: list[Any]) -> Q:
        return Q(request_id__in=values)


def attached_filters(model: type[Model]) -> dict[str, Filter]:
    """The filters of recorded objects by contacts and requests."""
    filters: dict[str, Filter] = {
        name: ByRequest(model, actions) for name, actions in WRITES.items()
    }
    if kind_of(model) in WITH_CONTACTS:
        of = {"contact": Contact, "contact_role": ContactRole, "contact_group": ContactGroup}
        paths = {"contact": "contact", "contact_role": "role", "contact_group": "contact__groups"}
        for name, other in of.items():
            for ending, (_lookup, exclude) in EXACT.items():
                made = ByContact(model, paths[name], other, exclude=exclude)
                filters[f"{name}{ending}"] = made
    return filters
