"""Pages of jobs: how far the work is, which refreshes itself, its end, and what came of it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from dcim.actions.jobs.queue import stop
from dcim.catalog import BY_KIND
from dcim.record.planner.jobs import Job
from dcim.web.frame.access import Page, may
from dcim.web.objects.details import DetailPage
from dcim.web.values.addresses import page_of
from dcim.web.values.rows import objects_called

ALL: Final = 100  # %


def progress_of(job: Job) -> dict[str, Any]:
    """What the part `planner/job_progress.html` shows of `job`."""
    share = min(ALL * job.done // job.total, ALL) if job.total else None
    return {"share": share}


class JobPage(DetailPage):
    """A job: its progress while it is open, its result afterwards."""

    template_name = "planner/job.html"
    facts_elsewhere = frozenset(
        {"object_type", "object_id", "done", "total", "text", "log_entries"}
    )

    def more(self, obj: Job) -> dict[str, Any]:
        """Progress, what was made, the log, and whether the reader may end it."""
        key = obj.object_type, obj.object_id or 0
        return {
            **progress_of(obj),
            "made": objects_called([key], self.seen).get(key) if key[0] in BY_KIND else None,
            "entries": obj.log_entries,
            "may_stop": obj.is_open
            and not obj.stop_requested
            and may(self.user, "change", Job, obj),
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
    """Ask for the end of a job, and show it again."""

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
        return HttpResponseRedirect(page_of(job))
