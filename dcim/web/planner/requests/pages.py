"""The page of a request, its steps, and the page that passes requests of offices on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from dcim.actions.requests.completeness import HANDED_IN
from dcim.actions.requests.deeds import DEEDS
from dcim.actions.requests.drafting import draft_bundle, next_number
from dcim.actions.requests.path import open_deeds
from dcim.actions.requests.progress import Progress, progress_of
from dcim.actions.requests.rewriting import rewrite_lines
from dcim.actions.rules.planner.requests import OPEN
from dcim.record.people.organisation import Tenant
from dcim.record.planner.allocations import Allocation, Provider
from dcim.record.planner.requests import AllocationRequest, RequestLine, RequestStep
from dcim.record.planner.service_apps import ServiceApp
from dcim.vocabulary.amounts import Amounts, ResourceClass
from dcim.vocabulary.choices import ProviderKind
from dcim.vocabulary.choices_requests import RequestDeed
from dcim.vocabulary.errors import BadRows, InvalidInput, LumbungError, NotPermitted, Refused
from dcim.web.forms.edit import CreatePage
from dcim.web.frame.access import Page, may
from dcim.web.lists.pages import ListPage
from dcim.web.objects.details import DetailPage
from dcim.web.planner.requests.forms import BundleForm, StepForm
from dcim.web.planner.requests.line_forms import MOST_ROWS, LinesForm, lines_form
from dcim.web.planner.requests.waiting import waits_for
from dcim.web.values.addresses import page_of
from dcim.web.values.amounts import LABELS, WRITTEN


@dataclass(frozen=True, slots=True)
class ShownSum:
    """One class of what was asked, offered and granted."""

    label: str
    asked: str
    countered: str
    granted: str


class RequestListPage(ListPage):
    """The requests, and the way to pass those of offices on."""

    template_name = "planner/request_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether the reader may pass on what offices ask: who keeps grants."""
        may_bundle = may(self.user, "add", AllocationRequest) and may(
            self.user, "change", Allocation
        )
        return super().get_context_data(may_bundle=may_bundle, **kwargs)


class RequestCreatePage(CreatePage):
    """A new request, with our next number."""

    def _initial(self) -> dict[str, str]:
        return {"number": next_number(), **super()._initial()}


class RequestPage(DetailPage):
    """A request: its lines, its sums, its steps, and those that the reader may take now."""

    template_name = "planner/request.html"
    told_elsewhere = frozenset({RequestLine, RequestStep})
    refused: StepForm | None = None  # the form whose step was refused
    refused_lines: LinesForm | None = None

    def more(self, obj: AllocationRequest) -> dict[str, Any]:
        """Lines side by side, time line and forms."""
        progress = progress_of(obj, self.user)
        sums = (progress.asked, progress.countered, progress.granted)
        is_open = obj.status in OPEN and self.writes_lines(obj)
        inline = is_open and len(progress.lines) <= MOST_ROWS
        return {
            "progress": progress,
            "waits_for": waits_for(obj, has_moved=bool(progress.moved)),
            "goes_on": any(deed is not RequestDeed.WITHDRAW for deed in progress.deeds),
            "lines_form": self._lines_form(progress.lines) if inline else None,
            "parts": [one for one in sums if one is not None],
            "sums": shown_sums(progress),
            "steps": list(obj.steps.select_related("user")),
            "forms": [self._form(deed, obj, progress) for deed in progress.deeds],
            "may_write_lines": is_open,
        }

    def writes_lines(self, obj: AllocationRequest) -> bool:
        """Whether the reader may write the lines of the request."""
        return may(self.user, "add", RequestLine) and may(
            self.user, "change", AllocationRequest, obj
        )

    def _lines_form(self, lines: Sequence[RequestLine], data: Any = None) -> LinesForm:
        if data is None and self.refused_lines is not None:
            return self.refused_lines
        made: LinesForm = lines_form(lines, self.seen(ServiceApp.objects.order_by("code")), data)
        return made

    def _form(self, deed: RequestDeed, obj: AllocationRequest, progress: Progress) -> StepForm:
        if self.refused is not None and self.refused.deed is deed:
            return self.refused
        return StepForm(deed, obj, progress.lines)


class TakeStepPage(RequestPage):
    """Takes a step, and shows the request again; what is refused stands beside its field."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the step that the address names."""
        deed = next((one for one in RequestDeed if one == self.kwargs["deed"]), None)
        if deed is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("step")})
        stored: Any = self.object()
        form = StepForm(deed, stored, list(stored.lines.order_by("pk")), data=request.POST)
        status = 422
        if form.is_valid():
            try:
                DEEDS[deed](stored, form.given(), by=self.actor())
            except NotPermitted:
                raise
            except (InvalidInput, Refused) as err:
                now: Any = self.object()
                if deed not in open_deeds(now, self.user):  # there is no form to show it in
                    raise
                form.refuse(err)
                status = 409 if isinstance(err, Refused) else 422
            else:
                done = {"request": stored, "step": _(deed.label)}
                messages.success(request, _("%(request)s: %(step)s – done.") % done)
                return HttpResponseRedirect(page_of(stored))
        self.refused = form
        return self.render_to_response(self.get_context_data(), status=status)


class WriteLinesPage(RequestPage):
    """Writes the lines of a draft, all or none; what is wrong stands in its row."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Write what the rows say."""
        stored: Any = self.object()
        self.require("change", AllocationRequest)
        form = self._lines_form(list(stored.lines.order_by("pk")), request.POST)
        if form.is_valid():
            rows = form.rows()
            try:
                rewrite_lines(stored, [row for _form, row in rows], by=self.actor())
            except BadRows as err:
                form.refuse(err, rows)
            else:
                messages.success(request, _("The lines have been saved."))
                return HttpResponseRedirect(f"{page_of(stored)}#lines")
        self.refused_lines = form
        return self.render_to_response(self.get_context_data(), status=422)


class BundlePage(Page):
    """Chooses what offices have handed in, and drafts the request that passes it on."""

    template_name = "planner/request_bundle.html"
    permission_model = AllocationRequest

    @property
    def title(self) -> str:
        """What the page does."""
        return _("Pass requests of offices on")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What there is to choose."""
        self.require_keeper()
        return self.render_to_response(self.get_context_data(form=self._form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Draft it, and show the draft."""
        self.require_keeper()
        form = self._form(request.POST)
        if form.is_valid():
            values = dict(form.cleaned_data)
            chosen = list(values.pop("requests"))
            try:
                return HttpResponseRedirect(page_of(draft_bundle(chosen, values, by=self.actor())))
            except NotPermitted:
                raise
            except LumbungError as err:
                form.add_error(None, str(err))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def require_keeper(self) -> None:
        """Refuse who does not both write requests and keep grants: offices ask for themselves."""
        self.require("add", AllocationRequest)
        self.require("change", Allocation)

    def _form(self, *given: Any) -> BundleForm:
        handed_in = AllocationRequest.objects.filter(
            status__in=HANDED_IN, provider__kind=ProviderKind.REGENCY.value
        )
        others = Provider.objects.exclude(kind=ProviderKind.REGENCY.value)
        form = BundleForm(
            self.seen(handed_in), self.seen(others), self.seen(Tenant.objects.all()), *given
        )
        form.fields["tenant"].initial = self.user.tenant_id
        return form


def shown_sums(progress: Progress) -> list[ShownSum]:
    """What was asked, offered and granted, class by class."""
    return [
        ShownSum(
            str(LABELS[one]),
            _written(one, progress.asked),
            _written(one, progress.countered),
            _written(one, progress.granted),
        )
        for one in ResourceClass
    ]


def _written(resource_class: ResourceClass, amounts: Amounts | None) -> str:
    return "–" if amounts is None else WRITTEN[resource_class](amounts[resource_class])
