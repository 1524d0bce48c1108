"""Jobs on the wire: how far the work in the background is, what it made, and its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields.wire import Computed
from api.http.auth import signed_in
from api.nouns.attached import BRIEF, named_by
from api.reading.briefs import Briefs
from api.records import RecordSerializer
from dcim.actions.changes import Actor
from dcim.actions.jobs.queue import stop
from dcim.actions.rights import visible
from dcim.catalog import BY_KIND
from dcim.record.planner.jobs import Job
from dcim.vocabulary.errors import UnknownThing

STOPPED: Final[dict[int, Any]] = {202: {"type": "object", "additionalProperties": {}}}
_named: Final = named_by(Job)


def _made(keys: Sequence[int], briefs: Briefs) -> Mapping[int, Any]:
    """The object that each job has made, where it has."""
    made = Job.objects.filter(pk__in=keys, object_id__isnull=False, object_type__in=BY_KIND)
    return _named(list(made.values_list("pk", flat=True)), briefs)


class JobSerializer(RecordSerializer):
    """A job, with the object that it has made."""

    object = Computed(_made, BRIEF)


class StopJobView(APIView):
    """Ask for the end of a job."""

    permission_model: ClassVar[type[Model]] = Job
    permission_action = "change"

    @extend_schema(operation_id="core_jobs_stop", request=None, responses=STOPPED)
    def post(self, request: Request, pk: int) -> Response:
        """202: it does not begin, or ends soon with the best that it has; 409 once it has ended."""
        reader = signed_in(request)
        job = visible(Job.objects.filter(pk=pk), reader).first()
        if job is None:
            raise UnknownThing(f"There is no job with the id {pk}.", hint="Look it up in the list.")
        stopped = stop(job, by=Actor.of(reader))
        return Response(Briefs(request).of(stopped), status=202)
