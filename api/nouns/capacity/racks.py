"""What racks have left: `rack-ledgers/`, and where a device of a type fits."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.paging import LimitOffset
from api.nouns.boards import PAGE_PARAMETERS
from dcim.actions.capacity.racks import ledgers_of, racks_called, wish_for
from dcim.planning.racks.answers import answer_of_rack
from dcim.planning.racks.ledger import Lack, place_for
from dcim.record.places.racks import Rack


class RackFeedShape(serializers.Serializer[Any]):
    """How OpenAPI describes `planning.racks.answers.FeedAnswer`."""

    name = serializers.CharField()
    is_on = serializers.BooleanField()
    rating_w = serializers.IntegerField()
    derated_w = serializers.IntegerField()
    drawn_w = serializers.IntegerField()
    supplies = serializers.IntegerField()


class RackMissingShape(serializers.Serializer[Any]):
    """How OpenAPI describes `planning.racks.answers.MissingAnswer`."""

    lack = serializers.ChoiceField(choices=[one.value for one in Lack])
    asked = serializers.FloatField()
    free = serializers.FloatField()


class RackPlaceShape(serializers.Serializer[Any]):
    """How OpenAPI describes `planning.racks.answers.PlaceAnswer`."""

    fits = serializers.BooleanField()
    unit = serializers.FloatField(allow_null=True)
    face = serializers.CharField(allow_blank=True)
    missing = RackMissingShape(many=True)


class RackLedgerShape(serializers.Serializer[Any]):
    """How OpenAPI describes `planning.racks.answers.RackLedgerAnswer`."""

    id = serializers.IntegerField()
    rack = serializers.CharField()
    units = serializers.IntegerField()
    free_units = serializers.DictField(child=serializers.IntegerField())
    largest_gap = serializers.DictField(child=serializers.IntegerField())
    weight_g = serializers.IntegerField()
    max_weight_g = serializers.IntegerField(allow_null=True)
    weight_free_g = serializers.IntegerField(allow_null=True)
    unweighed = serializers.IntegerField()
    feeds = RackFeedShape(many=True)
    drawn_w = serializers.IntegerField()
    power_limit_w = serializers.IntegerField(allow_null=True)
    power_free_w = serializers.IntegerField(allow_null=True)
    single_fed = serializers.ListField(child=serializers.CharField())
    unfed = serializers.ListField(child=serializers.CharField())
    unstated = serializers.IntegerField()
    outlets_free = serializers.DictField(child=serializers.IntegerField())
    ports_free = serializers.DictField(child=serializers.IntegerField())
    place = RackPlaceShape(allow_null=True)


RACKS_SCHEMA: dict[int, Any] = {200: RackLedgerShape(many=True)}


class RackLedgersView(APIView):
    """Units, weight, power and ports of each rack; whether a device of a type fits."""

    permission_model: ClassVar[type[Model]] = Rack
    whole = True
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_rack_ledgers_list",
        parameters=[
            OpenApiParameter("rack", str, description="A rack's name."),
            OpenApiParameter("site", str, description="A site's name."),
            OpenApiParameter("device_type", str, description="Slug of a type: where it fits."),
            *PAGE_PARAMETERS,
        ],
        responses=RACKS_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of racks of the record as it is now; only those are read."""
        given, pages = request.query_params, LimitOffset()
        wish = wish_for(given["device_type"]) if given.get("device_type") else None
        racks = racks_called(given.get("rack", ""), given.get("site", ""))
        found = ledgers_of(list(pages.paginate_queryset(racks, request)))
        return pages.get_paginated_response(
            [answer_of_rack(one, place_for(one, wish) if wish else None) for one in found]
        )
