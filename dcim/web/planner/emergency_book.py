"""The emergency book: the newest one to take along, when it was made and by whom, and one anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcim.actions.emergency_book.delivery import shown
from dcim.actions.emergency_book.making import (
    file_of_last,
    last_book,
    make_emergency_book,
    moment_of,
)
from dcim.actions.emergency_book.reading import require_all_of_it
from dcim.record.planner.service_apps import ServiceApp
from dcim.web.frame.access import Page

TYPES: Final = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


class _BookPage(Page):
    """For those who may view everything that the book tells of."""

    title = gettext_lazy("Emergency book")
    permission_model = ServiceApp
    whole = True


class EmergencyBookPage(_BookPage):
    """What is remembered of the newest book, and the button that makes another."""

    template_name = "planner/emergency_book.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The newest book, its files, and how it is made by itself."""
        require_all_of_it(self.user)
        last = last_book()
        return super().get_context_data(
            last=last,
            made_at=moment_of(last.made_at),
            tried_at=moment_of(last.tried_at),
            files=[one for one in TYPES if file_of_last(f".{one}")],
            hour=settings.BOOK_AT,
            target=shown(settings.BOOK_TO),
            keep=settings.BOOK_KEEP,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the book of the record as it is, and show the page again."""
        require_all_of_it(self.user)
        make_emergency_book(by=self.user.username)
        messages.success(request, _("The emergency book was made."))
        return HttpResponseRedirect(reverse("emergency_book"))


class EmergencyBookFileView(_BookPage):
    """A file of the newest book, to keep."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The bytes of the file."""
        require_all_of_it(self.user)
        kind = str(self.kwargs["kind"])
        path: Path | None = file_of_last(f".{kind}") if kind in TYPES else None
        if path is None:
            raise Http404(_("No emergency book has been made yet."))
        headers = {"Content-Disposition": f'attachment; filename="{path.name}"'}
        return HttpResponse(path.read_bytes(), content_type=TYPES[kind], headers=headers)
