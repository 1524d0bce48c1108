"""The papers of a request for capacity: which gaps they have, and their files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.papers.files import DOCX, PDF
from dcim.actions.papers.letter.content import letter_of
from dcim.actions.papers.letter.files import FORMS, paper_of, request_seen
from dcim.actions.papers.letter.negotiation import curve_annex
from dcim.actions.papers.printed import printed_table
from dcim.record.planner.requests import AllocationRequest
from dcim.web.frame.access import Crumb, Page
from dcim.web.values.addresses import page_of


class _LetterPage(Page):
    """For those who may see the request."""

    title = gettext_lazy("Letter and annex")
    permission_model = AllocationRequest

    def asked(self) -> AllocationRequest:
        """The request, for who may see it."""
        return request_seen(self.kwargs["pk"], self.user)


class LetterPage(_LetterPage):
    """`allocation-requests/ID/letter/`: the letter as it would be printed, with its files."""

    template_name = "planner/letter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The letter in words, and what it still lacks."""
        self.request_shown = self.asked()
        letter = letter_of(self.request_shown)
        return super().get_context_data(
            shown=self.request_shown,
            letter=letter,
            gaps=letter.gaps,
            sums=printed_table(letter.sums),
            annex=printed_table(letter.annex.table) if letter.annex else None,
            forms=(DOCX, PDF),
            has_plan=self.request_shown.plan_id is not None,
            **kwargs,
        )

    def crumbs(self) -> list[Crumb]:
        """The request comes before."""
        one = self.request_shown
        return [Crumb(str(one), page_of(one)), *super().crumbs()]


class LetterFileView(_LetterPage):
    """`letter.docx`, `letter.pdf` and `annex.xlsx` of a request."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The bytes of the file; `?curve=true` adds the negotiation curve."""
        asked, form = self.asked(), str(self.kwargs["form"])
        if form not in FORMS:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("file")})
        wanted = request.GET.get("curve") == "true"
        paper = paper_of(asked, form, curve=curve_annex(asked, self.user) if wanted else None)
        return HttpResponse(paper.data, content_type=paper.media_type, headers=paper.headers)
