"""What a scenario answers: `scenarios/ID/ledgers/?on=`, and so on for N+1, plan, series."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final

from django.db.models import Model
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.capacity.n_plus_one import SurvivalShape
from api.nouns.impact import Names, ref_of
from api.nouns.scenarios.curve import ByClassShape
from dcim.actions.scenarios.standings import (
    compare_with,
    day_asked,
    falls_of,
    other_seen,
    scenario_seen,
    series_of,
    stance_asked,
    standing_of,
)
from dcim.planning.capacity.n_plus_one import Verdict
from dcim.planning.capacity.n_plus_one_answers import answer_of_survival
from dcim.planning.document import encode
from dcim.planning.reactivation.verdicts import Stance
from dcim.planning.scenarios.answers import (
    answer_of_difference,
    answer_of_falls,
    answer_of_ledger,
    answer_of_series,
)
from dcim.planning.scenarios.series import MOST_YEARS
from dcim.record.log.changes import current_serial
from dcim.record.planner.scenarios import Scenario
from dcim.vocabulary.amounts import ResourceClass
from dcim.vocabulary.errors import InvalidInput

THE_RECORD: Final = "record"
CLASSES: Final = [one.value for one in ResourceClass]
VERDICTS: Final = [one.value for one in Verdict]
ON: Final = OpenApiParameter("on", date, description="The day; today or the base date if later.")
STANCE: Final = OpenApiParameter(
    "stance", str, enum=[one.value for one in Stance], description="How plans take blockers."
)


class FiguresShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.FiguresAnswer`."""

    total = serializers.IntegerField()
    reserved = serializers.IntegerField()
    allocation_ratio = serializers.FloatField()
    max_unit = serializers.IntegerField()
    capacity = serializers.IntegerField()
    used = serializers.IntegerField()
    planned = serializers.IntegerField()
    reclaimable = serializers.IntegerField()
    free = serializers.IntegerField()


class ScenarioLineShape(FiguresShape):
    """How OpenAPI describes `dcim.planning.scenarios.answers.LineAnswer`."""

    resource_class = serializers.ChoiceField(choices=CLASSES)


class ScenarioLedgerShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.LedgerAnswer`."""

    pool = serializers.CharField()
    provider = serializers.CharField(allow_null=True)
    is_open = serializers.BooleanField()
    lines = ScenarioLineShape(many=True)


class ScenarioLedgersShape(serializers.Serializer[Any]):
    """The ledgers of a scenario on a day."""

    serial = serializers.IntegerField()
    on = serializers.DateField()
    ledgers = ScenarioLedgerShape(many=True)


class ScenarioSurvivalsShape(serializers.Serializer[Any]):
    """N+1 of a scenario on a day."""

    serial = serializers.IntegerField()
    on = serializers.DateField()
    clusters = SurvivalShape(many=True)


class LineChangeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.LineChangeAnswer`."""

    pool = serializers.CharField()
    resource_class = serializers.ChoiceField(choices=CLASSES)
    before = FiguresShape(allow_null=True)
    after = FiguresShape(allow_null=True)
    was_open = serializers.BooleanField()
    is_open = serializers.BooleanField()


class SurvivalChangeShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.SurvivalChangeAnswer`."""

    cluster = serializers.CharField()
    before = serializers.ChoiceField(choices=VERDICTS, allow_null=True)
    after = serializers.ChoiceField(choices=VERDICTS, allow_null=True)


class SideShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.SideAnswer`."""

    name = serializers.CharField()
    revived = Names()
    weight = serializers.IntegerField()
    bound = serializers.IntegerField()
    proved = serializers.BooleanField()
    asked = ByClassShape()


class DifferenceShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.DifferenceAnswer`."""

    serial = serializers.IntegerField()
    on = serializers.DateField()
    stance = serializers.ChoiceField(choices=[one.value for one in Stance])
    before = SideShape()
    after = SideShape()
    ledgers = LineChangeShape(many=True)
    n_plus_one = SurvivalChangeShape(many=True)
    gained = Names()
    lost = Names()


class SeriesPointShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.SeriesPointAnswer`."""

    on = serializers.DateField()
    ledgers = ScenarioLedgerShape(many=True)


class FullDayShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.FullDayAnswer`."""

    pool = serializers.CharField()
    resource_class = serializers.ChoiceField(choices=CLASSES)
    on = serializers.DateField(allow_null=True)
    is_closed = serializers.BooleanField()


class SeriesShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.SeriesAnswer`."""

    serial = serializers.IntegerField()
    is_complete = serializers.BooleanField()
    points = SeriesPointShape(many=True)
    full = FullDayShape(many=True)


class FallShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.FallAnswer`."""

    app = serializers.CharField()
    chain = Names()


class FurtherShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.FurtherAnswer`."""

    thing = serializers.CharField()
    apps_down = Names()


class FallsShape(serializers.Serializer[Any]):
    """How OpenAPI describes `dcim.planning.scenarios.answers.FallsAnswer`."""

    serial = serializers.IntegerField()
    on = serializers.DateField()
    failed = Names()
    apps_down = FallShape(many=True)
    apps_degraded = FallShape(many=True)
    further = FurtherShape(many=True, allow_null=True)


class ScenarioView(APIView):
    """What a scenario answers, laid over the record as it is now."""

    permission_model: ClassVar[type[Model]] = Scenario

    def asked(self, request: Request, pk: int) -> tuple[Scenario, date, Stance]:
        """The scenario, the day and the stance."""
        row = scenario_seen(pk, signed_in(request))
        given = request.query_params
        day = day_asked(given.get("on", ""), row)
        return row, day, stance_asked(given.get("stance", ""))


class ScenarioLedgersView(ScenarioView):
    """Every pool's ledger in the scenario."""

    @extend_schema(parameters=[ON], responses=ScenarioLedgersShape)
    def get(self, request: Request, pk: int) -> Response:
        """On a day."""
        row, day, _ = self.asked(request, pk)
        found = standing_of(row, day)
        ledgers = [answer_of_ledger(book) for book in found.ledgers]
        return Response({"serial": current_serial(), "on": str(day), "ledgers": ledgers})


class ScenarioNPlusOneView(ScenarioView):
    """What the clusters survive in the scenario."""

    @extend_schema(parameters=[ON], responses=ScenarioSurvivalsShape)
    def get(self, request: Request, pk: int) -> Response:
        """On a day."""
        row, day, _ = self.asked(request, pk)
        serial = current_serial()
        clusters = [answer_of_survival(one, serial) for one in standing_of(row, day).survivals]
        return Response({"serial": serial, "on": str(day), "clusters": clusters})


class ScenarioPlanView(ScenarioView):
    """The reactivation plan of the scenario, as a document; it is not stored."""

    @extend_schema(
        parameters=[ON, STANCE],
        responses={200: {"type": "object", "additionalProperties": {}}},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """On a day."""
        row, day, stance = self.asked(request, pk)
        document = standing_of(row, day, stance).plan
        return HttpResponse(encode(document), content_type="application/json")


class ScenarioCompareView(ScenarioView):
    """The scenario beside another one, or beside the record."""

    @extend_schema(
        parameters=[
            OpenApiParameter("with", int, description="A scenario's id; the record, unless given."),
            ON,
            STANCE,
        ],
        responses=DifferenceShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        """On a day."""
        row, day, stance = self.asked(request, pk)
        other = other_seen(request.query_params.get("with", ""), signed_in(request))
        found = compare_with(row, other, day, stance)
        names = (other.name if other else THE_RECORD, row.name)
        return Response(answer_of_difference(found, names, current_serial()))


class ScenarioImpactView(ScenarioView):
    """Which apps fall in the scenario, and which more when a host or a rack fails beside it."""

    @extend_schema(
        parameters=[
            ON,
            OpenApiParameter(
                "failed", str, many=True, description="What fails beside it, KIND:NAME."
            ),
        ],
        responses=FallsShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        """On a day."""
        row, day, _ = self.asked(request, pk)
        failed = [ref_of(request, "failed", one) for one in request.query_params.getlist("failed")]
        return Response(answer_of_falls(falls_of(row, day, failed), str(day), current_serial()))


class ScenarioSeriesView(ScenarioView):
    """The ledgers of the scenario quarter by quarter, and when each pool is full."""

    @extend_schema(
        parameters=[OpenApiParameter("years", int, description=f"1 to {MOST_YEARS}; usually 5.")],
        responses=SeriesShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        """From the base date on."""
        row = scenario_seen(pk, signed_in(request))
        years = years_of(request.query_params.get("years", str(MOST_YEARS)))
        return Response(answer_of_series(series_of(row, years), current_serial()))


def years_of(text: str) -> int:
    """How many years are asked for.

    Raises: InvalidInput.
    """
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= MOST_YEARS):
        raise InvalidInput(
            f"“{text}” is no number of years.",
            field="years",
            hint=f"Write 1 to {MOST_YEARS}.",
        )
    return int(text)
