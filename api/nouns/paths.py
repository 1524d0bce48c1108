"""Where an endpoint leads, cable by cable, as NetBox's clients read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any, ClassVar, Final

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.endpoints import briefs_of
from api.reading.briefs import Brief, Briefs, pair_of
from dcim.actions.rights import visible
from dcim.catalog import BY_MODEL
from dcim.record.equipment.cables import FIELD_OF_ENDPOINT, Cable
from dcim.record.equipment.paths import Hop, Key, Path, through, trace
from dcim.vocabulary.choices import CableLengthUnit, CableStatus
from dcim.vocabulary.errors import UnknownThing

STATUS: Final = pair_of(dict(CableStatus.pairs()))
UNIT: Final = pair_of(dict(CableLengthUnit.pairs()))
ANYTHING: Final[dict[str, Any]] = {"type": "array", "items": {}}
TRACED: Final = {"type": "array", "items": ANYTHING}
PATHS: Final = {"type": "array", "items": {"type": "object", "additionalProperties": {}}}


class _OfEndpoint(APIView):
    """An answer about one endpoint."""

    permission_model: ClassVar[type[Model]] = Cable

    def key(self, pk: int) -> Key:
        """The endpoint that is asked about.

        Raises: UnknownThing when there is none.
        """
        model = self.permission_model
        rows = visible(model._default_manager.filter(pk=pk), signed_in(self.request))
        if not rows.exists():
            raise UnknownThing(
                f"There is no {BY_MODEL[model].kind} with the id {pk}.",
                hint="Look it up in the list.",
            )
        return FIELD_OF_ENDPOINT[model], pk


class TraceView(_OfEndpoint):
    """The way from an endpoint: near ends, cable and far ends, for each cable on it."""

    @extend_schema(responses={200: TRACED})
    def get(self, request: Request, pk: int) -> Response:
        """The cables from the endpoint to its far end."""
        key = self.key(pk)
        return Response(_Shown(request, trace([key])[key].hops).traced())


class PathsView(_OfEndpoint):
    """The paths of all endpoints that lead through a port of a panel."""

    @extend_schema(responses={200: PATHS})
    def get(self, request: Request, pk: int) -> Response:
        """Each path as the list of what it leads through."""
        found = through(self.key(pk))
        shown = _Shown(request, [hop for path in found for hop in path.hops])
        return Response([shown.path(number, one) for number, one in enumerate(found, start=1)])


class _Shown:
    """The endpoints and cables of some hops as they are shown, fetched once.

    What the reader may not see is left out; a way ends, for him, before a cable that is hidden.
    """

    def __init__(self, request: Request, hops: Sequence[Hop]) -> None:
        briefs = Briefs(request)
        self.hops = hops
        self.ends = briefs_of([key for hop in hops for key in (*hop.near, *hop.far)], briefs)
        cables = briefs.seen(Cable.objects.all()).in_bulk({hop.cable for hop in hops})
        self.cables = {pk: briefs.of(one) | _facts_of(one) for pk, one in cables.items()}

    def traced(self) -> list[list[Any]]:
        return [[self._all(one.near), self.cables[one.cable], self._all(one.far)]
                for one in self._seen(self.hops)]  # fmt: skip

    def path(self, number: int, path: Path) -> Mapping[str, Any]:
        nodes: list[list[Brief]] = []
        for hop in self._seen(path.hops):
            nodes += [self._all(hop.near), [self.cables[hop.cable]], self._all(hop.far)]
        return {
            "id": number,
            "path": nodes,
            "is_active": path.is_active,
            "is_complete": any(key in self.ends for key in path.ends),
            "is_split": path.is_split,
        }

    def _all(self, keys: Iterable[Key]) -> list[Brief]:
        return [self.ends[key] for key in keys if key in self.ends]

    def _seen(self, hops: Sequence[Hop]) -> Iterable[Hop]:
        return takewhile(lambda hop: hop.cable in self.cables, hops)


def _facts_of(cable: Cable) -> Brief:
    """What is said of a cable on a way beside its brief."""
    return {
        "type": cable.type or None,
        "status": STATUS(cable.status),
        "color": cable.color,
        "length": None if cable.length is None else float(cable.length),
        "length_unit": UNIT(cable.length_unit),
    }
