"""Pages of jobs: how far the work is, which refreshes itself, its end, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from dcim.actions.jobs.kinds import CHANGES, CURVE
from dcim.actions.jobs.queue import stop
from dcim.catalog import BY_KIND
from dcim.record.planner.jobs import Job
from dcim.vocabulary.choices_extras import JobStatus
from dcim.web.frame.access import Page, may
from dcim.web.objects.details import DetailPage
from dcim.web.values.addresses import page_of
from dcim.web.values.formats import moment
from dcim.web.values.rows import objects_called
from dcim.web.values.sentences import Entry, line_of, retelling

ALL: Final = 100  # %
# Pages that show what a job of the kind has found, whole or in part, by the plan that it is about.
PAGES_OF_RESULTS: Final = {CURVE: "plan_curve", CHANGES: "plan_changes"}


def progress_of(job: Job) -> dict[str, Any]:
    """What the part `planner/job_progress.html` shows of `job`."""
    share = min(ALL * job.done // job.total, ALL) if job.total else None
    return {"share": share}


def page_of_result(job: Job) -> str:
    """Where what the job finds is shown; "" where its own page tells it, or it makes an object."""
    if job.kind not in PAGES_OF_RESULTS:
        return ""
    apps = urlencode({"app": job.arguments.get("apps") or []}, doseq=True)
    page = reverse(PAGES_OF_RESULTS[job.kind], args=[job.arguments["plan"]])
    return f"{page}?{apps}" if apps else page


class JobPage(DetailPage):
    """A job: its progress while it is open, its result afterwards."""

    template_name = "planner/job.html"
    facts_elsewhere = frozenset(
        {"object_type", "object_id", "done", "total", "text", "log_entries", "data", "error"}
    )

    def more(self, obj: Job) -> dict[str, Any]:
        """Progress, what was made, the log, and whether the reader may end it."""
        key = obj.object_type, obj.object_id or 0
        result = page_of_result(obj)
        return {
            **progress_of(obj),
            "error": retelling(obj.log_entries)(obj.error),
            "result_page": result if obj.data else "",
            "data": () if result else (obj.data or {}).items(),
            "made": objects_called([key], self.seen).get(key) if key[0] in BY_KIND else None,
            "entries": [_shown(entry) for entry in obj.log_entries],
            "may_stop": obj.is_open
            and not obj.stop_requested
            and may(self.user, "change", Job, obj),
        }


def _shown(entry: Entry) -> dict[str, str]:
    """A line of the log in words: its time where the data centre is, an end by its label."""
    ends = dict(JobStatus.pairs())
    message = line_of(entry)
    return {
        "at": moment(datetime.fromisoformat(entry["timestamp"])),
        "message": _(ends[message]) if message in ends else message,
    }


class OneJob(Page):
    """What concerns one job that the reader may see."""

    permission_model = Job

    def job(self) -> Job:
        """The job of the address."""
        job = self.seen(Job.objects.all()).filter(pk=self.kwargs["pk"]).first()
        if job is None:
            raise Http404(_("There is no such %(kind)s.") % {"kind": _("job")})
        return job


class JobProgressPart(OneJob):
    """How far a job is, asked for again and again by its page."""

    template_name = "planner/job_progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The bar; once the job has ended, the word to show the whole page anew."""
        job = self.job()
        if not job.is_open:
            return HttpResponseClientRefresh()
        return self.render_to_response({"object": job, **progress_of(job)})


class StopJobView(OneJob):
    """Ask for the end of a job, and show it again, or the page that waits for what it finds."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Stop it."""
        self.require("change", Job)
        job = stop(self.job(), by=self.actor())
        messages.success(
            request,
            _("The job ends soon, with the best that it has so far.")
            if job.is_open
            else _("The job will not begin."),
        )
        return HttpResponseRedirect(page_of_result(job) or page_of(job))
