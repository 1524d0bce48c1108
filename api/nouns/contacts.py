"""Filters of contact assignments."""

from __future__ import annotations

from typing import Any

from api.queries.filters import RecordFilterSet
from api.queries.lookups import AnyOf, Known
from dcim.record.people.contacts import Contact


class ContactsAsked(Known):
    """Contacts by their names; Ansible writes their ids under the same parameter."""

    def __init__(self) -> None:
        super().__init__(Contact, "name")

    def clean(self, value: list[str] | None) -> list[Any]:
        ids = [text for text in value or [] if text.isdecimal()]
        names = dict(self.rows.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
        return super().clean(
            [names.get(int(text), text) if text in ids else text for text in value or []]
        )


class ContactAssignmentFilterSet(RecordFilterSet):
    """Contact assignments."""

    contact = AnyOf("contact__name", ContactsAsked())
