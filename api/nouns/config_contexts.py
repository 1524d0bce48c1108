"""Config contexts on the wire, and what devices and machines have of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import orjson
from django.db.models import Model
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields.counts import NOTHING, never
from api.fields.wire import Computed, brief_ref
from api.http.auth import signed_in
from api.http.rendering import encoded
from api.nouns.devices import AddressedSerializer
from api.reading.briefs import Briefs, brief_paths
from api.reading.page import Finish, Page, Reader
from api.reading.texts import JSONText
from api.records import RecordSerializer
from dcim.actions.rights import visible
from dcim.catalog import kind_of
from dcim.record.equipment.devices import Device
from dcim.record.equipment.modules import DeviceBay
from dcim.record.extras.config_contexts import ConfigContext
from dcim.record.extras.contexts_applied import LOCAL, active_contexts, contexts_of
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.people.organisation import Tag
from dcim.vocabulary.errors import UnknownThing

ANYTHING: Final = {"type": "object", "additionalProperties": {}}
SLUGS: Final = {"type": "array", "items": {"type": "string"}}


def _slugs(keys: Sequence[int], briefs: Briefs) -> Mapping[int, list[str]]:
    rows = ConfigContext.tags.through._default_manager.filter(configcontext__in=keys)
    slugs: dict[int, list[str]] = {}
    for pk, slug in rows.order_by("tag__slug").values_list("configcontext_id", "tag__slug"):
        slugs.setdefault(pk, []).append(slug)
    return slugs


class Slugs(Computed):
    """Tags by their slugs."""

    default_error_messages: ClassVar = {"not_slugs": "Write a list of slugs of tags."}

    def __init__(self) -> None:
        super().__init__(_slugs, SLUGS, missing=[])
        self.read_only = False
        self.required = False
        self.source = None  # the name itself

    def get_attribute(self, instance: Model) -> Model:
        return instance

    def referred(self, data: Any) -> Iterator[tuple[type[Model], Any]]:
        if isinstance(data, list):
            yield from ((Tag, {"slug": one}) for one in data if isinstance(one, str))

    def to_internal_value(self, data: Any) -> list[Model]:
        if not isinstance(data, list) or not all(isinstance(one, str) for one in data):
            self.fail("not_slugs")
        return self.found.many(Tag, [{"slug": one} for one in data])


class ConfigContextSerializer(RecordSerializer):
    """A config context; files that contexts come from are not recorded."""

    tags = Slugs()
    profile = never(None, NOTHING)
    owner = never(None, NOTHING)
    data_source = never(None, NOTHING)
    data_path = never("", {"type": "string"})
    data_file = never(None, NOTHING)
    data_synced = never(None, {"type": "string", "format": "date-time", "nullable": True})


class Context(Computed):
    """What the config contexts say of a device or machine."""

    def __init__(self, model: type[Model]) -> None:
        super().__init__(lambda keys, briefs: contexts_of(model, keys), ANYTHING, missing={})

    def reader(self, model: type[Model]) -> Reader:
        return ContextData(model)


class ContextData:
    """What the config contexts say of a page of objects; without any, their own data."""

    shows: Sequence[type[Model]] = ()

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.columns = (JSONText(LOCAL),)

    def read(self, page: Page) -> Finish:
        contexts = active_contexts()
        if contexts and page.keys:
            data = contexts_of(self.model, page.keys, contexts)
            return lambda: _encoded_once([data.get(key, {}) for key in page.keys])
        own = page.column(self.columns[0])
        return lambda: [{} if text is None else orjson.Fragment(text) for text in own]


def _encoded_once(column: Sequence[Any]) -> list[orjson.Fragment]:
    """The values encoded, one that several rows share only once."""
    distinct = {id(one): one for one in column}
    made = {key: orjson.Fragment(encoded(one)) for key, one in distinct.items()}
    return [made[id(one)] for one in column]


def _parents(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    """The device in whose bay each device stands, and the bay."""
    paths = (f"device__{path}" for path in brief_paths(Device))
    rows = briefs.seen(DeviceBay.objects.filter(installed_device__in=keys))
    bays = list(rows.select_related("device", *paths))
    seen = briefs.seen_keys(Device, (bay.device_id for bay in bays))
    return {
        bay.installed_device_id: briefs.of(bay.device) | {"device_bay": briefs.of(bay)}
        for bay in bays
        if bay.installed_device_id is not None and bay.device_id in seen
    }


class DeviceSerializer(AddressedSerializer):
    """A device, with what the config contexts say of it, and the device that it stands in."""

    parent_device = Computed(_parents, brief_ref(Device, nullable=True), shows=(Device,))
    config_template = never(None, NOTHING)
    config_context = Context(Device)


class MachineSerializer(AddressedSerializer):
    """A virtual machine, with what the config contexts say of it."""

    virtual_machine_type = never(None, NOTHING)
    config_template = never(None, NOTHING)
    config_context = Context(VirtualMachine)


class RenderConfigView(APIView):
    """A device's or machine's configuration, made by its template; there are no templates here."""

    permission_model: type[Model] = Device
    permission_action = "view"
    schema = None

    def post(self, request: Request, pk: int) -> Response:
        """Says that no template is there to be filled in."""
        rows = visible(self.permission_model._default_manager.filter(pk=pk), signed_in(request))
        if not rows.exists():
            raise UnknownThing(
                f"There is no {kind_of(self.permission_model)} with the id {pk}.",
                hint="Look it up in the list.",
            )
        return Response({"error": "No config template is set for this object."}, status=400)
