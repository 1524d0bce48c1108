"""An intake form is written only while its request is a draft: what is signed stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from dcim.actions.changes import Actor, Change, State
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.choices_requests import RequestStatus
from dcim.vocabulary.errors import Refused

# Notes of our own, that may be written at any time, and dates that follow from writing.
FREE: Final = frozenset(
    {"description", "comments", "tags", "custom_field_data", "created", "last_updated"}
)


def keep_intakes(changes: Sequence[Change], by: Actor) -> None:
    """Refuse to add, rewrite or strike out intake forms of requests that are no drafts any more.

    Raises: Refused, naming the request.

    Notes: a form that goes along with its request is not asked about.
    """
    touched = {
        state["request"]
        for one in changes
        if _stated(one.before) != _stated(one.after)
        for state in (one.before, one.after)
        if state is not None
    }
    rows = AllocationRequest.objects.select_for_update(of=("self",), no_key=True)
    for request in rows.filter(pk__in=touched).order_by("pk") if touched else ():
        if request.status != RequestStatus.DRAFT:
            raise Refused(
                _("The request %(request)s is no draft any more; its intake forms stay.")
                % {"request": request},
                field="request",
                hint=_("Withdraw it and draft another, or revise it after a counter-offer."),
            )


def _stated(state: State | None) -> dict[str, object] | None:
    return None if state is None else {k: v for k, v in state.items() if k not in FREE}
