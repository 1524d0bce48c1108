"""Nothing is asked of a provider for an app that it may not hold."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dcim.record.planner.requests import AllocationRequest, RequestLine
from dcim.vocabulary.choices_requests import RequestKind
from dcim.vocabulary.errors import MayNotHold
from dcim.vocabulary.holding import Objection, objections


def check_lines_held(lines: Sequence[RequestLine]) -> None:
    """Refuse lines for apps that the provider of their request may not hold.

    To end what is there is always right.

    Raises: MayNotHold, naming provider, app and the reasons.
    """
    rows = RequestLine.objects.filter(pk__in=[one.pk for one in lines], app__isnull=False)
    rows = rows.exclude(request__kind=RequestKind.TERMINATION)
    for line in rows.select_related("app", "request__provider").order_by("pk"):
        app, provider = line.app, line.request.provider
        found = objections(provider.terms, app.nature) if app is not None else ()
        if found:
            values = {"provider": provider.name, "app": app, "why": in_words(found)}
            raise MayNotHold(
                _("%(provider)s may not hold %(app)s. %(why)s") % values,
                field="app",
                hint=_("Ask another provider, or correct what the app or the provider states."),
            )


def check_requests_held(requests: Sequence[AllocationRequest]) -> None:
    """Refuse to ask of another provider what that one may not hold.

    Raises: MayNotHold, as `check_lines_held`.
    """
    check_lines_held(list(RequestLine.objects.filter(request__in=requests)))


def in_words(found: Sequence[Objection]) -> str:
    """The reasons, one sentence each."""
    return " ".join(_(one.label) for one in found)
