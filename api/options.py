"""The answer to OPTIONS: what may be done here, and every field with the values it takes."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request, clone_request

from api.fields.wire import Choice, Reference, References, WireField

DESCRIBED: Final = ("POST", "PUT")
ATTRIBUTES: Final = (
    "required", "read_only", "allow_null", "label", "help_text",
    "min_length", "max_length", "min_value", "max_value",
)  # fmt: skip
TYPES: Final[tuple[tuple[type[WireField], str], ...]] = (
    (Choice, "choice"),
    (Reference, "nested object"),
    (References, "list"),
)


class Options(SimpleMetadata):
    """Methods that the caller may use, with the fields that each takes."""

    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        """The fields by method, for those methods whose permissions the caller has."""
        offered = [name for name in DESCRIBED if name in view.allowed_methods]
        made: Hashable | None = getattr(view, "serializer_class", None)
        if made is None:
            return {}
        return {
            method: described(made, creating=method == "POST")
            for method in offered
            if self._may(request, view, method)
        }

    def _may(self, request: Request, view: Any, method: str) -> bool:
        view.request = clone_request(request, method)
        try:
            view.check_permissions(view.request)
            if method == "PUT" and "pk" in view.kwargs:
                view.get_object()
        except (APIException, PermissionDenied, Http404):
            return False
        finally:
            view.request = request
        return True


@cache
def described(serializer_class: Any, *, creating: bool) -> dict[str, dict[str, Any]]:
    """Every field of a serializer; nothing is required of what is there already."""
    fields: dict[str, WireField] = serializer_class(context={}).fields
    return {name: _field(one, creating=creating) for name, one in fields.items()}


def _field(one: WireField, *, creating: bool) -> dict[str, Any]:
    described: dict[str, Any] = {"type": _type_of(one)}
    for name in ATTRIBUTES:
        value = getattr(one, name, None)
        if value is not None and value != "":
            described[name] = value if isinstance(value, bool | int | float) else str(value)
    described["required"] = creating and one.required and not one.read_only
    choices = getattr(one, "choices", None)
    if choices and not one.read_only:
        described["choices"] = [
            {"value": value, "display_name": str(label)} for value, label in choices.items()
        ]
    return described


def _type_of(one: WireField) -> str:
    named = next((name for kind, name in TYPES if isinstance(one, kind)), "")
    labels: Any = SimpleMetadata.label_lookup
    return named or str(labels[one])
