"""What is done with runs on pages: asked for, watched, approved, applied and ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from dcim.actions.provisioning.approvals import approve_preview
from dcim.actions.provisioning.asking import ask_apply, ask_run, job_of, stop_run
from dcim.catalog.roles import ADD, APPLY, APPROVE, CHANGE
from dcim.planning.load.members import member
from dcim.record.planner.plans import Plan, ProvisioningRun
from dcim.vocabulary.choices import RunKind
from dcim.web.frame.access import Page, parameter
from dcim.web.values.addresses import page_of
from dcim.web.values.formats import moment
from dcim.web.values.sentences import Entry, line_of

ALL: Final = 100  # %
LAST_LINES: Final = 12


def lines_of(entries: Iterable[Entry]) -> list[dict[str, str]]:
    """Lines of a log with their times where the data centre is."""
    return [
        {"at": moment(datetime.fromisoformat(one["timestamp"])), "message": line_of(one)}
        for one in entries
    ]


def progress_of(run: ProvisioningRun) -> Mapping[str, Any]:
    """What the part `planner/run_progress.html` shows of an open run."""
    job = job_of(run)
    if job is None:
        return {"job": None, "share": None, "lines": []}
    share = min(ALL * job.done // job.total, ALL) if job.total else None
    return {"job": job, "share": share, "lines": lines_of(job.log_entries[-LAST_LINES:])}


class OneRun(Page):
    """What concerns one run that the reader may see."""

    permission_model = ProvisioningRun

    def run(self) -> ProvisioningRun:
        """The run of the address."""
        rows = self.seen(ProvisioningRun.objects.select_related("plan"))
        run = rows.filter(pk=self.kwargs["pk"]).first()
        if run is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("provisioning run")})
        return run


class RunProgressPart(OneRun):
    """How far a run is, asked for again and again by its page."""

    template_name = "planner/run_progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The bar and the newest lines; once the run has ended, the word to show the page anew."""
        run = self.run()
        if not run.is_open:
            return HttpResponseClientRefresh()
        return self.render_to_response({"object": run, **progress_of(run)})


class AskRunView(Page):
    """Hand a stored plan over to provisioning: ask for its preview, or for a look at drift."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Queue the run, and show it."""
        self.require(ADD, ProvisioningRun)
        plan = self.seen(Plan.objects.all()).filter(pk=self.kwargs["pk"]).first()
        if plan is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("plan")})
        asked = parameter(request.POST, "kind") or RunKind.PREVIEW.value
        kind = member(RunKind, asked if asked in {*RunKind} else RunKind.UP.value)
        targets = [one for one in request.POST.getlist("targets") if one]
        run = ask_run(plan, kind, targets, by=self.actor(_("Asked for on the page of the plan")))
        return HttpResponseRedirect(page_of(run))


class StopRunView(OneRun):
    """Ask for the end of a run, and show it again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Stop it."""
        self.require(CHANGE, ProvisioningRun)
        run = stop_run(self.run(), by=self.actor())
        told = _("The run ends after the steps that it is at.") if run.is_open else run.message
        messages.success(request, told)
        return HttpResponseRedirect(page_of(run))


class ApproveRunView(OneRun):
    """Approve a preview as a second person, and show it again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the approval of what was shown."""
        self.require(APPROVE, ProvisioningRun)
        run = self.run()
        digest, comment = (parameter(request.POST, one) for one in ("digest", "comment"))
        approve_preview(run, digest=digest, comment=comment, by=self.actor())
        messages.success(request, _("You have approved what this preview shows."))
        return HttpResponseRedirect(page_of(run))


class ApplyRunView(OneRun):
    """Apply an approved preview, and show the run that does it."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Queue it."""
        self.require(APPLY, ProvisioningRun)
        return HttpResponseRedirect(page_of(ask_apply(self.run(), by=self.actor())))
