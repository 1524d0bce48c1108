"""Drawing committed room: the machine moves to the grant, and the commitment is done."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.bodies import Id, WithMessage
from api.http.auth import signed_in
from api.reading.briefs import Briefs
from dcim.actions.accounts.callers import address_of
from dcim.actions.changes import Actor
from dcim.actions.grants.commitments import draw
from dcim.actions.rights import visible
from dcim.record.networks.virtualization import VirtualMachine
from dcim.record.planner.commitments import Commitment
from dcim.vocabulary.errors import UnknownThing


class Drawing(WithMessage):
    """The machine that has come, where the room was held for a name."""

    virtual_machine = Id(required=False, allow_null=True)


class DrawCommitmentView(APIView):
    """Let the machine draw what was committed to it; the commitment is deleted by that."""

    permission_model: ClassVar[type[Model]] = Commitment
    permission_action = "delete"

    @extend_schema(
        operation_id="plugins_planner_commitments_draw",
        request=Drawing,
        responses={200: {"type": "object", "additionalProperties": {}}},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The machine, on the grant; 409 where it is larger than what is committed and free."""
        reader = signed_in(request)
        commitment = visible(Commitment.objects.filter(pk=pk), reader, "delete").first()
        if commitment is None:
            raise UnknownThing(
                f"There is no commitment with the id {pk}.", hint="Look it up in the list."
            )
        asked = Drawing(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        machine = None
        if (key := given.get("virtual_machine")) is not None:
            machine = visible(VirtualMachine.objects.filter(pk=key), reader, "change").first()
            if machine is None:
                raise UnknownThing(
                    f"There is no machine with the id {key}.",
                    field="virtual_machine",
                    hint="Look it up in the list.",
                )
        message, where = given.get("changelog_message") or "", address_of(request.META)
        by = Actor.of(reader, message=message, source_address=where)
        return Response(Briefs(request).of(draw(commitment, machine=machine, by=by)))
