"""The emergency book as JSON: what its HTML and its PDF say, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from dcim.actions.emergency_book.reading import current_book, require_all_of_it
from dcim.record.planner.service_apps import ServiceApp


class Texts(serializers.ListField):
    """Names, in the order in which the book has them."""

    child = serializers.CharField()


class EquipmentShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.emergency_book.Equipment`."""

    thing = serializers.CharField()
    place = serializers.CharField()
    machines = Texts()
    apps = Texts()


class CarrierShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.emergency_book.Carrier`."""

    thing = serializers.CharField()
    apps_down = Texts()
    apps_degraded = Texts()
    equipment = EquipmentShape(many=True)


class PersonShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.emergency_book.Person`."""

    name = serializers.CharField()
    role = serializers.CharField()
    priority = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()


class ResponsibleShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.emergency_book.Responsible`."""

    name = serializers.CharField()
    apps = serializers.ListField(child=Texts())
    people = PersonShape(many=True)


class FailureShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.emergency_book.Failure`."""

    thing = serializers.CharField()
    apps_down = serializers.IntegerField()
    apps_degraded = serializers.IntegerField()
    users_per_month_down = serializers.IntegerField()
    owners_hit = serializers.IntegerField()


class BackupShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.emergency_book.Backup`."""

    tier = serializers.CharField()
    kind = serializers.CharField()
    place = serializers.CharField()
    frequency_hours = serializers.IntegerField(allow_null=True)
    last_success = serializers.CharField()
    last_restore_test = serializers.CharField()


class EmergencyBookShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.emergency_book.EmergencyBook`."""

    serial = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    digest = serializers.CharField()
    failures = FailureShape(many=True)
    start_order = serializers.ListField(child=serializers.ListField(child=Texts()))
    racks = CarrierShape(many=True)
    feeds = CarrierShape(many=True)
    owners = ResponsibleShape(many=True)
    sites = ResponsibleShape(many=True)
    backups = BackupShape(many=True)
    without_backup = Texts()


class EmergencyBookView(APIView):
    """What the emergency book would say now, for those who may view all that it tells of."""

    permission_model: ClassVar[type[Model]] = ServiceApp
    whole = True

    @extend_schema(responses=EmergencyBookShape)
    def get(self, request: Request) -> Response:
        """The book of the record as it is now; nothing is kept or sent."""
        require_all_of_it(signed_in(request))
        return Response(current_book().as_json())
