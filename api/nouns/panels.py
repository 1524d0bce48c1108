"""The ports of patch panels: which strands lead from front to rear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db.models import Model

from api.fields.wire import Computed, Schema, WireField
from api.nouns.components import ModularTemplateFilterSet
from api.nouns.endpoints import EndpointFilterSet, EndpointSerializer
from api.queries.lookups import Known, OneToMany
from api.reading.briefs import Briefs, Make
from api.records import RecordSerializer, RecordViewSet
from dcim.actions import panels
from dcim.actions.panels import MAPPING_OF, Strand
from dcim.record.equipment.component_templates import FrontPortTemplate, RearPortTemplate
from dcim.record.equipment.ports import FrontPort, RearPort

REAR_OF: Final[Mapping[type[Model], type[RearPort | RearPortTemplate]]] = {
    FrontPort: RearPort,
    FrontPortTemplate: RearPortTemplate,
}
FRONT_OF: Final[Mapping[type[Model], type[FrontPort | FrontPortTemplate]]] = {
    RearPort: FrontPort,
    RearPortTemplate: FrontPortTemplate,
}


def _strands(front: type[FrontPort | FrontPortTemplate], mine: str, other: str) -> Make:
    """Makes the strands of a page of ports, as seen from the side `mine`."""
    mapping: Any = MAPPING_OF[front]

    def make(keys: Sequence[int], briefs: Briefs) -> Mapping[int, list[dict[str, int]]]:
        rows = mapping.objects.filter(**{f"{mine}__in": keys}).order_by(f"{mine}_position", "pk")
        found: dict[int, list[dict[str, int]]] = defaultdict(list)
        names = (mine, f"{mine}_position", other, f"{other}_position")
        for pk, position, other_pk, other_position in rows.values_list(*names):
            found[pk].append(
                {"position": position, other: other_pk, f"{other}_position": other_position}
            )
        return found

    return make


def _shape(other: str) -> Schema:
    names = ("position", other, f"{other}_position")
    properties = {name: {"type": "integer", "minimum": 1} for name in names}
    return {"type": "array", "items": {"type": "object", "properties": properties}}


class Strands(Computed):
    """The strands of a front port: read and written as a list of positions."""

    default_error_messages: ClassVar = {
        "list": "Write a list of objects with position, rear_port and rear_port_position.",
    }

    def __init__(self, front: type[FrontPort | FrontPortTemplate]) -> None:
        super().__init__(
            _strands(front, "front_port", "rear_port"), _shape("rear_port"), missing=[]
        )
        self.rear = REAR_OF[front]
        self.source = None  # written under its own name
        self.read_only, self.required = False, False

    def get_attribute(self, instance: Model) -> Model:
        return instance

    def to_internal_value(self, data: Any) -> list[Strand]:
        if not isinstance(data, list):
            self.fail("list")
        return [self._strand(one) for one in data]

    def _strand(self, data: Any) -> Strand:
        if not isinstance(data, Mapping) or "rear_port" not in data:
            self.fail("list")
        rear: Any = self.found.one(self.rear, data["rear_port"])
        return Strand(
            self._position(data, "position"), rear, self._position(data, "rear_port_position")
        )

    def _position(self, data: Mapping[str, Any], name: str) -> int:
        position = data.get(name, 1)
        if not isinstance(position, int):
            self.fail("list")
        return position


class FrontPortSerializer(EndpointSerializer):
    """A front port and its strands."""

    def derived_fields(self) -> dict[str, WireField]:
        return super().derived_fields() | {panels.FIELD: Strands(FrontPort)}


class FrontPortTemplateSerializer(RecordSerializer):
    """The template of a front port and its strands."""

    def derived_fields(self) -> dict[str, WireField]:
        return super().derived_fields() | {panels.FIELD: Strands(FrontPortTemplate)}


class RearPortSerializer(EndpointSerializer):
    """A rear port and the strands that end in it."""

    def derived_fields(self) -> dict[str, WireField]:
        strands = _strands(FrontPort, "rear_port", "front_port")
        shown = Computed(strands, _shape("front_port"), missing=[])
        return super().derived_fields() | {"front_ports": shown}


class RearPortTemplateSerializer(RecordSerializer):
    """The template of a rear port and the strands that end in it."""

    def derived_fields(self) -> dict[str, WireField]:
        strands = _strands(FrontPortTemplate, "rear_port", "front_port")
        shown = Computed(strands, _shape("front_port"), missing=[])
        return super().derived_fields() | {"front_ports": shown}


class FrontPortFilterSet(EndpointFilterSet):
    """Front ports by the rear ports that they lead to."""

    rear_port_id = OneToMany("mappings__rear_port", Known(RearPort, "pk"))


class RearPortFilterSet(EndpointFilterSet):
    """Rear ports by the front ports that lead to them."""

    front_port_id = OneToMany("mappings__front_port", Known(FrontPort, "pk"))


class FrontPortTemplateFilterSet(ModularTemplateFilterSet):
    """Templates of front ports by the rear ports that they lead to."""

    rear_port_id = OneToMany("mappings__rear_port", Known(RearPortTemplate, "pk"))


class FrontPortViewSet(RecordViewSet):
    """List, read and write front ports together with their strands."""

    def write_new(
        self, rows: Sequence[dict[str, Any]], messages: Sequence[str] = ()
    ) -> Sequence[Any]:
        model: Any = self.resource.model
        return panels.create_many(model, rows, by=self.actor, messages=messages)

    def write_changes(self, obj: Any, values: dict[str, Any]) -> Any:
        return panels.update(obj, values, by=self.actor)

    def write_set(
        self, changes: Sequence[tuple[Any, dict[str, Any]]], messages: Sequence[str]
    ) -> Sequence[Any]:
        return panels.update_many(changes, by=self.actor, messages=messages)
