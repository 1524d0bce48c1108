"""Reports to hand in: the quarterly capacity report on a page and as files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.papers.capacity.figures import figures_of, quarter_asked
from dcim.actions.papers.capacity.files import FORMS, capacity_paper, require_all_of_it
from dcim.actions.papers.capacity.report import capacity_report
from dcim.actions.papers.printed import printed_section
from dcim.record.networks.virtualization import Cluster
from dcim.web.frame.access import Page, parameter


class _ReportPage(Page):
    """For those who may view everything that the report tells of."""

    title = gettext_lazy("Capacity report")
    permission_model = Cluster
    whole = True

    @property
    def quarter(self) -> str:
        """The quarter that is asked for, as it was written."""
        return parameter(self.request.GET, "quarter")


class CapacityReportPage(_ReportPage):
    """The report of a quarter as it would be printed, with its files."""

    template_name = "planner/capacity_report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The report in words."""
        require_all_of_it(self.user)
        quarter = quarter_asked(self.quarter)
        report = capacity_report(figures_of(quarter))
        return super().get_context_data(
            quarter=quarter,
            report=report,
            sections=[printed_section(one) for one in report.sections],
            gaps=report.head.gaps,
            forms=list(FORMS),
            **kwargs,
        )


class CapacityReportFileView(_ReportPage):
    """The report as a file."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The bytes of the file."""
        require_all_of_it(self.user)
        form = str(self.kwargs["form"])
        if form not in FORMS:
            raise Http404(_("The report is there as PDF and as XLSX."))
        paper = capacity_paper(self.quarter, form)
        return HttpResponse(paper.data, content_type=paper.media_type, headers=paper.headers)
