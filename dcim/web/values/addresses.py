"""Where things are shown: the address of an object's page, of a list, of a thing of the graph."""

from __future__ import annotations

from django.db.models import Model
from django.urls import reverse

from dcim.catalog import BY_MODEL
from dcim.catalog.resource import Resource


def page_of(obj: Model) -> str:
    """The address of the object's page; "" for what is only shown inside other objects."""
    resource = BY_MODEL.get(type(obj))
    return reverse(f"{resource.kind}_detail", args=[obj.pk]) if resource and obj.pk else ""


def deed_page_of(obj: Model, deed: str) -> str:
    """The address of a deed on `obj`: edit or delete; or of its history."""
    return reverse(f"{BY_MODEL[type(obj)].kind}_{deed}", args=[obj.pk])


def list_of(resource: Resource) -> str:
    """The address of the resource's list."""
    return reverse(f"{resource.kind}_list")
