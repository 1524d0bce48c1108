"""Apps held by providers that may not hold them: `misplaced-apps/`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.http.paging import LimitOffset
from api.nouns.boards import PAGE_PARAMETERS
from dcim.actions.holding.misplaced import Way, misplaced_apps
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.holding import Objection


class MisplacedShape(serializers.Serializer[Any]):
    """An app at a provider that may not hold it; what is not stated forbids nothing."""

    app = serializers.CharField(source="app.code")
    app_id = serializers.IntegerField(source="app.pk")
    owner = serializers.CharField(source="app.owner.slug")
    data_class = serializers.CharField(source="app.data_class")
    category = serializers.CharField(source="app.category")
    provider = serializers.CharField(source="provider.slug")
    provider_id = serializers.IntegerField(source="provider.pk")
    ways = serializers.ListField(child=serializers.ChoiceField(choices=[w.value for w in Way]))
    objections = serializers.ListField(
        child=serializers.ChoiceField(choices=[one.value for one in Objection])
    )


MISPLACED_SCHEMA: dict[int, Any] = {200: MisplacedShape(many=True)}


class MisplacedAppsView(APIView):
    """Which apps are held where they may not be."""

    permission_model: ClassVar[type[Model]] = ServiceApp
    pagination_class = LimitOffset

    @extend_schema(
        operation_id="plugins_planner_misplaced_apps_list",
        parameters=PAGE_PARAMETERS,
        responses=MISPLACED_SCHEMA,
    )
    def get(self, request: Request) -> Response:
        """One page of them, in the record as it is now."""
        pages = LimitOffset()
        page = pages.paginate_queryset(misplaced_apps(signed_in(request)), request)
        return pages.get_paginated_response(MisplacedShape(page, many=True).data)
