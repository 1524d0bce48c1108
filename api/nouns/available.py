"""What is free inside a prefix or a VLAN group: shown to look at, or given out as new objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.http.auth import signed_in
from api.http.paging import LimitOffset
from api.http.refusals import RowsRefused
from api.reading.briefs import Briefs
from api.records import RecordViewSet
from api.writing import row_key
from dcim.actions import available
from dcim.actions.rights import visible
from dcim.record.networks.ipam import VRF, Prefix
from dcim.record.networks.vlans import VLANGroup

Row = dict[str, Any]
Rows = list[Row]
FREE: Any = {"type": "object", "additionalProperties": {}}  # one of them


class Available(RecordViewSet):
    """What of one object is free. GET answers with a plain list, POST makes objects of it.

    Attributes:
        source_model: What is given from.
        given: Fields of a new object that the server fills, whatever a body says of them.
        asks: What a body must say instead, as OpenAPI has it.
    """

    source_model: ClassVar[type[Model]]
    given: ClassVar[frozenset[str]]
    asks: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    filter_backends: Any = ()
    pagination_class = None

    @extend_schema(responses={200: FREE})
    def list(self, request: Request, **kwargs: Any) -> Response:
        """What is free, in order, as many as one page may hold."""
        limit = LimitOffset().get_limit(request) or LimitOffset.max_limit
        return Response(list(islice(self.free(self.source(), Briefs(request)), limit)))

    def source(self) -> Any:
        """The object of the address.

        Raises: NotFound.
        """
        seen = visible(self.source_model._default_manager.all(), signed_in(self.request))
        found = seen.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotFound(f"There is none with the id {self.kwargs['pk']}.")
        return found

    def free(self, source: Any, briefs: Briefs) -> Iterator[Row]:
        """What is free in `source`, as it is shown."""
        raise NotImplementedError

    def stated(self, source: Any, body: Row) -> Row:
        """A body as if it had named what it is to be given, so that the rest can be judged."""
        raise NotImplementedError

    def _validated(self, objects: Sequence[Any], bodies: Sequence[Any], *, many: bool) -> Rows:
        source = self.source()
        stated: list[Any] = []
        refused: list[tuple[dict[str, int], Any]] = []
        for position, body in enumerate(bodies):
            try:
                stated.append(self.stated(source, body) if isinstance(body, dict) else body)
            except ValidationError as err:
                if not many:
                    raise
                refused.append((row_key(position, None), err.detail))
        if refused:
            raise RowsRefused(refused)
        return super()._validated(objects, stated, many=many)


class OfPrefix(Available):
    """What is free inside a prefix; it is of the prefix's routing table."""

    source_model = Prefix


class AddressesOfPrefix(OfPrefix):
    """Addresses of a prefix that are free."""

    given = frozenset({"address", "vrf"})

    def free(self, source: Prefix, briefs: Briefs) -> Iterator[Row]:
        shown = vrf_of(source, briefs)
        for address in available.free_addresses(source):
            yield {"family": source.family, "address": address, "vrf": shown, "description": ""}

    def stated(self, source: Prefix, body: Row) -> Row:
        return {**body, "address": source.prefix, "vrf": source.vrf_id}

    def write_new(self, rows: Sequence[Row], messages: Sequence[str] = ()) -> Sequence[Any]:
        return available.give_addresses(self.source(), rows, by=self.actor, messages=messages)


class PrefixesOfPrefix(OfPrefix):
    """Networks inside a prefix that are free; `prefix_length` says how large one is to be."""

    given = frozenset({"prefix", "vrf"})
    asks = MappingProxyType({"prefix_length": {"type": "integer", "minimum": 0, "maximum": 128}})

    def free(self, source: Prefix, briefs: Briefs) -> Iterator[Row]:
        shown = vrf_of(source, briefs)
        for network in available.free_prefixes(source):
            yield {"family": source.family, "prefix": str(network), "vrf": shown}

    def stated(self, source: Prefix, body: Row) -> Row:
        length_in(source, body)
        return {**body, "prefix": source.prefix, "vrf": source.vrf_id}

    def write_new(self, rows: Sequence[Row], messages: Sequence[str] = ()) -> Sequence[Any]:
        source, data = self.source(), self.request.data
        bodies = data if isinstance(data, list) else [data]
        lengths = [length_in(source, body) for body in bodies]
        return available.give_prefixes(source, rows, lengths, by=self.actor, messages=messages)


class VlansOfGroup(Available):
    """Numbers of a VLAN group that are free."""

    given = frozenset({"vid", "group"})

    source_model = VLANGroup

    def free(self, source: VLANGroup, briefs: Briefs) -> Iterator[Row]:
        shown = briefs.of(source)
        for vid in available.free_vids(source):
            yield {"vid": vid, "group": shown}

    def stated(self, source: VLANGroup, body: Row) -> Row:
        return {**body, "vid": next(source.vids()), "group": source.pk}

    def write_new(self, rows: Sequence[Row], messages: Sequence[str] = ()) -> Sequence[Any]:
        return available.give_vlans(self.source(), rows, by=self.actor, messages=messages)


def vrf_of(prefix: Prefix, briefs: Briefs) -> Any:
    """The brief of a prefix's routing table; None for the global one."""
    table: VRF | None = prefix.vrf
    return None if table is None else briefs.of(table)


def length_in(prefix: Prefix, body: Row) -> int:
    """The length that a body asks for.

    Raises: ValidationError when it names none, or one that no network inside `prefix` has.
    """
    length = body.get("prefix_length")
    network = prefix.network
    if not isinstance(length, int) or isinstance(length, bool):
        raise ValidationError({"prefix_length": ["Write the length of the prefix to be given."]})
    if not network.prefixlen <= length <= network.max_prefixlen:
        bounds = f"from {network.prefixlen} to {network.max_prefixlen}"
        raise ValidationError({"prefix_length": [f"Write a length {bounds}."]})
    return length
