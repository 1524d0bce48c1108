"""OpenAPI of the API: what `drf-spectacular` can't see in the code by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Model
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from api.fields.wire import Kind, Reference, WireField, brief_name, brief_ref, field_of
from api.reading.brief_extras import SHAPES
from api.reading.briefs import CABLE, brief_fields, extras_of
from dcim.catalog import BY_MODEL
from dcim.catalog.resource import Resource
from dcim.record.equipment.cables import Cable
from dcim.vocabulary.amounts import ResourceClass

URI: Final = {"type": "string", "format": "uri"}
SHOWN_PARAMETERS: Final = {
    "brief": ("boolean", "Only what identifies the objects."),
    "fields": ("string", "Only these fields, separated by commas."),
    "omit": ("string", "All fields but these, separated by commas."),
}

MESSAGE: Final = {
    "type": "string",
    "maxLength": 200,
    "nullable": True,
    "description": "Why it is written; kept in the change log.",
}
ROW: Final = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "changelog_message": MESSAGE},
}
REFUSALS: Final = {
    "400": ("FieldErrors", "The body or a parameter is wrong."),
    "403": ("Refusal", "Not signed in, or not permitted."),
    "404": ("Refusal", "There is no such object."),
    "409": ("Refusal", "A rule forbids it now."),
    "412": ("Refusal", "The object is no longer in the state that If-Match names."),
    "413": ("Refusal", "The body is larger than the server takes."),
}
REFUSALS_OF: Final = {
    "GET": ("400", "403"),
    "POST": ("400", "403", "409", "413"),
    "PUT": ("400", "403", "409", "413"),
    "PATCH": ("400", "403", "409", "413"),
    "DELETE": ("400", "403", "409"),
}
REFUSAL_SHAPES: Final[dict[str, dict[str, Any]]] = {
    "FieldErrors": {
        "type": "object",
        "description": "Reasons per field; `__all__` for what no single field is to blame for.",
        "additionalProperties": {},
    },
    "RowErrors": {
        "type": "object",
        "description": "Every row that can't be taken, by its place among new ones or its id.",
        "required": ["detail", "errors"],
        "properties": {
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["errors"],
                    "properties": {
                        "index": {"type": "integer", "description": "Counted from 0."},
                        "id": {"type": "integer"},
                        "errors": {"$ref": "#/components/schemas/FieldErrors"},
                    },
                },
            },
        },
    },
    "Refusal": {
        "type": "object",
        "required": ["detail"],
        "properties": {
            "detail": {"type": "string", "description": "Reason and way out."},
            "code": {"type": "string", "description": "Stable name of the rule."},
            "field": {"type": "string"},
            "pool": {"type": "string", "description": "What has no room: a grant, the host."},
            "resource_class": {
                "type": "string",
                "description": "In whose units the amounts are.",
                "enum": [one.value for one in ResourceClass],
            },
            "asked": {"type": "integer", "description": "Beyond what is held already."},
            "free": {"type": "integer"},
            "index": {"type": "integer", "description": "The new row of a set, from 0."},
            "id": {"type": "integer", "description": "The object of the row of a set."},
        },
    },
}


class KindExtension(OpenApiSerializerFieldExtension):
    """Every kind of `api.fields.wire` describes itself; briefs become components."""

    target_class = Kind
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        field: Kind = self.target
        if direction == "response":
            for model in field.shows:
                add_brief(auto_schema, model)
        return field.schema(direction)


class TokenScheme(OpenApiAuthenticationExtension):
    """How programs sign in."""

    target_class = "api.http.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token nbt_KEY.SECRET` or `Bearer nbt_KEY.SECRET`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """How the pages sign in."""

    target_class = "api.http.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class RecordSchema(AutoSchema):
    """Operations of a resource."""

    def get_request_serializer(self) -> Any:
        """PUT keeps what is not named, so it requires no more than PATCH does."""
        serializer = super().get_request_serializer()
        if self.method == "PUT" and isinstance(serializer, serializers.Serializer):
            serializer.partial = True
        return serializer

    def get_operation_id(self) -> str:
        """Deeds on sets have names of their own, as NetBox's."""
        name: str = super().get_operation_id()
        if not self._takes_rows():
            return name
        stem, _, deed = name.partition(self.method_mapping[self.method.lower()])
        return f"{stem}bulk_{self.method_mapping[self.method.lower()]}{deed}"

    def _takes_rows(self) -> bool:
        """Whether the body is a list of rows with ids."""
        return getattr(self.view, "action", None) in {"bulk_update", "bulk_destroy"}

    def _makes_many(self) -> bool:
        """Whether the body is a new object, or a list of them."""
        resource: Resource | None = getattr(self.view, "resource", None)
        return self._is_create_operation() and resource is not None and resource.writable

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        if self.method == "DELETE":
            if not self._takes_rows():
                return None
            shape = {"type": "array", "items": ROW, "minItems": 1}
            return {"content": {"application/json": {"schema": shape}}, "required": True}
        body: dict[str, Any] | None = super()._get_request_body(direction)
        self._take_message(body)
        given: frozenset[str] | None = getattr(self.view, "given", None)
        if body is not None and given is not None:
            asks: Mapping[str, Any] = getattr(self.view, "asks", {})
            for content in body["content"].values():
                content["schema"] = self._without(given, content["schema"], asks)
        if body is not None and self.method in {"PUT", "PATCH"}:
            body["required"] = True  # What is missing in an object stays; no body is refused.
        if body is not None and (self._takes_rows() or self._makes_many()):
            for content in body["content"].values():
                content["schema"] = self._several(content["schema"], with_ids=self._takes_rows())
        return body

    def _take_message(self, body: dict[str, Any] | None) -> None:
        """Every object that is written may say why."""
        if body is None or getattr(self.view, "resource", None) is None:
            return
        for content in body["content"].values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            if (name, ResolvedComponent.SCHEMA) in self.registry._components:
                component = self.registry._components[name, ResolvedComponent.SCHEMA]
                component.schema.setdefault("properties", {})["changelog_message"] = MESSAGE

    def _without(
        self, given: frozenset[str], whole: dict[str, Any], asks: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A new object but for what the server gives out, with what the caller says of that."""
        name = whole["$ref"].rpartition("/")[2]
        shape = self.registry._components[name, ResolvedComponent.SCHEMA].schema
        kept = {key: one for key, one in shape["properties"].items() if key not in given}
        made = {"type": "object", "properties": {**kept, **asks}}
        if required := sorted({*(kept.keys() & set(shape.get("required", ()))), *asks}):
            made["required"] = required
        component = ResolvedComponent(f"Available{name}", ResolvedComponent.SCHEMA, made, name)
        self.registry.register_on_missing(component)
        return dict(component.ref)

    def _several(self, one: dict[str, Any], *, with_ids: bool) -> dict[str, Any]:
        if with_ids:
            return {"type": "array", "items": {"allOf": [one, ROW]}, "minItems": 1}
        return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1}]}

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if self._takes_rows() or self._makes_many():
            for status in {"200", "201"} & bodies.keys():
                content = bodies[status]["content"]["application/json"]
                one = content["schema"]
                many = {"type": "array", "items": one}
                content["schema"] = many if self._takes_rows() else {"oneOf": [one, many]}
        if self._is_create_operation() and getattr(self.view, "answers_what_stands", False):
            bodies["200"] = bodies["201"]
        if self._is_create_operation() and getattr(self.view, "answers_with_a_job", False):
            free = {"schema": {"type": "object", "additionalProperties": {}}}
            told = {"description": "The job that does it.", "content": {"application/json": free}}
            bodies["202"] = told
        for status, (name, meaning) in REFUSALS.items():
            if self._may_refuse_with(status):
                bodies[status] = self._refusal(status, name, meaning)
        if "400" in bodies and (self._takes_rows() or self._makes_many()):
            bodies["400"] = self._refusal("400Rows", "RowErrors", "Rows or parameters are wrong.")
        return bodies

    def _may_refuse_with(self, status: str) -> bool:
        if status == "404":
            return self._has_id()
        if status == "412":
            return self._has_id() and self.method in {"PUT", "PATCH", "DELETE"}
        return status in REFUSALS_OF.get(self.method, ())

    def _has_id(self) -> bool:
        return "{id}" in self.path

    def _refusal(self, status: str, name: str, meaning: str) -> dict[str, Any]:
        """A reference to what every operation answers with the status."""
        # A body that is no list of rows at all is refused as a single one is.
        refs = []
        for one in (name, "FieldErrors") if name == "RowErrors" else (name,):
            shape = ResolvedComponent(one, ResolvedComponent.SCHEMA, REFUSAL_SHAPES[one], one)
            self.registry.register_on_missing(shape)
            refs.append(shape.ref)
        schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
        content = {"application/json": {"schema": schema}}
        answer = {"content": content, "description": meaning}
        component = ResolvedComponent(f"Status{status}", ResolvedComponent.RESPONSE, answer, status)
        self.registry.register_on_missing(component)
        return dict(component.ref)

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        if self.method != "GET":
            return []
        filters: list[dict[str, Any]] = (
            super()._get_filter_parameters() if self._is_list_view() else []
        )
        return filters + [
            {"name": name, "in": "query", "description": what, "schema": {"type": shape}}
            for name, (shape, what) in SHOWN_PARAMETERS.items()
        ]


def add_brief(auto_schema: AutoSchema, model: type[Model]) -> None:
    """Register the component that describes a brief of `model`, and those it rests on."""
    component = ResolvedComponent(
        name=brief_name(model), type=ResolvedComponent.SCHEMA, object=model
    )
    if component in auto_schema.registry:
        return
    component.schema = {"type": "object"}
    auto_schema.registry.register(component)
    properties: dict[str, Any] = {"id": {"type": "integer"}}
    if model in BY_MODEL:
        properties |= dict.fromkeys(("url", "display_url"), URI)
    properties["display"] = {"type": "string"}
    resource = BY_MODEL.get(model)
    for one in brief_fields(model):
        name = resource.wire_name(one.name) if resource else one.name
        properties[name] = _brief_part(auto_schema, field_of(one, {"read_only": True}))
    for name in extras_of(model):
        if name == CABLE:
            add_brief(auto_schema, Cable)
        properties[name] = SHAPES.get(name) or brief_ref(Cable, nullable=True)
    component.schema = {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
    }


def _brief_part(auto_schema: AutoSchema, field: WireField) -> dict[str, Any]:
    field.help_text = None
    if isinstance(field, Reference):
        add_brief(auto_schema, field.model)
        return brief_ref(field.model, **({"nullable": True} if field.allow_null else {}))
    schema: dict[str, Any] = auto_schema._map_serializer_field(field, "response")
    return {name: value for name, value in schema.items() if name != "readOnly"}
