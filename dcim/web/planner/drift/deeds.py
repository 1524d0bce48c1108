"""What is done about drift from its pages: compare, accept, ignore."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.drift.deeds import accept, ask_scan, ignore
from dcim.actions.drift.repairing import ask_as_is, ask_repair
from dcim.catalog.roles import ADD
from dcim.record.planner.drift import DriftFinding, DriftRule
from dcim.record.planner.plans import ProvisioningRun
from dcim.vocabulary.errors import LumbungError
from dcim.web.frame.access import Page
from dcim.web.values.addresses import page_of


class IgnoreForm(forms.Form):
    """Why a difference may stay, and until when."""

    reason = forms.CharField(label=gettext_lazy("reason"), min_length=3, max_length=200)
    valid_until = forms.DateField(
        label=gettext_lazy("valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class ScanView(Page):
    """Ask for a comparison of all targets, and show how far it is."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask."""
        self.require("change", DriftFinding)
        return HttpResponseRedirect(page_of(ask_scan(by=self.actor())))


class AsIsView(Page):
    """Ask for the preview of a target as the record has it, and show the run."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask."""
        self.require(ADD, ProvisioningRun)
        targets = [one for one in request.POST.getlist("targets") if one]
        return HttpResponseRedirect(page_of(ask_as_is(targets, by=self.actor())))


class OneFinding(Page):
    """What concerns one finding that the reader may see."""

    http_method_names = ("post",)
    permission_model = DriftFinding

    def finding(self) -> DriftFinding:
        """The finding of the address."""
        found = self.seen(DriftFinding.objects.filter(pk=self.kwargs["pk"])).first()
        if found is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("drift finding")})
        return found

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it; a refusal is shown on the finding's page."""
        finding = self.finding()
        try:
            return HttpResponseRedirect(self.do(finding))
        except LumbungError as err:
            messages.error(request, str(err))
            return HttpResponseRedirect(page_of(finding))

    def do(self, finding: DriftFinding) -> str:
        """Where to go once it is done."""
        raise NotImplementedError


class AcceptView(OneFinding):
    """Let the record take what the hypervisor has."""

    def do(self, finding: DriftFinding) -> str:
        """Accept, and show the machine."""
        self.require("change", DriftFinding)
        machine = accept(finding, seen=self.request.POST.get("seen", ""), by=self.actor())
        messages.success(self.request, _("The record has taken it."))
        return page_of(finding if machine is None else machine)


class IgnoreView(OneFinding):
    """Let the difference be, by a rule."""

    def do(self, finding: DriftFinding) -> str:
        """Make the rule, and show the finding again."""
        self.require("add", DriftRule)
        form = IgnoreForm(self.request.POST)
        if not form.is_valid():
            for name, reasons in form.errors.items():
                messages.error(self.request, f"{form.fields[name].label}: {reasons[0]}")
            return page_of(finding)
        ignore(finding, **form.cleaned_data, by=self.actor())
        messages.success(self.request, _("A rule ignores it from here on."))
        return page_of(finding)


class RepairView(OneFinding):
    """Ask for the preview that shows how the target is brought back."""

    def do(self, finding: DriftFinding) -> str:
        """Ask, and show the run."""
        self.require("change", DriftFinding)
        return page_of(ask_repair(finding, by=self.actor()))
