"""Letters and reports as files: PDF, DOCX and XLSX."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import Model
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from api.http.auth import signed_in
from api.nouns.filtering import truth
from dcim.actions.papers.capacity.files import capacity_paper, require_all_of_it
from dcim.actions.papers.files import DOCX, MEDIA_TYPES, PDF, XLSX, Paper
from dcim.actions.papers.letter.files import paper_of, request_seen
from dcim.actions.papers.letter.negotiation import curve_annex
from dcim.record.networks.virtualization import Cluster
from dcim.record.planner.requests import AllocationRequest

QUARTER: Final = OpenApiParameter(
    "quarter", str, description="As `2026-Q4`; the running one unless given."
)

CURVE: Final = OpenApiParameter(
    "curve",
    bool,
    description="Adds the negotiation curve of the plan that the request was made from.",
)


def file_of(form: str) -> dict[tuple[int, str], Any]:
    """What OpenAPI says of an answer that is a file."""
    return {(200, MEDIA_TYPES[form]): OpenApiTypes.BINARY}


def handed_out(paper: Paper) -> HttpResponse:
    """The answer that is the paper."""
    return HttpResponse(paper.data, content_type=paper.media_type, headers=paper.headers)


class _CapacityView(APIView):
    """For those who may view everything that the report tells of."""

    permission_model: ClassVar[type[Model]] = Cluster
    whole = True
    form: ClassVar[str]

    def paper(self, request: Request) -> HttpResponse:
        """The report in the view's form."""
        require_all_of_it(signed_in(request))
        return handed_out(capacity_paper(request.query_params.get("quarter", ""), self.form))


class CapacityPdfView(_CapacityView):
    """The quarterly capacity report as PDF."""

    form = PDF

    @extend_schema(
        operation_id="plugins_planner_reports_capacity_pdf",
        parameters=[QUARTER],
        responses=file_of(PDF),
    )
    def get(self, request: Request) -> HttpResponse:
        """The report of a quarter, figures as the ledgers have them."""
        return self.paper(request)


class CapacityXlsxView(_CapacityView):
    """The quarterly capacity report as XLSX."""

    form = XLSX

    @extend_schema(
        operation_id="plugins_planner_reports_capacity_xlsx",
        parameters=[QUARTER],
        responses=file_of(XLSX),
    )
    def get(self, request: Request) -> HttpResponse:
        """The report of a quarter, a sheet for each of its tables."""
        return self.paper(request)


class _LetterView(APIView):
    """For those who may see the request."""

    permission_model: ClassVar[type[Model]] = AllocationRequest

    def paper(self, request: Request, pk: int, form: str) -> HttpResponse:
        """The letter or its annex; `curve=true` adds the negotiation curve."""
        reader = signed_in(request)
        asked = request_seen(pk, reader)
        wanted = truth(request, "curve")
        curve = curve_annex(asked, reader) if wanted else None
        return handed_out(paper_of(asked, form, curve=curve))


class LetterPdfView(_LetterView):
    """The letter of a request as PDF."""

    @extend_schema(
        operation_id="plugins_planner_allocation_requests_letter_pdf",
        parameters=[CURVE],
        responses=file_of(PDF),
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The letter with its annex per machine; what is not recorded is a marked gap."""
        return self.paper(request, pk, PDF)


class LetterDocxView(_LetterView):
    """The letter of a request as DOCX."""

    @extend_schema(
        operation_id="plugins_planner_allocation_requests_letter_docx",
        parameters=[CURVE],
        responses=file_of(DOCX),
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The same letter as a document that can be edited."""
        return self.paper(request, pk, DOCX)


class AnnexView(_LetterView):
    """The annex of a request's letter as XLSX."""

    @extend_schema(
        operation_id="plugins_planner_allocation_requests_annex_xlsx",
        parameters=[CURVE],
        responses=file_of(XLSX),
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """A row per machine, with the people and the days of the request in each."""
        return self.paper(request, pk, XLSX)
