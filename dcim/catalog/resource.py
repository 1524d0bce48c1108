"""What the outside sees of one model: names only, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from django.db.models import Field, Model

AnyField: TypeAlias = "Field[Any, Any]"
NOTHING: Mapping[str, Any] = MappingProxyType({})
# Every object on the wire begins with these.
TAKEN = frozenset({"id", "url", "display_url", "display"})
# Held by every object, and shown value by value.
HELD = frozenset({"custom_field_data"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """What the outside sees of one model. Data only: no DRF, no forms.

    Every field of the model is public unless it is `hidden`; serializer, filters, OpenAPI, table,
    form and CSV follow from the fields. Names are checked when the resource is built, so that a
    slip stops the start and names itself.

    Attributes:
        kind: Public type name, NetBox's where NetBox has the object: "dcim.rack".
        path: Where it lives, the same in API and pages: "dcim/racks".
        columns: Fields of the table, in order.
        brief: Fields shown when the object is nested in another one, beside id, url and display.
        search: Text fields that `q` looks into.
        hidden: Fields that never leave the record.
        writable: Whether the object is written field by field at all.
        wire: Public names that differ from the field's: NetBox has no units in its names.
        one_of: Exclusive references that travel as one, as NAME_type, NAME_id and NAME.
        counts: Public name to the reverse references that lead to the objects it counts:
            "device_count" to "devices", "vm_count" to "clusters__virtual_machines". Several ways,
            told apart by a space, are added up: nothing may be counted by two of them. Read only;
            in a tree, what belongs to objects below counts too.
        via: Filters by what an object's references refer to: "region" to "site__region".
    """

    model: type[Model]
    kind: str
    path: str
    columns: tuple[str, ...]
    brief: tuple[str, ...] = ("name",)
    search: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    writable: bool = True
    wire: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    one_of: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    counts: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    via: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def __post_init__(self) -> None:
        """Check every name against the model."""
        known = {one.name for one in self._stored_fields()}
        named = {
            "columns": self.columns,
            "brief": self.brief,
            "search": self.search,
            "hidden": self.hidden,
            "wire": self.wire,
            "one_of": [name for names in self.one_of.values() for name in names],
        }
        for attribute, names in named.items():
            for name in names:
                if name not in known:
                    raise ValueError(f"{self.kind}: {attribute} names “{name}”, not a field of it")
        for wire_name, paths in {**self.counts, **self.via}.items():
            for path in paths.split():
                self._check_path(wire_name, path)
        for taken in TAKEN & {self.wire_name(one.name) for one in self.fields}:
            raise ValueError(f"{self.kind}: every object has a {taken}; name the field otherwise")

    @property
    def family(self) -> str:
        """The first part of its kind, as NetBox groups its objects: "dcim"."""
        return self.kind.partition(".")[0]

    def _check_path(self, wire_name: str, path: str) -> None:
        model: Any = self.model
        for name in path.split("__"):
            known = {one.name: one.related_model for one in model._meta.get_fields()}
            if known.get(name) is None:
                raise ValueError(f"{self.kind}: {wire_name} follows “{name}”, which leads nowhere")
            model = known[name]

    def _stored_fields(self) -> list[AnyField]:
        options = self.model._meta
        return [*options.concrete_fields, *options.many_to_many]

    @property
    def fields(self) -> tuple[AnyField, ...]:
        """The public fields in the model's order; tags and dates last, `id` left out."""
        public = [
            one
            for one in self._stored_fields()
            if one.name not in self.hidden | HELD and not one.primary_key
        ]
        last = ("description", "comments", "tags", "created", "last_updated")
        return tuple(
            sorted(public, key=lambda one: last.index(one.name) + 1 if one.name in last else 0)
        )

    @property
    def writable_fields(self) -> tuple[AnyField, ...]:
        """The public fields that people and programs may write."""
        if not self.writable:
            return ()
        return tuple(one for one in self.fields if one.editable)

    def wire_name(self, name: str) -> str:
        """The public name of the field `name`."""
        return "custom_fields" if name in HELD else self.wire.get(name, name)

    def field_name(self, wire_name: str) -> str:
        """The field behind the public name `wire_name`."""
        return next((name for name, wire in self.wire.items() if wire == wire_name), wire_name)
